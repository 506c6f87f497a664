//! Options for those who watch a run by programs: metrics while it lives, a command at its end.

use std::path::PathBuf;

use clap::Args;

use super::command_words::CommandWords;

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct MonitoringArguments {
    /// Keep the progress in this file as Prometheus metrics, rewritten every 15 s and at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics_file: Option<PathBuf>,
    /// Run this program when the run ends, with the status as JSON on its standard input. No shell:
    /// words are split at spaces, "double quotes" keep them together
    #[arg(long, value_name = "COMMAND", value_parser = CommandWords::parse)]
    pub(crate) notify_command: Option<CommandWords>,
}
