//! The journal, opened to read and let go again.

use std::path::{Path, PathBuf};

use crate::journal::{Journal, JournalError};

use super::DashboardError;

/// Where the journal is. It need not be there yet, and may be replaced at any time.
#[derive(Debug, Clone)]
pub(super) struct JournalSource(PathBuf);

impl JournalSource {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Opens the journal, reads, and closes it: a reader that stays would keep the log from being
    /// reused. None: there is no journal, or nothing in it.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Journal) -> Result<T, DashboardError>,
    ) -> Result<Option<T>, DashboardError> {
        match Journal::open_reader(&self.0) {
            Ok(journal) => read(&journal).map(Some),
            Err(JournalError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
