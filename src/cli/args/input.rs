//! Which files, and how to read them.

use std::path::PathBuf;

use clap::Args;

use super::value;
use crate::guard::{Class, Treatment};
use crate::intake::{RowFilter, TextEncoding};

/// The input of `run`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArguments {
    /// Lists of machines: CSV, .xlsx, .xls, .ods, .json, .jsonl, IDs alone; `-`: standard input
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
    /// Only rows like this, by any column; repeatable: of several values for one column any will do
    #[arg(long = "where", value_name = "COLUMN=VALUE|COLUMN!=VALUE",
          value_parser = value::row_filter)]
    pub(crate) filters: Vec<RowFilter>,
    /// Send, skip or refuse machines of a class: `unsupported`, `not_onboarded`, `other_system`
    /// (macOS, Linux), `in_other_batch`; repeatable [default: skip]
    #[arg(long = "on", value_name = "CLASS=WHAT", value_parser = value::treatment)]
    pub(crate) on: Vec<(Class, Treatment)>,
    /// Write the bad rows with their reasons here, in the input's own columns
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// A list without rows is done, not an error; one without a usable row stays an error
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
    /// Do not send the list's comments to Defender: --comment counts for all machines
    #[arg(long, conflicts_with = "comment_column")]
    pub(crate) no_comment_column: bool,
    /// What stands between cells: , ; | or tab [default: recognised]
    #[arg(long, value_name = "C", value_parser = value::delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// What a text is written in, such as windows-1252 [default: UTF-8, or as its mark says]
    #[arg(long, value_name = "NAME", value_parser = value::encoding)]
    pub(crate) encoding: Option<TextEncoding>,
    /// The sheet of a workbook [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
}
