//! Machines that are busy with another action: read until none is active, then sent.

use std::time::Duration;

use crate::domain::{Detail, Forbidden, Reason, State};
use crate::journal::Machine;
use crate::retry::{Backoff, NoEffect, RetryPolicy, Verdict};

use super::core::Scheduler;
use super::outcome::UsesAttempt;
use super::parts::{BUSY, BusyWait};
use super::step::Step;

impl Step<'_> {
    /// A whole list of a busy machine's actions, and no Offboard action that is active.
    pub(super) fn absorb_busy(
        &mut self,
        mut machine: Machine,
        keeper: Option<String>,
    ) -> Result<(), Forbidden> {
        let sent_at = machine.standing.sent_at.unwrap_or(self.now.wall);
        let wait = self.scheduler.busy.entry(machine.number).or_insert(BusyWait::since(sent_at));
        let Some(words) = keeper else {
            wait.is_free();
            return self.no_longer_busy(machine, self.now.wall.since(sent_at));
        };
        let reads = wait.is_kept(self.now.wall);
        let detail = Detail::new(Some(400), Some(BUSY), &words);
        let Some(reads) = reads else {
            self.scheduler.busy.remove(&machine.number);
            return self.reject(&mut machine, Reason::Attempts, detail);
        };
        let gap = self.scheduler.busy_gap(reads);
        let not_before = self.now.wall.plus(gap);
        if machine.standing.state == State::Queued {
            machine.standing.not_before = Some(not_before);
            self.scheduler.file(machine, self.now);
            return Ok(());
        }
        self.requeue(machine, (gap, UsesAttempt::No), detail)
    }

    /// Nothing keeps it: it is sent again. A wait that lasted uses up no attempt; where nothing was
    /// seen from the start, only another POST can tell.
    fn no_longer_busy(&mut self, mut machine: Machine, waited: Duration) -> Result<(), Forbidden> {
        if machine.standing.state == State::Queued {
            machine.standing.not_before = None;
            self.scheduler.file(machine, self.now);
            return Ok(());
        }
        let gap = self.scheduler.options.look_gap();
        let detail = Detail::new(Some(400), Some(BUSY), "another action is active on the machine");
        if waited >= gap {
            return self.requeue(machine, (Duration::ZERO, UsesAttempt::No), detail);
        }
        if machine.standing.resends > 0 {
            // What keeps it is most likely its first request, which lists do not show.
            let words = "sent again, and busy with an action that no list shows";
            let detail = Detail::new(Some(400), Some("uncertain"), words);
            return self.hold(&mut machine, detail);
        }
        let seed = self.scheduler.random();
        let backoff = Backoff { first: gap, most: gap * 10 };
        let policy = RetryPolicy { backoff, ..self.scheduler.policy };
        match policy.after(&machine.standing, NoEffect::Transient, seed) {
            Verdict::GiveUp(reason) => self.reject(&mut machine, reason, detail),
            Verdict::RetryAfter(delay) => self.requeue(machine, (delay, UsesAttempt::Yes), detail),
        }
    }
}

impl Scheduler {
    /// The first gap between two reads is that of two look-ups, a minute; then it doubles to ten
    /// minutes, and more where reading all busy machines would take more than
    /// half of the read windows.
    fn busy_gap(&mut self, reads: u32) -> Duration {
        let first = self.options.look_gap();
        let backoff = Backoff { first, most: first * 10 };
        let seed = self.random();
        let machines = u32::try_from(self.queue.busy() + 1).unwrap_or(u32::MAX);
        backoff.delay(reads, seed).max(self.options.reads_gap(machines))
    }
}
