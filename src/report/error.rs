//! Why a document could not be made.

use std::io;

use crate::domain::{Advice, BatchId};
use crate::journal::JournalError;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("there is no batch {0} in this journal")]
    NoBatch(BatchId),
    /// The document could not be written where it should go.
    #[error("the report could not be written")]
    Write(#[source] io::Error),
    /// The rows of a workbook wait in one until it is whole, and so do the chapters of a page of
    /// several journals.
    #[error("a temporary file of the report could not be written")]
    TemporaryFile(#[source] io::Error),
}

impl ReportError {
    /// What to do about it.
    pub fn hint(&self) -> Advice {
        match self {
            Self::Journal(error) => error.hint(),
            Self::NoBatch(_) => Advice::command("batches").then(" lists them"),
            Self::TemporaryFile(_) => {
                "make room in the folder for temporary files, or name another \
                                       in TMPDIR; --format csv needs none"
                    .into()
            }
            Self::Write(_) => {
                "check that the disk has room and that you may write there, then run this again"
                    .into()
            }
        }
    }
}
