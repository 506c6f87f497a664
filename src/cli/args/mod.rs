//! What can be typed, as clap knows it: raw arguments, lowered once into resolved options.
//!
//! One file a family of options; the families are flattened into the commands that have them.
//! Deliberately absent: the environment, files, defaults that depend on anything but the option.

mod audit;
mod check;
mod command_words;
mod completions;
mod config;
mod connection;
mod examples;
mod exit_codes;
mod files;
mod guards;
mod help;
mod input;
mod man;
mod manual;
mod monitoring;
mod or_none;
mod pacing;
mod plan;
mod report_format;
mod resolve;
mod review;
mod root;
mod selection;
mod serve;
mod session;
mod simulate;
mod topics;
mod value;

pub(crate) use audit::{
    AuditArguments, AuditCommand, AuditVerifyArguments, CopyArguments, ExportArguments,
    JournalArguments, JournalCommand,
};
pub(crate) use check::CheckArguments;
pub(crate) use command_words::CommandWords;
pub(crate) use completions::CompletionsArguments;
pub(crate) use config::{ConfigArguments, ConfigCommand, ConfigShowArguments};
pub(crate) use connection::{Auth, ConnectionArguments};
pub(crate) use files::NamedFiles;
pub(crate) use guards::{GuardArguments, HoursArguments};
pub(crate) use help::command as definition;
pub(crate) use input::{ColumnArguments, InputArguments};
pub(crate) use man::ManArguments;
pub(crate) use manual::{ManualPage, manual};
pub(crate) use monitoring::{MonitoringArguments, SuccessWord};
pub(crate) use or_none::{NONE, OrNone};
pub(crate) use pacing::{FollowArguments, OnUncertainWord, PaceWord, PacingArguments};
pub(crate) use plan::{PlanArguments, PlanningArguments};
pub(crate) use report_format::ReportFormat;
pub(crate) use resolve::{Decision, ResolveArguments};
pub(crate) use review::ReviewArguments;
pub(crate) use root::{
    CancelArguments, Color, Command, ForecastArguments, GlobalArguments, LogFormat,
    ReportArguments, ResumeArguments, RetryArguments, Root, RunArguments, ShowArguments,
    StatusArguments, StopArguments, TrackArguments, VerifyArguments,
};
pub(crate) use selection::{BatchWord, SelectionArguments};
pub(crate) use serve::ServeArguments;
pub(crate) use session::{Progress, SessionArguments};
pub(crate) use simulate::{RehearsalArguments, SimulateArguments, SimulatorArguments};
