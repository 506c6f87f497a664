//! Options for programs around a run: metrics while it lives, a command at its end, and what a
//! scheduler takes for a success.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::command_words::CommandWords;
use crate::cli::exit::Exit;

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct MonitoringArguments {
    /// Keep the progress in this file as Prometheus metrics, rewritten every 15 s and at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics_file: Option<PathBuf>,
    /// Run this program when the run ends, with the status as JSON on its standard input. No shell:
    /// words are split at spaces, "double quotes" keep them together
    #[arg(long, value_name = "COMMAND", value_parser = CommandWords::parse)]
    pub(crate) notify_command: Option<CommandWords>,
    /// End with exit code 0 instead of 9 (`pending`), instead of 4 (`unsuccessful`) or both, for
    /// schedulers that know no other success. Only the exit code changes
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(crate) success_on: Vec<SuccessWord>,
}

/// A word of `--success-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SuccessWord {
    // Exit code 9: some actions are still pending
    Pending,
    // Exit code 4: some machines ended badly
    Unsuccessful,
}

impl SuccessWord {
    /// What it makes a success of.
    pub(crate) const fn exit(self) -> Exit {
        match self {
            Self::Pending => Exit::Pending,
            Self::Unsuccessful => Exit::Unsuccessful,
        }
    }
}
