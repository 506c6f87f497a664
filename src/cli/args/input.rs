//! Which files, and how to read them.

use std::path::PathBuf;

use clap::Args;

use super::value;
use crate::guard::{Class, Treatment};
use crate::intake::{RowFilter, TextEncoding};

/// The input of `run`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InputArguments {
    /// Lists of machines: CSV, .xlsx, .xls, .ods, .json, .jsonl, or one ID per line; `-` reads
    /// standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Comment that Defender records with each request, such as a reason and a ticket number.
    /// Needed unless the list has comments, which take precedence
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
    /// Columns and delimiter.
    #[command(flatten)]
    pub(crate) columns: ColumnArguments,
    /// The list holds device names: each must be the name of exactly one onboarded machine. Not for
    /// lists that have machine IDs
    #[arg(long, conflicts_with = "id_column")]
    pub(crate) by_name: bool,
    /// Leave out bad rows instead of refusing the whole list
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// Use only rows that match, by any column; can be repeated. Conditions on different columns
    /// must all match; of several values for one column, one is enough
    #[arg(long = "where", value_name = "COLUMN=VALUE|COLUMN!=VALUE",
          value_parser = value::row_filter)]
    pub(crate) filters: Vec<RowFilter>,
    /// What to do with a class of machines: `send`, `skip` or `refuse`, such as
    /// `other_system=send`; `plan` shows the classes and what is done with each; can be repeated
    #[arg(long = "on", value_name = "CLASS=WHAT", value_parser = value::treatment)]
    pub(crate) on: Vec<(Class, Treatment)>,
    /// Never offboard what this TOML file names: lists `ids`, `names` (with `*` and `?`), `tags`,
    /// `groups`
    #[arg(long, value_name = "FILE")]
    pub(crate) protect: Option<PathBuf>,
    /// Write the bad rows to this CSV file, with the reason in front of each
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Accept a list without rows as done (exit code 0); a list without a usable row stays an error
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// How to read a table.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ColumnArguments {
    /// Column with the machine IDs [default: recognised by its name]
    #[arg(long, value_name = "NAME")]
    pub(crate) id_column: Option<String>,
    /// Column with the device names [default: recognised by its name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name_column: Option<String>,
    /// Column with a comment for each machine [default: recognised by its name]
    #[arg(long, value_name = "NAME")]
    pub(crate) comment_column: Option<String>,
    /// Ignore the comments in the list; --comment applies to all machines
    #[arg(long, conflicts_with = "comment_column")]
    pub(crate) no_comment_column: bool,
    /// Character between cells: `,` `;` `|` or `tab` [default: recognised by the header]
    #[arg(long, value_name = "C", value_parser = value::delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Text encoding, such as windows-1252 [default: UTF-8, or as the byte-order mark says]
    #[arg(long, value_name = "NAME", value_parser = value::encoding)]
    pub(crate) encoding: Option<TextEncoding>,
    /// Sheet of a workbook [default: the only visible sheet that is not empty]
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
}
