//! `completions`: for which shell.

use clap::Args;
use clap_complete::Shell;

/// `completions SHELL`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that is to complete commands and options
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}
