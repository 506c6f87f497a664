//! The one place where facts are written, and what is projected from them.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use crate::domain::{BatchFact, BatchId, End, Fact, MachineNumber, State, Timestamp};
use crate::journal::JournalError;
use crate::journal::sql::column::to_signed;

use super::chain::{self, ChainHead, ChainLink, FirstTagged};
use super::changes::Entry;
use super::content::{self, Content};
use super::{counts, standing};

/// Adds facts to the chain and keeps what is projected from them: rows, counts, actions.
pub(in crate::journal) struct FactWriter<'db> {
    db: &'db Connection,
    head: ChainHead,
    first_tagged: FirstTagged,
    /// How many more machines a state has than before.
    shifts: BTreeMap<(BatchId, State), i64>,
    /// First and last send of this transaction.
    sends: BTreeMap<BatchId, (Timestamp, Timestamp)>,
}

impl<'db> FactWriter<'db> {
    /// Goes on after the newest fact. The transaction is the caller's.
    pub(in crate::journal) fn new(db: &'db Connection) -> Result<Self, JournalError> {
        let (head, first_tagged) = (chain::head(db)?, chain::first_tagged(db)?);
        Ok(Self { db, head, first_tagged, shifts: BTreeMap::new(), sends: BTreeMap::new() })
    }

    /// One fact about a machine: judged, written, projected.
    pub(in crate::journal) fn add(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let Entry { batch, number, at, fact } = entry;
        let before = standing::of(self.db, *batch, *number)?;
        let after = before.after(fact, *at).map_err(|source| JournalError::Forbidden {
            batch: *batch,
            number: *number,
            source,
        })?;
        standing::write(self.db, *batch, *number, &after)?;
        if before.state != after.state {
            *self.shifts.entry((*batch, before.state)).or_default() -= 1;
            *self.shifts.entry((*batch, after.state)).or_default() += 1;
        }
        match fact {
            Fact::Sending => {
                let (first, last) = self.sends.entry(*batch).or_insert((*at, *at));
                *first = (*first).min(*at);
                *last = (*last).max(*at);
            }
            Fact::Accepted { action, .. } => {
                let sql = "INSERT OR REPLACE INTO actions (action_id, batch, number)
                           VALUES (?1, ?2, ?3)";
                let row = params![action.as_str(), batch.0, number.0];
                self.db.prepare_cached(sql)?.execute(row)?;
            }
            _ => {}
        }
        self.append(*batch, Some(*number), *at, &content::of_fact(fact))
    }

    pub(in crate::journal) fn add_batch_fact(
        &mut self,
        batch: BatchId,
        at: Timestamp,
        fact: &BatchFact,
    ) -> Result<(), JournalError> {
        if let Some(end) = fact.sets_end() {
            let sql = "UPDATE batches SET ended = ?2, ended_at = ?3 WHERE id = ?1";
            let (word, at) = (end.map(End::word), end.map(|_| at.as_micros()));
            self.db.prepare_cached(sql)?.execute(params![batch.0, word, at])?;
        }
        self.append(batch, None, at, &content::of_batch_fact(fact))
    }

    /// Writes what was gathered over all facts.
    pub(in crate::journal) fn finish(self) -> Result<(), JournalError> {
        for ((batch, state), machines) in self.shifts {
            counts::shift(self.db, batch, state, machines)?;
        }
        for (batch, (first, last)) in self.sends {
            let sql = "UPDATE batches SET first_sent_at = COALESCE(first_sent_at, ?2),
                       last_sent_at = MAX(COALESCE(last_sent_at, ?3), ?3) WHERE id = ?1";
            let times = params![batch.0, first.as_micros(), last.as_micros()];
            self.db.prepare_cached(sql)?.execute(times)?;
        }
        Ok(())
    }

    fn append(
        &mut self,
        batch: BatchId,
        number: Option<MachineNumber>,
        at: Timestamp,
        content: &Content,
    ) -> Result<(), JournalError> {
        let Content { kind, json } = content;
        let id = self.head.rows + 1;
        let link = ChainLink { id, batch, number, at, kind, json };
        let hash = link.hash(&self.head.hash, self.first_tagged);
        self.head = ChainHead { rows: id, hash };
        let sql = "INSERT INTO facts (id, batch, number, at, kind, content, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let (id, number) = (to_signed(id), number.map(|number| number.0));
        let row = params![id, batch.0, number, at.as_micros(), kind, json, hash];
        self.db.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }
}
