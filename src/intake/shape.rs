//! How a file is to be read, how it was read, and what it held.

use super::{Exclusion, RowFilter, TextEncoding};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// A table with a header, or one machine ID a line.
    #[default]
    Table,
    /// JSON: an array of objects or of machine IDs, an answer that holds one, or an entry a line.
    Json,
    /// One of the two, as it begins: for an input without a name.
    Any,
}

/// What tells which machine a row is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowKey {
    #[default]
    Id,
    /// `--by-name`: the device's name.
    Name,
}

/// What a person said about the file; what is `None` is recognised from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `--id-column`: header of the column with the machine IDs.
    pub id_column: Option<String>,
    /// `--name-column`: header of the column with the device names.
    pub name_column: Option<String>,
    /// `--comment-column`: header of the column with the comments.
    pub comment_column: Option<String>,
    /// `--no-comment-column`: a column of comments is not read.
    pub without_comments: bool,
    /// `--delimiter`: the byte between two cells.
    pub delimiter: Option<u8>,
    /// `--encoding`: of a text without a byte-order mark.
    pub encoding: Option<TextEncoding>,
    /// `--sheet`: the sheet of a workbook.
    pub sheet: Option<String>,
    /// `--where`: only rows for which all of these hold; of several values that one column shall
    /// have, any will do.
    pub filters: Vec<RowFilter>,
    /// Rows that the filters leave out are visited as well, as [`Row`](super::Row)s that are not
    /// wanted: they may be newer than others of the same machine.
    pub unwanted_too: bool,
    pub key: RowKey,
    pub kind: Kind,
}

impl Wanted {
    pub(super) const fn names_a_column(&self) -> bool {
        self.id_column.is_some()
            || self.name_column.is_some()
            || self.comment_column.is_some()
            || !self.filters.is_empty()
    }
}

/// How the file was read; it is shown, so that a person can object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Header of the column with the IDs; `None` for a plain list of IDs.
    pub id_column: Option<String>,
    pub name_column: Option<String>,
    /// Where names stand for machines: whether a column is called like one of IDs.
    pub has_id_column: bool,
    pub comment_column: Option<String>,
    /// Headers of the columns that say what a device is, in the order of
    /// [`Device`](crate::domain::Device).
    pub detail_columns: [Option<String>; 5],
    pub system_column: Option<String>,
    pub onboarding_column: Option<String>,
    /// Header of the column that says which of several rows of a machine is the newest.
    pub time_column: Option<String>,
    pub portal_export: bool,
    pub api_inventory: bool,
    /// The encoding of a text; empty for a workbook.
    pub encoding: &'static str,
    /// What stands between two cells of a table, in words; `None` where there is no such text.
    pub delimiter: Option<&'static str>,
    /// The sheet that was read; `None` where the file is no workbook.
    pub sheet: Option<String>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that name a machine; duplicates count each time.
    pub rows: u64,
    /// Records that were left out because they are bad.
    pub rejects: u64,
    pub not_wanted: u64,
    /// Empty lines, and lines of nothing but delimiters, spaces and tabs.
    pub blank_lines: u64,
    /// IDs that had spaces or tabs around them.
    pub trimmed: u64,
    /// What came of each condition of `!=`, with its index in [`Wanted::filters`].
    pub exclusions: Vec<(usize, Exclusion)>,
    pub notes: Vec<String>,
    /// Where no row names a machine: what leads on to their IDs, perhaps with a query on a line of
    /// its own.
    pub hint: Option<String>,
}
