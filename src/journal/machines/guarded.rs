//! A batch's machines as its guards see them: the canary, and what was adopted.

use rusqlite::params;

use crate::domain::{BatchId, Counts, MachineNumber};
use crate::journal::facts::counts;
use crate::journal::facts::standing::columns;
use crate::journal::{Journal, JournalError};

use super::machine::{Machine, select_machines};

const CANARY: &str = select_machines!(
    "canaries AS c CROSS JOIN machines AS m ON m.batch = c.batch AND m.number = c.number",
    "WHERE c.batch = ?1 ORDER BY c.number"
);

const QUEUED_CANARY: &str = select_machines!(
    "canaries AS c CROSS JOIN machines AS m ON m.batch = c.batch AND m.number = c.number",
    "WHERE c.batch = ?1 AND c.number > ?2 AND m.state = 'queued' AND m.not_before IS NULL
     ORDER BY c.number LIMIT ?3"
);

impl Journal {
    /// The machines that go first, in the order of the input; none where there is no canary.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn canary(&self, id: BatchId) -> Result<Vec<Machine>, JournalError> {
        self.select(CANARY, [id.0])
    }

    /// The next of them that can be sent now, after a number; at most `most`.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn queued_canary(
        &self,
        id: BatchId,
        after: MachineNumber,
        most: usize,
    ) -> Result<Vec<Machine>, JournalError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select(QUEUED_CANARY, params![id.0, after.0, most])
    }

    /// A batch's machines by state that somebody else had asked for.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn adopted(&self, id: BatchId) -> Result<Counts, JournalError> {
        let sql = "SELECT state, COUNT(*) FROM machines
                   WHERE batch = ?1 AND adopted = 1 GROUP BY state";
        counts::read(self.db(), sql, id)
    }
}
