//! The commands and what each takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    AuditArguments, BatchWord, CheckArguments, ColumnArguments, CompletionsArguments,
    ConfigArguments, FollowArguments, GuardArguments, HoursArguments, InputArguments,
    JournalArguments, JournalCommand, ManArguments, MonitoringArguments, PacingArguments,
    PlanArguments, PlanningArguments, ReportFormat, ResolveArguments, ReviewArguments,
    SelectionArguments, ServeArguments, SessionArguments, SimulateArguments, SimulatorArguments,
    value,
};
use crate::cli::journal_path::Simulate;
use crate::domain::Window;

/// Bulk offboarding for Microsoft Defender for Endpoint: keeps to its rate limits, and can be
/// stopped and resumed at any moment
#[derive(Debug, Parser)]
#[command(name = "mde-offboard", bin_name = "mde-offboard", version, max_term_width = 100)]
#[command(arg_required_else_help = false, disable_help_subcommand = false)]
pub(crate) struct Root {
    /// Options of every command.
    #[command(flatten)]
    pub(crate) global: GlobalArguments,
    /// What to do; without one, how to begin is shown.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct GlobalArguments {
    /// Journal file [default: in your user data folder]; for `status`, `report`, `serve`, `batches`
    /// several, or a folder [env: `MDE_OFFBOARD_JOURNAL`]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) journal: Vec<PathBuf>,
    /// File of settings [default: mde-offboard.toml in this folder, else in your user configuration
    /// folder] [env: `MDE_OFFBOARD_CONFIG`]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// Tenant to work with, by its name in the settings [env: `MDE_OFFBOARD_PROFILE`]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Print one JSON document on standard output instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Print only results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Write a more detailed log; `-vv` for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Append the log to this file instead of printing it
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) log_file: Option<PathBuf>,
    /// How the log is written: text for people, or one JSON object per line
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Replace an output file even if this program did not write it; never the journal or an input
    #[arg(long, global = true)]
    pub(crate) force: bool,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    // On a terminal, unless `NO_COLOR` is set
    Auto,
    // Always
    Always,
    // Never
    Never,
}

/// `--log-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    // A line with local time, level, place and fields
    Text,
    // One JSON object per line
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what `run` would do with the machines in these files, and send nothing
    Plan(Box<PlanArguments>),
    /// Offboard the machines in these files, as one batch, and follow them until they are settled
    Run(Box<RunArguments>),
    /// Continue an unfinished batch, with the options it was started with
    Resume(Box<ResumeArguments>),
    /// Stop a running batch from any terminal: it sends nothing more and ends
    Stop(StopArguments),
    /// Undo what can be undone: withdraw machines not yet sent, cancel actions that have not ended
    Cancel(Box<CancelArguments>),
    /// Send machines again that failed, timed out or used up their attempts
    Retry(Box<RetryArguments>),
    /// Decide about held machines: send them again, name their action, or leave them out
    Resolve(Box<ResolveArguments>),
    /// Ask Defender how pending actions ended; sends no offboarding request
    Track(Box<TrackArguments>),
    /// Days later: compare the tenant's inventory with the journal, machine by machine
    Verify(Box<VerifyArguments>),
    /// Show how far a batch is, why it waits and when it ends
    Status(StatusArguments),
    /// Show batches in a browser: progress, machines, errors; nothing can be changed there
    Serve(ServeArguments),
    /// Show everything that is known about one machine, step by step
    Show(ShowArguments),
    /// Write the outcome of every machine as CSV, JSON or NDJSON
    Report(ReportArguments),
    /// List the batches in the journal
    Batches(SimulateArguments),
    /// Check that everything is ready for a run: settings, journal, network, sign-in, permissions
    Check(Box<CheckArguments>),
    /// Prove that nothing was changed since it was written, or export every fact
    Audit(AuditArguments),
    /// Copy the journal, or continue with a copy of it elsewhere
    Journal(JournalArguments),
    /// Calculate how long a number of machines takes under the rate limits
    Forecast(ForecastArguments),
    /// Show the settings in force and where each comes from, or write a file to fill in
    Config(ConfigArguments),
    /// Run a Defender simulator on this computer, or write a sample list
    Simulator(SimulatorArguments),
    /// Print a script with which a shell completes commands and options
    Completions(CompletionsArguments),
    /// Print the manual page, or write a page for each command to a folder
    Man(ManArguments),
}

impl Command {
    /// What programs are told of it, for the commands that run a batch.
    pub(crate) fn monitoring(&self) -> MonitoringArguments {
        match self {
            Self::Run(given) => given.monitoring.clone(),
            Self::Resume(given) => given.monitoring.clone(),
            Self::Track(given) => given.monitoring.clone(),
            Self::Retry(given) => given.monitoring.clone(),
            _ => MonitoringArguments::default(),
        }
    }

    /// Whether it can look at several journals at once.
    pub(crate) const fn takes_several_journals(&self) -> bool {
        matches!(self, Self::Status(_) | Self::Report(_) | Self::Serve(_) | Self::Batches(_))
    }

    /// Whether it is about rehearsals and their journal.
    pub(crate) fn simulate(&self) -> Simulate {
        Simulate::from(match self {
            Self::Plan(given) => given.session.rehearsal.simulate,
            Self::Run(given) => given.session.rehearsal.simulate,
            Self::Resume(given) => given.session.rehearsal.simulate,
            Self::Cancel(given) => given.session.rehearsal.simulate,
            Self::Retry(given) => given.session.rehearsal.simulate,
            Self::Track(given) => given.session.rehearsal.simulate,
            Self::Verify(given) => given.session.rehearsal.simulate,
            Self::Resolve(given) => given.simulate.simulate,
            Self::Stop(given) => given.simulate.simulate,
            Self::Status(given) => given.simulate.simulate,
            Self::Serve(given) => given.simulate.simulate,
            Self::Show(given) => given.simulate.simulate,
            Self::Report(given) => given.simulate.simulate,
            Self::Check(given) => given.rehearsal.simulate,
            Self::Batches(given) => given.simulate,
            Self::Audit(given) => given.command.simulate(),
            Self::Journal(given) => match &given.command {
                JournalCommand::Copy(given) => given.simulate.simulate,
            },
            Self::Forecast(_)
            | Self::Config(_)
            | Self::Simulator(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        })
    }
}

/// `run FILE...`
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Do not ask for confirmation; needed where there is no terminal to ask on
    #[arg(long)]
    pub(crate) yes: bool,
    /// Refuse to start unless exactly N machines would be sent
    #[arg(long, value_name = "N")]
    pub(crate) expect_count: Option<u64>,
    #[command(flatten)]
    pub(crate) review: ReviewArguments,
    #[command(flatten)]
    pub(crate) planning: PlanningArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) pacing: PacingArguments,
    #[command(flatten)]
    pub(crate) guards: GuardArguments,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) monitoring: MonitoringArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `resume [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct ResumeArguments {
    /// Batch number, or `latest` [default: the only unfinished batch]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask for confirmation, even if `stop` or a guard stopped the batch
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) pacing: PacingArguments,
    #[command(flatten)]
    pub(crate) guards: GuardArguments,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) monitoring: MonitoringArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `stop [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct StopArguments {
    /// Batch number, or `latest` [default: the only unfinished batch]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `cancel [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct CancelArguments {
    /// Batch number, or `latest` [default: the only batch with something to undo]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask for confirmation; needed where there is no terminal to ask on
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `retry [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct RetryArguments {
    /// Batch number, or `latest` [default: the only batch with something to retry]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask for confirmation; needed where there is no terminal to ask on
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// Append every event to this file, one JSON object per line
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) monitoring: MonitoringArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `track [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct TrackArguments {
    /// Batch number, `latest` or `all` [default: all batches with pending actions]
    #[arg(value_name = "BATCH", value_parser = BatchWord::any)]
    pub(crate) batch: Option<BatchWord>,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) monitoring: MonitoringArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `verify [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// Batch number, `latest` or `all` [default: latest]
    #[arg(value_name = "BATCH", value_parser = BatchWord::any)]
    pub(crate) batch: Option<BatchWord>,
    /// Format of the list of machines [default: by the extension of --output]
    #[arg(long, value_name = "FORMAT", value_parser = ReportFormat::of_list())]
    pub(crate) format: Option<ReportFormat>,
    /// File to write each machine's outcome and verdict to
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `status [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// Batch number, or `latest` [default: latest]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Show it again every second, until all is sent and nobody runs it; Ctrl-C ends only this
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `show MACHINE`
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// Machine ID, or device name (shows every machine with that name)
    #[arg(value_name = "MACHINE")]
    pub(crate) machine: String,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `report [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Batch number, `latest` or `all` [default: latest]
    #[arg(value_name = "BATCH", value_parser = BatchWord::any)]
    pub(crate) batch: Option<BatchWord>,
    /// Format of the report [default: by the extension of --output, else csv]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ReportFormat>,
    /// File to write the report to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `forecast N` or `forecast FILE`
#[derive(Debug, Args)]
pub(crate) struct ForecastArguments {
    /// Number of machines (`10000`, `10_000` or `1e4`), or a file that lists them
    #[arg(value_name = "N|FILE")]
    pub(crate) machines: PathBuf,
    /// Rate limit in addition to 100/1m and 1500/1h; can be repeated
    #[arg(long = "limit", value_name = "COUNT/WINDOW", value_parser = value::window)]
    pub(crate) limits: Vec<Window>,
    /// Share of each rate limit to use [default: 100%]
    #[arg(long, value_name = "P%", value_parser = value::percent)]
    pub(crate) quota_share: Option<u8>,
    /// Send as early as the limits allow (burst), or evenly spaced (steady) [default: burst]
    #[arg(long, value_name = "PACE")]
    pub(crate) pace: Option<super::PaceWord>,
    #[command(flatten)]
    pub(crate) hours: HoursArguments,
    #[command(flatten)]
    pub(crate) columns: ColumnArguments,
}
