//! One step of a scheduler: what it holds, what the turn adds up to, and when it is.
//!
//! What decides needs all three, so the acts are methods of [`Step`]. What only reads, or changes
//! one part, is a method of [`Scheduler`] or of the part.

use crate::domain::{BatchFact, Detail, Doubt, End, Fact, Forbidden, Now, State, StoppedBy};
use crate::event::Happening;
use crate::journal::Machine;

use super::super::Task;
use super::core::{Scheduler, Stopping};
use super::parts::{Draft, Queue, SentWhen, is_busy};

/// A scheduler at an instant, with the draft that it writes into.
pub(in crate::engine) struct Step<'a> {
    pub(super) scheduler: &'a mut Scheduler,
    pub(super) draft: &'a mut Draft,
    pub(super) now: Now,
}

impl Scheduler {
    /// What happens at this instant, written into this draft.
    pub(in crate::engine) const fn step<'a>(
        &'a mut self,
        now: Now,
        draft: &'a mut Draft,
    ) -> Step<'a> {
        Step { scheduler: self, draft, now }
    }
}

impl Step<'_> {
    /// A machine that was in play when an earlier process ended. One whose POST has no answer on
    /// disk becomes uncertain: it is looked up before anything is sent again.
    pub(in crate::engine) fn recover(&mut self, mut machine: Machine) -> Result<(), Forbidden> {
        if machine.standing.state == State::Sending {
            let detail = Detail::new(None, None, "the program ended before the answer was here");
            let fact = Fact::Uncertain {
                doubt: Doubt::ProcessEnded,
                detail: detail.clone(),
                look_at: self.now.wall.plus(self.scheduler.look_after()),
            };
            self.note(&mut machine, fact)?;
            let look_at = machine.standing.not_before.unwrap_or(self.now.wall);
            self.tell_of(&machine, Happening::Uncertain { look_at, detail });
        }
        // How long ago a POST went out, only this process's own time can tell: a clock that was set
        // forwards would cut the settle time short. What took effect, the sweep finds at once.
        let (settle, gap) = (self.scheduler.look_after(), self.scheduler.look_gap());
        let standing = &mut machine.standing;
        if standing.state == State::Uncertain && !is_busy(standing) {
            let first = standing.misses == 0;
            let wait = if first { settle } else { gap };
            standing.not_before = Some(self.now.wall.plus(wait));
            self.scheduler
                .lag
                .doubted(machine.number, SentWhen::BeforeThisProcess(self.now.steady));
        }
        // A clock that was set back must not make a look-up wait longer than the settle time, nor
        // a retry or the next look at a busy machine longer than the longest gap.
        let longest = self.scheduler.settle().max(self.scheduler.policy.backoff.most * 2);
        let latest = self.now.wall.plus(longest.max(self.scheduler.options.look_gap() * 12));
        machine.standing.not_before = machine.standing.not_before.map(|at| at.min(latest));
        self.scheduler.file(machine, self.now);
        Ok(())
    }

    /// Ends the run once what is in flight has its answers.
    pub(in crate::engine) fn stop(&mut self, end: End, why: &str) {
        let guard = (end == End::Tripped).then_some(StoppedBy::Answers);
        self.end_with(Stopping { end, guard, why: why.to_owned() });
    }

    /// The same where a guard says so.
    pub(super) fn trip(&mut self, guard: StoppedBy, why: &str) {
        self.end_with(Stopping { end: End::Tripped, guard: Some(guard), why: why.to_owned() });
    }

    /// The same where what Defender says can still be trusted: nothing more is sent, and what is
    /// pending is followed as after the last submission.
    pub(super) fn trip_and_follow(&mut self, guard: StoppedBy, why: &str) {
        let scheduler = &mut *self.scheduler;
        if scheduler.options.track_timeout.is_zero() || scheduler.task != Task::Send {
            return self.trip(guard, why);
        }
        if scheduler.ending().is_some() {
            return;
        }
        self.tell_tripped(guard, why);
        let scheduler = &mut *self.scheduler;
        // What is left stays in the journal, for `resume`; what is in flight has its answers to
        // come.
        scheduler.task = Task::Track;
        scheduler.queue = Queue::new();
        scheduler.queue.close();
        scheduler.searches.clear();
        let (guard, why) = (Some(guard), why.to_owned());
        scheduler.tripped = Some(Stopping { end: End::Tripped, guard, why });
    }

    fn tell_tripped(&mut self, guard: StoppedBy, why: &str) {
        // Of a run that only reads the batch keeps how it ended before.
        let sends = self.scheduler.task == Task::Send;
        if sends || self.draft.counts.to_send_or_look_up() == 0 {
            self.note_batch(BatchFact::Tripped { guard, why: why.to_owned() });
        }
        self.tell(Happening::GuardTripped { guard, why: why.to_owned() });
    }

    fn end_with(&mut self, stopping: Stopping) {
        if self.scheduler.stopping.is_some() {
            return;
        }
        let stopping = match &self.scheduler.tripped {
            Some(tripped) => tripped.clone().and_then_ended(&stopping),
            None => stopping,
        };
        let why = &stopping.why;
        if let (Some(guard), false) = (stopping.guard, self.scheduler.is_tripped()) {
            self.tell_tripped(guard, why);
        }
        let in_flight = self.scheduler.flights.len();
        self.tell(Happening::Stopping { why: why.clone(), in_flight });
        self.scheduler.stopping = Some(stopping);
    }

    /// Adds a fact about a machine, and keeps `machine` what its row will be.
    pub(super) fn note(&mut self, machine: &mut Machine, fact: Fact) -> Result<(), Forbidden> {
        let before = (machine.standing.state, machine.standing.adopted);
        self.draft.note(machine, self.now, fact)?;
        let (number, after) = (machine.number, &machine.standing);
        self.scheduler.safeguards.moved(number, before, after, self.now.steady);
        Ok(())
    }

    pub(super) fn note_batch(&mut self, fact: BatchFact) {
        self.draft.note_batch(self.now, fact);
    }

    pub(super) fn tell(&mut self, what: Happening) {
        self.draft.tell(self.now, what);
    }

    pub(super) fn tell_of(&mut self, machine: &Machine, what: Happening) {
        self.draft.tell_of(machine, self.now, what);
    }
}
