//! What a journal is beside its copies, for a reader.
//!
//! Deliberately absent: making a copy (`copy`), and handing over to one (`succession`).

use crate::journal::hand_over::{self, Role};
use crate::journal::{Journal, JournalError};

/// Why nothing is done with a journal, though it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceAmongCopies {
    /// It is a copy that no runner has opened, of the journal at this path.
    CopyOf(String),
    /// It was handed over to the copy at this path, and sends nothing any more.
    ContinuedIn(String),
}

impl Journal {
    /// None: a journal like any other.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn place_among_copies(&self) -> Result<Option<PlaceAmongCopies>, JournalError> {
        let row = hand_over::read(self.db())?;
        Ok(row.map(|row| match row.role {
            Role::Copy | Role::Pending => PlaceAmongCopies::CopyOf(row.other),
            Role::HandedOver => PlaceAmongCopies::ContinuedIn(row.other),
        }))
    }
}
