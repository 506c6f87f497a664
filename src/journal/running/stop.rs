//! The stop request: the one thing that another process writes, about a batch or, before the runner
//! has one, about the runner.

use rusqlite::{OptionalExtension, params};

use crate::domain::{BatchId, Timestamp};
use crate::journal::log_mark::runner_row;
use crate::journal::sql::column::Fields;
use crate::journal::{Journal, JournalError, StopRequest};

impl Journal {
    /// Asks the runner of a batch to send nothing more. A reader may do this, and a later request
    /// takes the place of an earlier one.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written, or there is no such batch.
    pub fn request_stop(
        &mut self,
        id: BatchId,
        by: &str,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.check_log()?;
        let sql = "INSERT INTO stop_requests (batch, requested_by, at)
                   SELECT id, ?2, ?3 FROM batches WHERE id = ?1
                   ON CONFLICT (batch) DO UPDATE
                   SET requested_by = excluded.requested_by, at = excluded.at";
        let row = params![id.0, by, at.as_micros()];
        let transaction = self.begin_beside()?;
        if transaction.prepare_cached(sql)?.execute(row)? == 0 {
            return Err(JournalError::UnknownBatch { id });
        }
        transaction.commit()?;
        self.mark_written()
    }

    /// The request to stop, if there is one.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn stop_request(&self, id: BatchId) -> Result<Option<StopRequest>, JournalError> {
        let sql = "SELECT requested_by, at FROM stop_requests WHERE batch = ?1";
        let request = self.db().prepare_cached(sql)?.query_row([id.0], |row| {
            let mut fields = Fields::of(row);
            Ok(StopRequest { by: fields.take()?, at: fields.time()? })
        });
        Ok(request.optional()?)
    }

    /// Takes a request away: the batch may continue. One that came since stays, and stops it again.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written.
    pub fn clear_stop(&mut self, id: BatchId, request: &StopRequest) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        let sql = "DELETE FROM stop_requests WHERE batch = ?1 AND at = ?2";
        transaction.prepare_cached(sql)?.execute([id.0, request.at.as_micros()])?;
        Ok(transaction.commit()?)
    }

    /// Asks the process that has the journal to send nothing more, for any batch: it may
    /// have none yet. The next process that takes the journal knows nothing of it.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written.
    pub fn request_stop_of_runner(&mut self, request: &StopRequest) -> Result<(), JournalError> {
        self.check_log()?;
        let transaction = self.begin_beside()?;
        runner_row::set_stop(&transaction, request)?;
        transaction.commit()?;
        self.mark_written()
    }

    /// The request to the process that has the journal, if there is one.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn stop_of_runner(&self) -> Result<Option<StopRequest>, JournalError> {
        runner_row::stop(self.db())
    }
}
