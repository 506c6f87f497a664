//! A copy of a journal, taken at one instant, also beside the runner that writes it.
//!
//! Called by tests that put an older journal in the place of a newer one. Deliberately absent: a
//! copy into a file.

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::journal::{Journal, JournalError};

use super::open::set_up;

impl Journal {
    /// All that is durable now, in a journal that ends with the process. What is staged is not in
    /// it.
    ///
    /// # Errors
    /// [`JournalError`] where this one cannot be read.
    pub fn copy_to_memory(&self) -> Result<Self, JournalError> {
        /// All that are left.
        const PAGES: std::ffi::c_int = -1;
        self.end_staging()?;
        let mut db = Connection::open_in_memory()?;
        Backup::new(self.db(), &mut db)?.step(PAGES)?;
        set_up(&mut db, None)?;
        Ok(Self::of_memory(db))
    }
}
