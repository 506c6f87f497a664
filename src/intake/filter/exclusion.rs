//! What came of a condition of `!=`.

use crate::domain::text::escaped;
use crate::intake::{Position, RowFilter};

/// What a file has of a value that no row may have.
///
/// A condition that leaves out nothing is no mistake: a scheduled list may hold no such machine.
/// But a value that is no cell, and only a part of others, is likely one that was written
/// differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The column, as a person wrote it, fit to be shown.
    pub column: String,
    /// The value, fit to be shown.
    pub value: String,
    /// Rows whose cell is the value, or holds it as an entry.
    pub left_out: u64,
    /// Rows that are taken though the value stands between separators of their cell.
    pub apart: Found,
    /// Rows that are taken though the value stands elsewhere inside their cell.
    pub inside: Found,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub rows: u64,
    /// Where some stand, and what their cell is; each cell once.
    pub examples: Vec<(Position, String)>,
}

impl Exclusion {
    /// Most examples that are kept.
    pub const EXAMPLES_MAX: usize = 5;

    pub(in crate::intake) fn new(filter: &RowFilter) -> Self {
        Self {
            column: escaped(&filter.column),
            value: escaped(&filter.value),
            left_out: 0,
            apart: Found::default(),
            inside: Found::default(),
        }
    }
}
