//! The facts of a batch in their order, from any of them on: for what is made of all of them.
//!
//! Facts are only ever added, so a reader that has seen those up to an ID continues after it.
//! Deliberately absent: the chain (`chain_walk`), and facts of one machine (`history`).

use rusqlite::{OptionalExtension, params};

use crate::domain::{BatchFact, BatchId, Fact, MachineNumber, Timestamp};
use crate::journal::sql::column::{Fields, to_signed};
use crate::journal::{Journal, JournalError};

use super::content::{to_batch_fact, to_fact};
use super::history::read;

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactOf {
    Machine(MachineNumber, Fact),
    Batch(BatchFact),
}

impl Journal {
    /// Visits the facts of a batch whose IDs are above `after` and not above `until`, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn each_fact_of(
        &self,
        batch: BatchId,
        (after, until): (u64, u64),
        mut visit: impl FnMut(Timestamp, FactOf),
    ) -> Result<(), JournalError> {
        // `+batch`: by the IDs, since mostly the newest few are wanted.
        let sql = "SELECT number, at, kind, content FROM facts
                   WHERE id > ?2 AND id <= ?3 AND +batch = ?1 ORDER BY id";
        let mut statement = self.db().prepare_cached(sql)?;
        let mut rows = statement.query(params![batch.0, to_signed(after), to_signed(until)])?;
        while let Some(row) = rows.next()? {
            let mut fields = Fields::of(row);
            let number: Option<u32> = fields.take()?;
            let (at, fact) = match number.map(MachineNumber) {
                None => {
                    read(&mut fields, |kind, json| to_batch_fact(kind, json).map(FactOf::Batch))
                }
                Some(number) => read(&mut fields, |kind, json| {
                    to_fact(kind, json).map(|fact| FactOf::Machine(number, fact))
                }),
            }?;
            visit(at, fact);
        }
        Ok(())
    }

    /// The hash of a fact; none where there is no such fact.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn hash_of_fact(&self, id: u64) -> Result<Option<[u8; 32]>, JournalError> {
        let mut statement = self.db().prepare_cached("SELECT hash FROM facts WHERE id = ?1")?;
        Ok(statement.query_row([to_signed(id)], |row| Fields::of(row).take()).optional()?)
    }
}
