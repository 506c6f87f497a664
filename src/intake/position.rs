//! Where in the input something stands.

use std::fmt;

/// Where a record begins, counted from 1, in the words of its kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// A line of a text; line breaks inside quotes count too.
    Line(u64),
    /// A row of a sheet, as a spreadsheet numbers it.
    Row(u64),
    Entry(u64),
}

impl Position {
    /// The number alone.
    pub const fn number(self) -> u64 {
        match self {
            Self::Line(number) | Self::Row(number) | Self::Entry(number) => number,
        }
    }

    /// Another place in a file of the same kind.
    #[must_use]
    pub const fn with_number(self, number: u64) -> Self {
        match self {
            Self::Line(_) => Self::Line(number),
            Self::Row(_) => Self::Row(number),
            Self::Entry(_) => Self::Entry(number),
        }
    }

    /// What a column is called there: JSON has keys.
    pub const fn column_word(self) -> &'static str {
        match self {
            Self::Line(_) | Self::Row(_) => "column",
            Self::Entry(_) => "key",
        }
    }

    /// What a message about several columns begins with, where this is the header's place. Keys
    /// have none: all entries have a say.
    pub(super) fn before_columns(self) -> String {
        match self {
            Self::Line(_) | Self::Row(_) => format!("{self}: "),
            Self::Entry(_) => "the keys ".to_owned(),
        }
    }

    /// What a message begins with where no column is known.
    pub(super) fn no_known_column(self) -> String {
        match self {
            Self::Line(_) | Self::Row(_) => format!("{self}: no column"),
            Self::Entry(_) => "no key of the entries".to_owned(),
        }
    }

    /// What the first cell of a list is not.
    pub(super) const fn neither(self) -> &'static str {
        match self {
            Self::Line(_) | Self::Row(_) => "neither a known column name nor a machine ID",
            Self::Entry(_) => "no machine ID",
        }
    }

    /// What a message about a column that is not there begins with.
    pub(super) fn no_column(self) -> String {
        match self {
            Self::Line(_) | Self::Row(_) => format!("{self}: there is no column"),
            Self::Entry(_) => "no entry has the key".to_owned(),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Row(number) => write!(f, "row {number}"),
            Self::Entry(number) => write!(f, "entry {number}"),
        }
    }
}
