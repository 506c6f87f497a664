//! Machines that are busy with another action (isolation, a scan, a live response session).
//!
//! Defender refuses the POST while another action of the machine is active. That had no effect, and
//! says nothing against the machine: it is queued, and instead of POSTs its actions are read from
//! time to time until none is active. Deliberately absent: its own Offboard action, which answers a
//! look-up as any other does.

use std::time::Duration;

use crate::domain::{ActionType, Detail, Forbidden, Now, Reason, Standing, State, Timestamp};
use crate::journal::Machine;
use crate::retry::{Backoff, NoEffect, RetryPolicy, Verdict};

use super::book::Book;
use super::core::Scheduler;
use super::lookup::hold;
use super::request::Listed;
use super::submit::{Counts, reject};

/// The code by which it is known that a machine is busy, and that its own POST had no effect.
pub(super) const BUSY: &str = "ActiveRequestAlreadyExists";

/// How long another action is waited for. A pending action of a machine that is switched off may
/// stay for weeks; one that is used day by day comes to its end within a day.
const WAIT_MAX: Duration = Duration::from_hours(24);

/// The waiting for one machine.
pub(super) struct BusyWait {
    /// When the first POST was refused for it, as far as this process knows. Another action may
    /// follow the first one: all of them together are waited for no longer.
    since: Timestamp,
    /// Reads that found it busy, in a row.
    reads: u32,
}

/// Whether a machine's last answer was that it is busy.
pub(super) fn is_busy(standing: &Standing) -> bool {
    standing.detail.as_ref().is_some_and(|detail| detail.code() == BUSY)
}

/// Whether a machine waits for the end of another action.
pub(super) fn waits(standing: &Standing) -> bool {
    standing.state == State::Queued && standing.not_before.is_some() && is_busy(standing)
}

/// The action that keeps a machine busy, in words; none where none of these does.
pub(super) fn keeper(machine: &Machine, listed: &[Listed]) -> Option<String> {
    let keeps = |listed: &&Listed| {
        let action = &listed.action;
        action.machine.is_none_or(|id| id == machine.id) && !action.status.is_final()
    };
    let action = &listed.iter().find(keeps)?.action;
    let kind = match &action.kind {
        ActionType::Offboard => "Offboard",
        ActionType::Other(kind) => kind,
    };
    Some(format!("its action {kind} {} is {}", action.id, action.status.word()))
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

    /// A whole list of a busy machine's actions, and no Offboard action that is active.
    pub(super) fn absorb_busy(
        &mut self,
        mut machine: Machine,
        keeper: Option<String>,
        now: Now,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let sent_at = machine.standing.sent_at.unwrap_or(now.wall);
        let fresh = BusyWait { since: sent_at, reads: 0 };
        let wait = self.busy.entry(machine.number).or_insert(fresh);
        let Some(words) = keeper else {
            wait.reads = 0;
            return self.no_longer_busy(machine, now.wall.since(sent_at), now, book);
        };
        wait.reads += 1;
        let (reads, waited) = (wait.reads, now.wall.since(wait.since));
        let detail = Detail::new(Some(400), Some(BUSY), &words);
        if waited >= WAIT_MAX {
            self.busy.remove(&machine.number);
            return reject(&mut machine, now, Reason::Attempts, detail, book);
        }
        let gap = self.busy_gap(reads);
        let not_before = now.wall.plus(gap);
        if machine.standing.state == State::Queued {
            machine.standing.not_before = Some(not_before);
            self.file(machine, now);
            return Ok(());
        }
        self.requeue(machine, now, (gap, Counts::No), detail, book)
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
            return self.requeue(machine, now, (Duration::ZERO, Counts::No), detail, book);
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
                self.requeue(machine, now, (delay, Counts::Yes), detail, book)
            }
        }
    }
}
