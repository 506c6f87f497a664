//! What happened to a machine or a batch, read back.

use rusqlite::params;

use crate::domain::{BatchFact, BatchId, End, Fact, MachineNumber, StoppedBy, Timestamp};
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError};

use super::content::{to_batch_fact, to_fact};

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
        Ok(all_rows(self.db(), sql, params![id.0, number.0], |fields| read(fields, to_fact))?)
    }

    /// What the last facts about machines say to `tell`, oldest first, back to an end of one of
    /// these kinds; at most `most`, and of the newest few thousand facts.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn last_told<T>(
        &self,
        id: BatchId,
        back_to: &[End],
        most: usize,
        tell: impl Fn(MachineNumber, &Fact) -> Option<T>,
    ) -> Result<Vec<T>, JournalError> {
        // `+batch`: by the newest facts, not by all of the batch's.
        let sql = "SELECT at, kind, content, number FROM facts
                   WHERE +batch = ?1 AND id > (SELECT MAX(id) FROM facts) - 4096
                   ORDER BY id DESC";
        let mut statement = self.db().prepare_cached(sql)?;
        let mut rows = statement.query([id.0])?;
        let mut told = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| told.len() < most) {
            let mut fields = Fields::of(row);
            let understand = |kind: &str, json: &str| match to_batch_fact(kind, json) {
                Some(fact) => Some(Err(fact)),
                None => to_fact(kind, json).map(Ok),
            };
            match read(&mut fields, understand)?.1 {
                Ok(fact) => told.extend(tell(MachineNumber(fields.take()?), &fact)),
                Err(BatchFact::Ended { end, .. }) if back_to.contains(&end) => break,
                Err(BatchFact::Tripped { .. }) if back_to.contains(&End::Tripped) => break,
                Err(_) => {}
            }
        }
        told.reverse();
        Ok(told)
    }

    /// The facts about a batch as a whole, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn batch_facts_of(&self, id: BatchId) -> Result<Vec<(Timestamp, BatchFact)>, JournalError> {
        let sql = "SELECT at, kind, content FROM facts
                   WHERE batch = ?1 AND number IS NULL ORDER BY id";
        Ok(all_rows(self.db(), sql, [id.0], |fields| read(fields, to_batch_fact))?)
    }

    /// When the last POST was expected to go out, as the newest sending of the list began; none: it
    /// has not begun, or nothing was to be sent.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn first_forecast(&self, id: BatchId) -> Result<Option<Timestamp>, JournalError> {
        let facts = self.batch_facts_of(id)?;
        Ok(facts.into_iter().rev().find_map(|(_, fact)| match fact {
            BatchFact::Forecast { last_send_at } => Some(last_send_at),
            _ => None,
        }))
    }

    /// Why the last run of the batch ended early, in words; none: it did not, or nobody said.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn why_ended(&self, id: BatchId) -> Result<Option<String>, JournalError> {
        let facts = self.batch_facts_of(id)?;
        let last = facts.into_iter().rev().find_map(|(_, fact)| match fact {
            BatchFact::Ended { why, .. } => Some(why),
            BatchFact::Tripped { why, .. } => Some(Some(why)),
            BatchFact::GuardLifted { .. } => Some(None),
            _ => None,
        });
        Ok(last.flatten())
    }

    /// The guard that stopped the batch last, if nobody has gone on since.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn stopped_by(&self, id: BatchId) -> Result<Option<StoppedBy>, JournalError> {
        let facts = self.batch_facts_of(id)?;
        let last = facts.into_iter().rev().find_map(|(_, fact)| match fact {
            BatchFact::Tripped { guard, .. } => Some(Some(guard)),
            BatchFact::Started { .. } | BatchFact::GuardLifted { .. } => Some(None),
            _ => None,
        });
        Ok(last.flatten())
    }

    /// Whether a part of the batch was found lost, and nothing was sent since: the run that found
    /// it did not wait for late effects to the end.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn is_rolled_back(&self, id: BatchId) -> Result<bool, JournalError> {
        let sql = "SELECT MAX(id) FROM facts
                   WHERE batch = ?1 AND number IS NULL AND kind = 'rolled_back'";
        let found: Option<i64> =
            self.db().prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?;
        let Some(found) = found else { return Ok(false) };
        let sql = "SELECT NOT EXISTS
                   (SELECT 1 FROM facts WHERE id > ?2 AND batch = ?1 AND kind = 'sending')";
        Ok(self.db().prepare_cached(sql)?.query_row([id.0, found], |row| row.get(0))?)
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
