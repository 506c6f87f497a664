//! The list that comes before the first POST.
//!
//! It proves the permission to read actions, and adopts what the journal does not know: answers
//! that were lost, what the lost part of a journal had sent, and what somebody else asked for.

use crate::domain::{Action, BatchFact, Detail, End, Fact, Forbidden, Now, Page, State, Timestamp};
use crate::journal::Machine;

use super::core::{CLOCK_SET, Scheduler};
use super::outcome::Acceptance;
use super::parts::{Claim, Listed, PageOutcome, ReadKind, Rereads};
use super::step::Step;

impl Step<'_> {
    pub(super) fn absorb_sweep(
        &mut self,
        sent: Now,
        page: &Page<Action>,
        listed: Vec<Listed>,
    ) -> Result<(), Forbidden> {
        for listed in listed {
            self.sweep_one(listed)?;
        }
        // At once: the page's adoptions hide the proof from the next life.
        self.note_rollback();
        let how = self.scheduler.reading(Rereads::Once);
        match self.scheduler.sweep.turn(page, how) {
            (PageOutcome::Next | PageOutcome::OnceMore, _) => {
                self.scheduler.unread.read(ReadKind::Sweep);
                return Ok(());
            }
            (PageOutcome::Endless, _) => {
                let why = "Defender's list of actions repeats itself or has no end, so nothing \
                           could be checked before sending";
                self.stop(End::Tripped, why);
                return Ok(());
            }
            (PageOutcome::Dry, true) => {
                let words = "the list has no rows, and a link to more of them";
                let detail = Detail::new(Some(200), None, words);
                self.read_failed(ReadKind::Sweep, sent, &detail);
                self.scheduler.sweep.restart();
                return Ok(());
            }
            (PageOutcome::Dry | PageOutcome::Whole, _) => {
                self.scheduler.unread.read(ReadKind::Sweep);
            }
        }
        self.adopt_deferred()?;
        self.note_rollback();
        // The first answer told how far the server's clock is behind: begin earlier, if need be.
        let since = self.scheduler.sweep_since();
        if !self.scheduler.sweep.begins_earlier(since) {
            let settled = self.now.steady.plus(self.scheduler.settle());
            self.scheduler.sweep.is_whole(settled);
        }
        Ok(())
    }

    /// Makes a fact of what proves that a part of the journal is lost.
    fn note_rollback(&mut self) {
        let actions = self.scheduler.sweep.take_unsent();
        if actions > 0 {
            self.note_batch(BatchFact::RolledBack { actions });
        }
    }

    /// Adopts one action that the journal does not know, where it answers for a machine that is
    /// still to be sent. One without our marker waits for the end of the list: ours comes first.
    fn sweep_one(&mut self, listed: Listed) -> Result<(), Forbidden> {
        self.check_marker(&listed);
        let Listed { action, owner: None, machine: Some(machine), .. } = listed else {
            return Ok(());
        };
        let Some(claim) = self.scheduler.claim(&machine, &action, self.now) else { return Ok(()) };
        let state = machine.standing.state;
        // A look-up is to come, which sees what our own request came to by then.
        if matches!(state, State::Sending | State::Uncertain) && claim != Claim::Ours {
            return Ok(());
        }
        let open = matches!(state, State::Queued | State::Sending | State::Uncertain | State::Held);
        // By what the journal has left, it was never sent, or refused: the action says otherwise.
        let over = matches!(state, State::Skipped | State::Rejected) && claim == Claim::Ours;
        if !(open || over) || self.draft.touched(machine.number) {
            return Ok(());
        }
        if claim == Claim::Ours {
            self.scheduler.sweep.forget(machine.number);
            return self.adopt_swept((machine, action, claim));
        }
        if self.scheduler.sweep.defer(machine, action, claim) {
            self.adopt_deferred()?;
        }
        Ok(())
    }

    fn adopt_deferred(&mut self) -> Result<(), Forbidden> {
        for found in self.scheduler.sweep.take_deferred() {
            self.adopt_swept(found)?;
        }
        Ok(())
    }

    fn adopt_swept(
        &mut self,
        (mut machine, action, claim): (Machine, Action, Claim),
    ) -> Result<(), Forbidden> {
        if machine.standing.state.is_settled() {
            self.note(&mut machine, Fact::Requeued)?;
        }
        // Its last POST certainly had no effect, if there was one: another one is forgotten.
        if machine.standing.state == State::Queued
            && (claim == Claim::Ours || self.scheduler.is_young(&action, self.now))
        {
            self.scheduler.sweep.found_unsent();
            let created = action.created_at.unwrap_or(self.now.wall);
            self.scheduler.gates.count_lost_post(created, self.now, self.draft);
        }
        self.scheduler.queue.remove(machine.number);
        let how = Acceptance { adopted: claim.is_adopted(), found: true, status: None };
        self.accept(&mut machine, action, how)?;
        self.scheduler.take_back(machine);
        Ok(())
    }
}

impl Scheduler {
    /// Marks the next page as asked for, and says which it is.
    pub(super) fn ask_sweep(&mut self) -> (Timestamp, usize) {
        let since = self.sweep_since();
        self.sweep.ask(since)
    }

    /// The batch was made by a clock of ours that may have been set since, by up to a day: what is
    /// known of the server's clock now says little of then.
    pub(super) fn sweep_since(&self) -> Timestamp {
        self.list_since(self.sweep.created_at()).minus(CLOCK_SET)
    }

    /// Whether somebody was sending this very list a moment ago, perhaps this program with a
    /// journal that is lost: more of it may take effect yet.
    fn is_young(&self, action: &Action, now: Now) -> bool {
        let from = self.list_since(now.wall.minus(self.settle()));
        action.created_at.is_none_or(|created| created >= from)
    }
}
