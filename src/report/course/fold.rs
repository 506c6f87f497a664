//! The fold over the facts of a batch.

use std::time::Duration;

use crate::domain::{BatchFact, BatchId, Counts, Fact, MachineNumber, State, Timestamp};
use crate::journal::{ChainHead, FactOf, Journal, JournalError};

use super::buckets::Bucket;
use super::requests::{RequestCounter, Requests};
use super::stretches::Stretches;
use super::timeline::{Happenings, Operator, Timeline};

/// Where the machines stood at the end of a bucket.
impl Bucket for Counts {
    fn quiet(&self) -> Self {
        *self
    }

    fn joined(&self, later: &Self) -> Self {
        *later
    }
}

/// How long nothing happens before that is left out: longer than a run waits for a window of an
/// hour, which is part of its course.
const IDLE: Duration = Duration::from_mins(90);

/// What happened to a batch up to one of the journal's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCourse {
    batch: BatchId,
    /// The last fact of the journal that was looked at.
    seen: Option<ChainHead>,
    /// When the last fact of the batch was.
    last_at: Option<Timestamp>,
    /// By their numbers; as long as the highest one that anything happened to.
    states: Vec<State>,
    counts: Counts,
    progress: Stretches<Counts>,
    requests: RequestCounter,
    record: Happenings,
    plan_hash: Option<[u8; 32]>,
    /// The first forecast of each sending of the list; the newest.
    forecast: Option<Timestamp>,
}

impl BatchCourse {
    /// Nothing yet.
    pub fn new(batch: BatchId) -> Self {
        Self {
            batch,
            seen: None,
            last_at: None,
            states: Vec::new(),
            counts: Counts::default(),
            progress: Stretches::new(Duration::from_secs(1)),
            requests: RequestCounter::new(),
            record: Happenings::default(),
            plan_hash: None,
            forecast: None,
        }
    }

    pub const fn batch(&self) -> BatchId {
        self.batch
    }

    /// Takes in the facts after those that it has, up to this head of the journal's chain. Where
    /// the journal is not the one of before (it was replaced by another copy), it begins again.
    ///
    /// # Errors
    /// Where the journal cannot be read.
    pub fn advance(&mut self, journal: &Journal, head: ChainHead) -> Result<(), JournalError> {
        let after = match self.seen {
            Some(seen) if self.is_still_there(journal, head)? => seen.rows,
            _ => {
                *self = Self::new(self.batch);
                0
            }
        };
        journal.each_fact_of(self.batch, (after, head.rows), |at, fact| self.add(at, fact))?;
        self.seen = Some(head);
        Ok(())
    }

    fn is_still_there(&self, journal: &Journal, head: ChainHead) -> Result<bool, JournalError> {
        let Some(seen) = self.seen.filter(|seen| seen.rows <= head.rows) else { return Ok(false) };
        Ok(seen.rows == 0 || journal.hash_of_fact(seen.rows)? == Some(seen.hash))
    }

    fn add(&mut self, at: Timestamp, fact: FactOf) {
        if self.last_at.is_some_and(|last| at.since(last) > IDLE) {
            self.progress.pause();
            self.requests.series.pause();
        }
        match fact {
            FactOf::Machine(number, fact) => self.add_fact(at, number, &fact),
            FactOf::Batch(fact) => self.add_batch_fact(at, fact),
        }
        self.last_at = Some(at);
    }

    fn add_fact(&mut self, at: Timestamp, number: MachineNumber, fact: &Fact) {
        if *fact == Fact::Sending {
            self.requests.add(at);
        }
        let index = number.0 as usize;
        if self.states.len() <= index {
            self.states.resize(index + 1, State::Queued);
        }
        let before = self.states[index];
        // What cannot happen is damage, which the audit tells.
        let Ok(state) = before.after(fact) else { return };
        self.states[index] = state;
        if state != before && self.counts.of(before) > 0 {
            self.counts.shift(before, state);
            *self.progress.reach_last(at) = self.counts;
        }
    }

    fn add_batch_fact(&mut self, at: Timestamp, fact: BatchFact) {
        match &fact {
            BatchFact::Created { machines, plan_hash, .. } => {
                self.counts.add(State::Queued, *machines);
                self.plan_hash = *plan_hash;
            }
            BatchFact::Started { .. } => *self.progress.reach_last(at) = self.counts,
            BatchFact::Forecast { last_send_at } => self.forecast = Some(*last_send_at),
            _ => {}
        }
        self.record.add(at, fact, self.last_at);
    }

    /// Where the machines stood at the end of each bucket.
    pub const fn progress(&self) -> &Stretches<Counts> {
        &self.progress
    }

    pub const fn requests(&self) -> &Stretches<Requests> {
        &self.requests.series
    }

    pub const fn timeline(&self) -> &Timeline {
        &self.record.timeline
    }

    /// Who worked on the batch, in the order in which they came; each once.
    pub fn operators(&self) -> &[Operator] {
        &self.record.operators
    }

    /// Where the machines stand after the last fact.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The plan that was approved, where there was one.
    pub const fn plan_hash(&self) -> Option<[u8; 32]> {
        self.plan_hash
    }

    /// When the last request was expected to go out, as the newest sending of the list began.
    pub const fn first_forecast(&self) -> Option<Timestamp> {
        self.forecast
    }

    /// When the last fact of the batch was.
    pub const fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }
}
