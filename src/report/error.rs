//! Why a document could not be made.

use std::io;

use crate::domain::BatchId;
use crate::journal::JournalError;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("there is no batch {0} in this journal; `mde-offboard batches` lists them")]
    NoBatch(BatchId),
    /// The document could not be written where it should go.
    #[error("the report could not be written")]
    Write(#[source] io::Error),
}
