//! What one record of an input file came to.

use std::fmt;
use std::sync::Arc;

use crate::domain::{Comment, Device, MachineId, RowTime};
use crate::intake::Position;

/// One record, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Row(Row),
    /// The same, where names stand for machines ([`RowKey::Name`](crate::intake::RowKey)).
    Named(NamedRow),
    /// It does not, or not for certain.
    Reject(Reject),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub place: Position,
    pub id: MachineId,
    /// Its name, with control characters escaped; `None` for an empty cell or no such column.
    pub name: Option<String>,
    /// Its own comment; `None` for an empty cell or no such column.
    pub comment: Option<Comment>,
    pub device: Device,
    /// When it was so, where the list says that in a form that is known.
    pub at: Option<RowTime>,
    /// Whether it is as the filters ask. One that is not has its place, ID and time alone.
    pub wanted: bool,
}

/// A row that names a machine by its name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    pub place: Position,
    /// Its name, without spaces around it.
    pub name: String,
    /// Its own comment; `None` for an empty cell or no such column.
    pub comment: Option<Comment>,
    pub device: Device,
    /// When it was so, where the list says that in a form that is known.
    pub at: Option<RowTime>,
    /// Whether it is as the filters ask. One that is not has its place, name and time alone.
    pub wanted: bool,
}

/// A record that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    pub place: Position,
    /// Header of the column at fault, or `#3` where the third has none; empty for a plain list.
    pub column: String,
    /// What stands there, escaped and cut to 60 characters.
    pub found: String,
    /// The reason, as a fragment.
    pub why: String,
    /// What to do, where that is known.
    pub fix: Option<String>,
    /// The names of the file's columns; one empty name for a plain list.
    pub header: Arc<[String]>,
    /// The record's cells as they stand in the file, with U+FFFD for what is not UTF-8.
    pub cells: Vec<String>,
}

impl Reject {
    /// The reason, and what to do about it.
    pub fn reason(&self) -> String {
        match &self.fix {
            Some(fix) => format!("{} ({fix})", self.why),
            None => self.why.clone(),
        }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.column.is_empty() {
            write!(f, ", {} `{}`", self.place.column_word(), self.column)?;
        }
        if !self.found.is_empty() {
            write!(f, ": `{}`", self.found)?;
        }
        write!(f, ": {}", self.reason())
    }
}
