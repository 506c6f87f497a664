//! What one record of an input file came to.

use std::fmt;

use crate::domain::{Comment, MachineId};

/// One record, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// It names a machine.
    Row(Row),
    /// It does not, or not for certain.
    Reject(Reject),
}

/// A record that names a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line on which the record begins, counted from 1; line breaks inside quotes count too.
    pub line: u64,
    /// The machine.
    pub id: MachineId,
    /// Its name, with control characters escaped; `None` for an empty cell or no such column.
    pub name: Option<String>,
    /// Its own comment; `None` for an empty cell or no such column.
    pub comment: Option<Comment>,
}

/// A record that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Line on which the record begins, counted from 1.
    pub line: u64,
    /// Header of the column at fault, or `#3` where the third has none; empty for a plain list.
    pub column: String,
    /// What stands there, escaped and cut to 60 characters.
    pub found: String,
    /// The reason, as a fragment.
    pub why: String,
    /// What to do, where that is known.
    pub fix: Option<String>,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", column `{}`", self.column)?;
        }
        if !self.found.is_empty() {
            write!(f, ": `{}`", self.found)?;
        }
        write!(f, ": {}", self.why)?;
        match &self.fix {
            Some(fix) => write!(f, " ({fix})"),
            None => Ok(()),
        }
    }
}
