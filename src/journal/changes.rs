//! What becomes durable together, and the one place where facts are written.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::domain::{
    BatchFact, BatchId, Call, CallId, End, Fact, Freeze, MachineNumber, Phantoms, ServerClock,
    Stamp, State, Timestamp,
};

use super::chain::{self, Link};
use super::content::{self, Content};
use super::{Journal, JournalError, ledger, standing};

/// Everything that becomes durable together: one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What happened to machines, in order.
    pub facts: Vec<Entry>,
    /// What happened to batches, in order.
    pub batch_facts: Vec<(BatchId, Timestamp, BatchFact)>,
    /// New calls; the caller numbers them, from [`Journal::next_call`] on.
    pub calls: Vec<Call>,
    /// Receipts, also of calls of an earlier commit.
    pub receipts: Vec<(CallId, Stamp)>,
    /// Pauses; each takes the place of its group's.
    pub freezes: Vec<Freeze>,
    /// Slots that somebody else takes; each takes the place of those of its group and window.
    pub phantoms: Vec<Phantoms>,
    /// The server's clock and ours, at the newest answer.
    pub server_clock: Option<ServerClock>,
    /// Our wall clock was set forwards by so much: what is on disk of the limiter's history is by
    /// the clock of before. All else in here is by the new one.
    pub clock_gained: Duration,
}

/// A fact about one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The machine's batch.
    pub batch: BatchId,
    /// Its place in it.
    pub number: MachineNumber,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact,
}

impl Changes {
    /// Our wall clock was set forwards by so much, after all that is in here.
    pub fn clock_was_set(&mut self, gained: Duration) {
        self.clock_gained += gained;
        let later = |stamp: &mut Stamp| stamp.wall = stamp.wall.plus(gained);
        self.calls.iter_mut().filter_map(|call| call.receipt.as_mut()).for_each(later);
        self.receipts.iter_mut().map(|(_, receipt)| receipt).for_each(later);
        self.freezes.iter_mut().map(|freeze| &mut freeze.until).for_each(later);
        self.phantoms.iter_mut().map(|phantoms| &mut phantoms.until).for_each(later);
        if let Some(clock) = &mut self.server_clock {
            clock.wall = clock.wall.plus(gained);
        }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let Self { facts, batch_facts, calls, receipts, freezes, phantoms, .. } = self;
        facts.is_empty()
            && batch_facts.is_empty()
            && calls.is_empty()
            && receipts.is_empty()
            && freezes.is_empty()
            && phantoms.is_empty()
            && self.server_clock.is_none()
            && self.clock_gained.is_zero()
    }
}

impl Journal {
    /// Writes everything or nothing, durably: when this returns, a power cut takes nothing back.
    ///
    /// # Errors
    /// [`JournalError::Forbidden`] where a fact cannot happen in the state of its machine;
    /// [`JournalError::ReadOnly`] for a reader; otherwise what kept it from being written.
    pub fn commit(&mut self, changes: &Changes) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        let mut writer = FactWriter::new(&transaction)?;
        // A run's end comes after all that it ended with.
        let (ends, others): (Vec<_>, Vec<_>) = changes
            .batch_facts
            .iter()
            .partition(|(.., fact)| matches!(fact, BatchFact::Ended { .. }));
        for (batch, at, fact) in others {
            writer.add_batch_fact(*batch, *at, fact)?;
        }
        for entry in &changes.facts {
            writer.add(entry)?;
        }
        for (batch, at, fact) in ends {
            writer.add_batch_fact(*batch, *at, fact)?;
        }
        writer.finish()?;
        ledger::write(&transaction, changes)?;
        Ok(transaction.commit()?)
    }
}

/// Adds facts to the chain and keeps what is projected from them: rows, counts, actions.
pub(super) struct FactWriter<'db> {
    db: &'db Connection,
    head: [u8; 32],
    /// How many more machines a state has than before.
    shifts: BTreeMap<(BatchId, State), i64>,
    /// First and last send of this transaction.
    sends: BTreeMap<BatchId, (Timestamp, Timestamp)>,
}

impl<'db> FactWriter<'db> {
    /// Goes on after the newest fact. The transaction is the caller's.
    pub(super) fn new(db: &'db Connection) -> Result<Self, JournalError> {
        let head = chain::head(db)?;
        Ok(Self { db, head, shifts: BTreeMap::new(), sends: BTreeMap::new() })
    }

    /// One fact about a machine: judged, written, projected.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), JournalError> {
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

    /// One fact about a batch.
    pub(super) fn add_batch_fact(
        &mut self,
        batch: BatchId,
        at: Timestamp,
        fact: &BatchFact,
    ) -> Result<(), JournalError> {
        let end = match fact {
            BatchFact::Started { .. } => Some(None),
            BatchFact::Ended { end } => Some(Some(*end)),
            _ => None,
        };
        if let Some(end) = end {
            let sql = "UPDATE batches SET ended = ?2, ended_at = ?3 WHERE id = ?1";
            let (word, at) = (end.map(End::word), end.map(|_| at.as_micros()));
            self.db.prepare_cached(sql)?.execute(params![batch.0, word, at])?;
        }
        self.append(batch, None, at, &content::of_batch_fact(fact))
    }

    /// Writes what was gathered over all facts.
    pub(super) fn finish(self) -> Result<(), JournalError> {
        for ((batch, state), machines) in self.shifts {
            count(self.db, batch, state, machines)?;
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
        self.head = Link { batch, number, at, kind, json }.hash(&self.head);
        let sql = "INSERT INTO facts (batch, number, at, kind, content, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let number = number.map(|number| number.0);
        let row = params![batch.0, number, at.as_micros(), kind, json, self.head];
        self.db.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }
}

/// Adds to (or takes from) the number of machines in a state.
pub(super) fn count(
    db: &Connection,
    batch: BatchId,
    state: State,
    machines: i64,
) -> Result<(), JournalError> {
    if machines == 0 {
        return Ok(());
    }
    // Not an upsert: its row with a negative count would fail the check before it is merged.
    let sql = "UPDATE counts SET machines = machines + ?3 WHERE batch = ?1 AND state = ?2";
    let row = params![batch.0, state.word(), machines];
    if db.prepare_cached(sql)?.execute(row)? == 0 {
        let sql = "INSERT INTO counts (batch, state, machines) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Comment, Device, MachineId, MarkerSeed, Realm, Tenant};
    use crate::journal::{NewBatch, NewMachine, Runner, Succeeded};

    #[test]
    fn a_full_disk_is_named_and_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_micros(0);
        let text = String::from;
        let (host, user, command) = (text("host"), text("anna"), text("run"));
        let runner = Runner { pid: 1, host, user, command, since: now };
        let mut journal = Journal::open_runner(&folder.path().join("j.db"), runner).unwrap();
        let id = MachineId::from_bytes([7; 20]);
        let (name, comment) = (None, Some(Comment::parse("gone").unwrap()));
        let device = Device::default();
        let (source, line, skip, at) = (0, 2, None, None);
        let row = NewMachine { id, name, comment, source, line, device, skip, at };
        journal.stage(&row).unwrap();
        let new = NewBatch {
            tenant: Tenant { id: text("t"), realm: Realm::Public },
            api: text("https://api"),
            comment: None,
            sources: vec![text("fleet.csv")],
            filters: Vec::new(),
            options: text("{}"),
            seed: MarkerSeed::from_random(1),
            succeeded: Succeeded::Skip,
        };
        let batch = journal.create_batch(&new, now).unwrap();
        let pages: i64 =
            journal.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        journal.db.pragma_update(None, "max_page_count", pages).unwrap();
        let command = "x".repeat(100_000);
        let facts = [BatchFact::Started { command: text("run") }, BatchFact::Started { command }];
        let batch_facts = facts.map(|fact| (batch, now, fact)).to_vec();
        let refused = journal.commit(&Changes { batch_facts, ..Changes::default() });
        assert!(matches!(refused, Err(JournalError::DiskFull)), "{refused:?}");
        assert_eq!(journal.batch_facts_of(batch).unwrap().len(), 1);
        journal.verify_chain().unwrap();
    }
}
