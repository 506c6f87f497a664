//! Signs of life: the runner's own, and who has the journal.

use crate::journal::log_mark::runner_row;
use crate::journal::{Batch, Heartbeat, Journal, JournalError, RunnerView};

impl Journal {
    /// Leaves a sign of life. Without a runner (in memory) it is not kept.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written.
    pub fn heartbeat(&mut self, heartbeat: &Heartbeat) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        runner_row::give(&transaction, heartbeat)?;
        Ok(transaction.commit()?)
    }

    /// Who has the journal, or had it last; none where nobody ever had.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn runner(&self) -> Result<Option<RunnerView>, JournalError> {
        runner_row::view(self.db(), self.has_runner())
    }

    /// The batch that somebody runs right now, as its last sign of life says.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn running_batch(&self) -> Result<Option<Batch>, JournalError> {
        let runner = self.runner()?.filter(|view| view.alive);
        let heartbeat = runner.and_then(|view| view.heartbeat);
        heartbeat.map_or(Ok(None), |heartbeat| self.batch(heartbeat.batch))
    }
}
