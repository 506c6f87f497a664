//! Which files, and how to read them.

use std::path::PathBuf;

use clap::Args;

use super::value;

/// The input of `run`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArguments {
    /// Lists of machines: CSV exports, or one machine ID a line
    #[arg(required = true, value_name = "FILE", help_heading = None)]
    pub(crate) files: Vec<PathBuf>,
    /// Why, for Defender's record; a row's own comment wins
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
    /// Columns and delimiter.
    #[command(flatten)]
    pub(crate) columns: ColumnArguments,
    /// Leave bad rows out instead of stopping at them
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// An input without machines is done, not an error
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// How to read a table.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ColumnArguments {
    /// The column with the machine IDs [default: recognised]
    #[arg(long, value_name = "NAME")]
    pub(crate) id_column: Option<String>,
    /// The column with the device names [default: recognised]
    #[arg(long, value_name = "NAME")]
    pub(crate) name_column: Option<String>,
    /// The column with the rows' own comments [default: recognised]
    #[arg(long, value_name = "NAME")]
    pub(crate) comment_column: Option<String>,
    /// What stands between cells: , ; | or tab [default: recognised]
    #[arg(long, value_name = "C", value_parser = value::delimiter)]
    pub(crate) delimiter: Option<u8>,
}
