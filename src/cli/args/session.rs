//! Options of the commands that run batches: how they are shown, and whom they talk to.

use clap::{Args, ValueEnum};

use super::{ConnectionArguments, RehearsalArguments};

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
pub(crate) struct ProgressArguments {
    /// How to show progress [default: auto, a bar on a terminal and plain lines elsewhere]
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
