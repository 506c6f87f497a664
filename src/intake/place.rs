//! Where in the input something stands.

use std::fmt;

/// Where a record begins, counted from 1, in the words of its kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of a text; line breaks inside quotes count too.
    Line(u64),
    /// A row of a sheet, as a spreadsheet numbers it.
    Row(u64),
    /// An entry of a JSON array.
    Entry(u64),
}

impl Place {
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
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Row(number) => write!(f, "row {number}"),
            Self::Entry(number) => write!(f, "entry {number}"),
        }
    }
}
