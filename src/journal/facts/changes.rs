//! What becomes durable together.
//!
//! Deliberately absent: writing it (`commit`).

use std::time::Duration;

use crate::domain::{
    BatchFact, BatchId, Call, CallId, Fact, Freeze, MachineNumber, Phantoms, ServerClock, Stamp,
    Timestamp,
};

/// Everything that becomes durable together: one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What happened to machines, in order.
    pub facts: Vec<Entry>,
    /// What happened to batches, in order.
    pub batch_facts: Vec<(BatchId, Timestamp, BatchFact)>,
    /// New calls; the caller numbers them, from
    /// [`Journal::next_call`](crate::journal::Journal::next_call) on.
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub batch: BatchId,
    pub number: MachineNumber,
    pub at: Timestamp,
    pub fact: Fact,
}

impl Changes {
    /// Nothing but receipts.
    #[must_use]
    pub fn receipts(receipts: impl IntoIterator<Item = (CallId, Stamp)>) -> Self {
        Self { receipts: receipts.into_iter().collect(), ..Self::default() }
    }

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
