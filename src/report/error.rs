//! Why a document could not be made.

use std::io;

use crate::domain::BatchId;
use crate::journal::JournalError;

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal has no such batch.
    #[error("there is no batch {0} in this journal; `mde-offboard batches` lists them")]
    NoBatch(BatchId),
    /// The document could not be written where it should go.
    #[error("the report could not be written")]
    Write(#[source] io::Error),
}
