//! `man`: where the pages go.

use std::path::PathBuf;

use clap::Args;

/// `man [FOLDER]`
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// Folder to write one page per command to; without it, the page of the program is printed
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}
