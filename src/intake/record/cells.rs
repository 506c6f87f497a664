//! One record of a list: its cells, and what is known of it beside them.

use csv::StringRecord;

use crate::intake::Position;
use crate::intake::record::trimmed::trimmed;

#[derive(Debug, Default)]
pub(in crate::intake) struct Cells {
    pub(in crate::intake) texts: StringRecord,
    /// Those that are not UTF-8: they have U+FFFD where they are damaged.
    pub(in crate::intake) damaged: Vec<Damage>,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::intake) struct Damage {
    pub(in crate::intake) cell: usize,
    /// The first byte that is at fault, counted from 1.
    pub(in crate::intake) byte: usize,
}

/// What is known of a record beside its cells.
#[derive(Debug, Clone, Copy)]
pub(in crate::intake) struct Outline {
    pub(in crate::intake) place: Position,
    /// Index of the first cell that has a quote inside without beginning with one.
    pub(in crate::intake) stray_quote: Option<usize>,
    /// Index of the first cell whose key stands more than once in the entry.
    pub(in crate::intake) repeated: Option<usize>,
    /// Whether it is the keys of JSON: then it is a header, also where a key looks like a row.
    pub(in crate::intake) is_keys: bool,
}

impl Outline {
    /// That of a record without quotes and repeated keys.
    pub(in crate::intake) const fn at(place: Position) -> Self {
        Self { place, stray_quote: None, repeated: None, is_keys: false }
    }
}

/// Whether no cell holds anything.
pub(in crate::intake) fn is_blank(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| trimmed(cell).is_empty())
}
