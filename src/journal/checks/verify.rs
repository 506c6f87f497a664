//! The audit: whether the chain holds, and whether the rows are what the facts add up to.

use crate::domain::BatchId;
use crate::journal::facts::{batch_row, chain, chain_walk, fold};
use crate::journal::{ChainHead, Journal, JournalError};

impl Journal {
    /// Computes the chain again, from the first fact to the last.
    ///
    /// # Errors
    /// [`JournalError::ChainBroken`] names the first fact that does not fit.
    pub fn verify_chain(&self) -> Result<ChainHead, JournalError> {
        chain_walk::verify(self.db())
    }

    /// The head as it is stored, without computing the chain.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn chain_head(&self) -> Result<ChainHead, JournalError> {
        chain::head(self.db())
    }

    /// Folds all facts of a batch and compares: with the rows of its machines, with the counts,
    /// with the owners of actions, with its own row and with what it was made with. That no machine
    /// has two attempts open at once follows from the fold: an attempt begins from `queued` alone.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] names the first machine or count that differs,
    /// [`JournalError::Forbidden`] the first fact that cannot have happened.
    pub fn verify_rows(&self, id: BatchId) -> Result<(), JournalError> {
        self.end_staging()?;
        // One snapshot for all that is compared, beside a runner that continues.
        let snapshot = self.db().unchecked_transaction()?;
        fold::compare(self.db(), id)?;
        batch_row::compare(self.db(), id)?;
        Ok(snapshot.commit()?)
    }
}
