//! How long to wait before "not found" counts.

use std::time::Duration;

use crate::domain::{BatchFact, MachineNumber, Now, Timestamp};
use crate::journal::Machine;

use super::core::Scheduler;
use super::parts::Lag;
use super::step::Step;

impl Step<'_> {
    /// Makes a fact of a lag that is longer than any before and raises the settle time.
    pub(super) fn note_lag(&mut self) {
        if let Some(longest) = self.scheduler.lag.take_news(self.scheduler.options.settle) {
            self.note_batch(BatchFact::ListedLate { longest });
        }
    }
}

impl Scheduler {
    /// How many actions are watched until they are listed.
    pub(in crate::engine) const WATCHED: usize = Lag::SAMPLE;

    /// Watches an action that an earlier process left open: a list has to show it, too.
    pub(in crate::engine) fn watch(&mut self, number: MachineNumber, sent_at: Timestamp, now: Now) {
        self.lag.accepted(number, now.steady_at(sent_at));
    }

    /// How long after a send "not found" begins to count: what was asked for, or twice the longest
    /// lag that was seen.
    pub(super) fn settle(&self) -> Duration {
        self.options.settle.max(self.lag.longest() * 2)
    }

    /// How long after its send a doubt is looked up: the settle time. Where it is held anyway if it
    /// is not found, a lag need not be waited for.
    pub(super) fn look_after(&self) -> Duration {
        if self.distrusts_lists { self.options.settle } else { self.settle() }
    }

    /// How far apart two look-ups are: a fifth of that.
    pub(super) fn look_gap(&self) -> Duration {
        self.look_after() / 5
    }

    /// Longer than this an action is not late: an hour for the usual five minutes.
    pub(super) fn lag_max(&self) -> Duration {
        self.options.settle * 12
    }

    /// When the absence of a machine begins to count, where that is still to come. Not before a
    /// list has shown what was accepted about when it was sent: else lists may be frozen.
    pub(super) fn counts_from(&self, machine: &Machine, now: Now) -> Option<Timestamp> {
        let from = machine.standing.sent_at?.plus(self.look_after());
        if from > now.wall {
            return Some(from.min(now.wall.plus(self.look_after())));
        }
        let behind = self.lag.is_behind(machine.number, self.look_after() / 2);
        let waits = behind && self.follows() && !self.distrusts_lists;
        let list = self.follow.next_page(self.options.track_timeout);
        let list = list.unwrap_or(now.steady).max(now.steady);
        waits.then(|| now.wall_at(list.plus(self.look_gap())))
    }
}
