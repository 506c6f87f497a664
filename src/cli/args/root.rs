//! The commands and what each takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    BatchWord, ColumnArguments, ConnectionArguments, FollowArguments, InputArguments,
    PacingArguments, RehearsalArguments, ResolveArguments, SelectionArguments, SimulateArguments,
    SimulatorArguments, value,
};
use crate::cli::journal_path::Simulate;
use crate::domain::Window;

/// Bulk offboarding for Microsoft Defender for Endpoint, within its rate limits, resumable at any
/// instant
#[derive(Debug, Parser)]
#[command(name = "mde-offboard", version, max_term_width = 100)]
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
#[command(next_help_heading = "Everywhere")]
pub(crate) struct GlobalArguments {
    /// The journal [default: in the user's data folder] [env: `MDE_OFFBOARD_JOURNAL`]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) journal: Option<PathBuf>,
    /// One JSON document on standard output instead of prose
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Say only what is asked for, and what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Log more; twice for each request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Append the log to this file instead of showing it
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) log_file: Option<PathBuf>,
    /// Write also over a file that this program did not write; never over the journal or an input
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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a batch of the machines in the files and drive it until every machine is settled
    Run(Box<RunArguments>),
    /// Go on with an unfinished batch, with the options it was started with
    Resume(Box<ResumeArguments>),
    /// Ask a running batch, from any terminal, to send nothing more and to end
    Stop(StopArguments),
    /// Take back what can be taken back: withdraw what is not sent, cancel what has not ended
    Cancel(Box<CancelArguments>),
    /// Queue again the machines that failed, timed out or ran out of attempts, and send them
    Retry(Box<RetryArguments>),
    /// Say what became of held machines: send them again, name their action, or leave them alone
    Resolve(Box<ResolveArguments>),
    /// Ask Defender what became of pending actions; sends no offboarding request
    Track(Box<TrackArguments>),
    /// Where a batch stands, why it waits, when it ends
    Status(StatusArguments),
    /// Everything that is known of a machine, fact by fact
    Show(ShowArguments),
    /// Every machine's outcome, as csv, json or ndjson
    Report(ReportArguments),
    /// The batches in the journal
    Batches(SimulateArguments),
    /// Whether the journal is fit to run on; also during a run
    Check(SimulateArguments),
    /// How long this many machines take under the rate limits
    Forecast(ForecastArguments),
    /// Serve a Defender simulator on loopback
    Simulator(SimulatorArguments),
}

impl Command {
    /// Whether it is about rehearsals and their journal.
    pub(crate) fn simulate(&self) -> Simulate {
        Simulate::from(match self {
            Self::Run(given) => given.session.rehearsal.simulate,
            Self::Resume(given) => given.session.rehearsal.simulate,
            Self::Cancel(given) => given.session.rehearsal.simulate,
            Self::Retry(given) => given.session.rehearsal.simulate,
            Self::Track(given) => given.session.rehearsal.simulate,
            Self::Resolve(given) => given.simulate.simulate,
            Self::Stop(given) => given.simulate.simulate,
            Self::Status(given) => given.simulate.simulate,
            Self::Show(given) => given.simulate.simulate,
            Self::Report(given) => given.simulate.simulate,
            Self::Batches(given) | Self::Check(given) => given.simulate,
            Self::Forecast(_) | Self::Simulator(_) => false,
        })
    }
}

/// `run FILE...`
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Refuse unless exactly this many machines would be sent
    #[arg(long, value_name = "N")]
    pub(crate) expect_count: Option<u64>,
    /// Send also machines that an earlier batch offboarded
    #[arg(long)]
    pub(crate) again: bool,
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) pacing: PacingArguments,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `resume [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct ResumeArguments {
    /// Its number, or `latest` [default: the only unfinished one]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask, also after `stop` or a guard
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) pacing: PacingArguments,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `stop [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct StopArguments {
    /// Its number, or `latest` [default: the only unfinished one]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `cancel [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct CancelArguments {
    /// Its number, or `latest` [default: the only one with something to take back]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask
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
    /// Its number, or `latest` [default: the only one with something to retry]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// Append every event to this file, as lines of JSON
    #[arg(long, value_name = "FILE", help_heading = "Progress")]
    pub(crate) events: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `track [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct TrackArguments {
    /// Its number, `latest` or `all` [default: all with pending actions]
    #[arg(value_name = "BATCH", value_parser = BatchWord::any)]
    pub(crate) batch: Option<BatchWord>,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// `status [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// Its number, or `latest` [default: latest]
    #[arg(value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `show MACHINE`
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// A machine ID, or a device name: every machine of that name is shown
    #[arg(value_name = "MACHINE")]
    pub(crate) machine: String,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `report [BATCH]`
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Its number, `latest` or `all` [default: latest]
    #[arg(value_name = "BATCH", value_parser = BatchWord::any)]
    pub(crate) batch: Option<BatchWord>,
    /// In which form [default: by the ending of --output, else csv]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ReportFormat>,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// Forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    // A table for a spreadsheet
    Csv,
    // One JSON document
    Json,
    // One machine a line
    Ndjson,
}

/// `forecast N` or `forecast FILE`
#[derive(Debug, Args)]
pub(crate) struct ForecastArguments {
    /// A number of machines (`10000`, `10_000` or `1e4`), or a list of them
    #[arg(value_name = "N|FILE")]
    pub(crate) machines: PathBuf,
    /// Rate limits beside 100/1m and 1500/1h; repeatable
    #[arg(long = "limit", value_name = "COUNT/WINDOW", value_parser = value::window)]
    pub(crate) limits: Vec<Window>,
    /// How much of each window is used [default: 100%]
    #[arg(long, value_name = "P%", value_parser = value::percent)]
    pub(crate) quota_share: Option<u8>,
    /// As early as the windows allow, or evenly spaced [default: burst]
    #[arg(long, value_name = "PACE")]
    pub(crate) pace: Option<super::PaceWord>,
    #[command(flatten)]
    pub(crate) columns: ColumnArguments,
}

/// Options of every command that runs batches.
#[derive(Debug, Clone, Args)]
pub(crate) struct SessionArguments {
    #[command(flatten)]
    pub(crate) progress: ProgressArguments,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArguments,
}

/// How a run is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Progress")]
pub(crate) struct ProgressArguments {
    /// How progress is shown [default: a bar on a terminal, else plain lines]
    #[arg(long, value_name = "HOW", default_value = "auto", hide_default_value = true)]
    pub(crate) progress: Progress,
}

/// `--progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    // A bar on a terminal, else plain lines
    Auto,
    // A bar
    Bar,
    // Plain lines
    Plain,
    // Nothing
    None,
}
