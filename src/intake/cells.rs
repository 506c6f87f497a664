//! One record of a list: its cells, and what is known of it beside them.

use csv::StringRecord;

use super::Place;
use super::trimmed::trimmed;

/// The cells of a record.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) texts: StringRecord,
    /// Those that are not UTF-8: they have U+FFFD where they are damaged.
    pub(super) damaged: Vec<Damage>,
}

/// A cell that is not UTF-8.
#[derive(Debug, Clone, Copy)]
pub(super) struct Damage {
    /// Its index.
    pub(super) cell: usize,
    /// The first byte that is at fault, counted from 1.
    pub(super) byte: usize,
}

/// What is known of a record beside its cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    /// Where it begins.
    pub(super) place: Place,
    /// Index of the first cell that has a quote inside without beginning with one.
    pub(super) stray_quote: Option<usize>,
    /// Index of the first cell whose key stands more than once in the entry.
    pub(super) repeated: Option<usize>,
    /// Whether it is the keys of JSON: then it is a header, also where a key looks like a row.
    pub(super) is_keys: bool,
}

impl Outline {
    /// That of a record without quotes and repeated keys.
    pub(super) const fn at(place: Place) -> Self {
        Self { place, stray_quote: None, repeated: None, is_keys: false }
    }
}

/// Whether no cell holds anything.
pub(super) fn is_blank(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| trimmed(cell).is_empty())
}
