//! The machines that go first, and that all others wait for.
//!
//! Deliberately absent: whether they went well.

use rusqlite::{Connection, params};

use crate::domain::{BatchFact, BatchId, Timestamp};
use crate::journal::facts::writer::FactWriter;
use crate::journal::{Journal, JournalError};

/// Chooses the canary of a batch among the machines that are still to be sent; an earlier choice is
/// replaced. Gives how many they are: all of them, where there are fewer.
pub(super) fn choose(db: &Connection, batch: BatchId, most: u32) -> Result<u64, JournalError> {
    db.prepare_cached("DELETE FROM canaries WHERE batch = ?1")?.execute([batch.0])?;
    // Those that were seen last can say soonest how it goes. Without a plan, the first of the list.
    let sql = "INSERT INTO canaries (batch, number)
               SELECT m.batch, m.number FROM machines AS m
               LEFT JOIN temp.verdicts AS v ON v.number = m.number
               WHERE m.batch = ?1 AND m.state = 'queued' AND m.not_before IS NULL
               ORDER BY v.last_seen DESC NULLS LAST, m.number LIMIT ?2";
    let chosen = db.prepare_cached(sql)?.execute(params![batch.0, most])?;
    Ok(chosen as u64)
}

impl Journal {
    /// Chooses another canary for a batch that goes on; 0: none.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written.
    pub fn choose_canary(
        &mut self,
        id: BatchId,
        most: u32,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        let machines = choose(&transaction, id, most)?;
        let mut writer = FactWriter::new(&transaction)?;
        writer.add_batch_fact(id, at, &BatchFact::CanaryChosen { machines })?;
        writer.finish()?;
        Ok(transaction.commit()?)
    }
}
