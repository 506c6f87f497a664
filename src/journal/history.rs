//! What happened to a machine or a batch, read back.

use rusqlite::params;

use crate::domain::{BatchFact, BatchId, Fact, MachineNumber, Timestamp};

use super::column::Fields;
use super::content::{to_batch_fact, to_fact};
use super::{Journal, JournalError};

impl Journal {
    /// A machine's facts, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn facts_of(
        &self,
        id: BatchId,
        number: MachineNumber,
    ) -> Result<Vec<(Timestamp, Fact)>, JournalError> {
        let sql = "SELECT at, kind, content FROM facts
                   WHERE batch = ?1 AND number = ?2 ORDER BY id";
        let mut statement = self.db.prepare_cached(sql)?;
        let facts = statement
            .query_map(params![id.0, number.0], |row| read(&mut Fields::of(row), to_fact))?;
        Ok(facts.collect::<Result<_, _>>()?)
    }

    /// The facts about a batch as a whole, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn batch_facts_of(&self, id: BatchId) -> Result<Vec<(Timestamp, BatchFact)>, JournalError> {
        let sql = "SELECT at, kind, content FROM facts
                   WHERE batch = ?1 AND number IS NULL ORDER BY id";
        let mut statement = self.db.prepare_cached(sql)?;
        let facts = statement.query_map([id.0], |row| read(&mut Fields::of(row), to_batch_fact))?;
        Ok(facts.collect::<Result<_, _>>()?)
    }
}

/// Reads `at, kind, content`.
pub(super) fn read<F>(
    fields: &mut Fields<'_, '_>,
    understand: impl FnOnce(&str, &str) -> Option<F>,
) -> rusqlite::Result<(Timestamp, F)> {
    let at = fields.time()?;
    let kind: String = fields.take()?;
    let fact = fields.text(|json| understand(&kind, json))?;
    Ok((at, fact))
}
