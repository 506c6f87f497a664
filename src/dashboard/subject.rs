//! What a page is about.

use crate::domain::BatchId;
use crate::journal::{Batch, Journal};

use super::DashboardError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// The batch that somebody runs, else the latest.
    Current,
    Batch(BatchId),
}

impl Subject {
    /// The batch; none: it is not there, or not yet.
    pub(super) fn find(self, journal: &Journal) -> Result<Option<Batch>, DashboardError> {
        if let Self::Batch(id) = self {
            return Ok(journal.batch(id)?);
        }
        match journal.running_batch()? {
            Some(batch) => Ok(Some(batch)),
            None => Ok(journal.batches()?.pop()),
        }
    }

    /// From a page about it to the root of the journal.
    pub(super) const fn to_journal(self) -> &'static str {
        match self {
            Self::Current => "./",
            Self::Batch(_) => "../../",
        }
    }
}
