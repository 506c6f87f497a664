//! Machines that are busy with another action: read until none is active, then sent.

use std::time::Duration;

use crate::domain::{Detail, Forbidden, Now, Reason, State};
use crate::journal::Machine;
use crate::retry::{Backoff, NoEffect, RetryPolicy, Verdict};

use super::core::Scheduler;
use super::outcome::{UsesAttempt, hold, reject};
use super::parts::{BUSY, Book, BusyWait};

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

    /// A whole list of a busy machine's actions, and no Offboard action that is active.
    pub(super) fn absorb_busy(
        &mut self,
        mut machine: Machine,
        keeper: Option<String>,
        now: Now,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let sent_at = machine.standing.sent_at.unwrap_or(now.wall);
        let wait = self.busy.entry(machine.number).or_insert(BusyWait::since(sent_at));
        let Some(words) = keeper else {
            wait.is_free();
            return self.no_longer_busy(machine, now.wall.since(sent_at), now, book);
        };
        let reads = wait.is_kept(now.wall);
        let detail = Detail::new(Some(400), Some(BUSY), &words);
        let Some(reads) = reads else {
            self.busy.remove(&machine.number);
            return reject(&mut machine, now, Reason::Attempts, detail, book);
        };
        let gap = self.busy_gap(reads);
        let not_before = now.wall.plus(gap);
        if machine.standing.state == State::Queued {
            machine.standing.not_before = Some(not_before);
            self.file(machine, now);
            return Ok(());
        }
        self.requeue(machine, now, (gap, UsesAttempt::No), detail, book)
    }

    /// Nothing keeps it: it is sent again. A wait that lasted uses up no attempt; where nothing was
    /// seen from the start, only another POST can tell.
    fn no_longer_busy(
        &mut self,
        mut machine: Machine,
        waited: Duration,
        now: Now,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if machine.standing.state == State::Queued {
            machine.standing.not_before = None;
            self.file(machine, now);
            return Ok(());
        }
        let gap = self.options.look_gap();
        let detail = Detail::new(Some(400), Some(BUSY), "another action is active on the machine");
        if waited >= gap {
            return self.requeue(machine, now, (Duration::ZERO, UsesAttempt::No), detail, book);
        }
        if machine.standing.resends > 0 {
            // What keeps it is most likely its first request, which lists do not show.
            return hold(
                &mut machine,
                now,
                "sent again, and busy with an action that no list shows",
                book,
            );
        }
        let seed = self.random();
        let backoff = Backoff { first: gap, most: gap * 10 };
        let policy = RetryPolicy { backoff, ..self.policy };
        match policy.after(&machine.standing, NoEffect::Transient, seed) {
            Verdict::GiveUp(reason) => reject(&mut machine, now, reason, detail, book),
            Verdict::RetryAfter(delay) => {
                self.requeue(machine, now, (delay, UsesAttempt::Yes), detail, book)
            }
        }
    }
}
