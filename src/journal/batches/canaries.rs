//! The machines that go first, and that all others wait for.
//!
//! Deliberately absent: whether they went well.

use rusqlite::{Connection, params};

use crate::domain::{BatchFact, BatchId, Timestamp};
use crate::journal::facts::made_of;
use crate::journal::facts::writer::FactWriter;
use crate::journal::{Journal, JournalError};

/// Chooses the canary of a batch among the machines that are still to be sent; an earlier choice is
/// replaced. The fact of it: which they are, at most `most`.
pub(super) fn choose(
    db: &Connection,
    batch: BatchId,
    most: u32,
) -> Result<BatchFact, JournalError> {
    db.prepare_cached("DELETE FROM canaries WHERE batch = ?1")?.execute([batch.0])?;
    // Those that were seen last can say soonest how it goes. Without a plan, the first of the list.
    let sql = "INSERT INTO canaries (batch, number)
               SELECT m.batch, m.number FROM machines AS m
               LEFT JOIN temp.verdicts AS v ON v.number = m.number
               WHERE m.batch = ?1 AND m.state = 'queued' AND m.not_before IS NULL
               ORDER BY v.last_seen DESC NULLS LAST, m.number LIMIT ?2";
    let machines = db.prepare_cached(sql)?.execute(params![batch.0, most])? as u64;
    let chosen = (machines > 0).then(|| made_of::canary(db, batch)).transpose()?;
    Ok(BatchFact::CanaryChosen { machines, chosen })
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
        let chosen = choose(&transaction, id, most)?;
        let mut writer = FactWriter::new(&transaction)?;
        writer.add_batch_fact(id, at, &chosen)?;
        writer.finish()?;
        Ok(transaction.commit()?)
    }
}
