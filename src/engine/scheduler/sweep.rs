//! The list that comes before the first POST.
//!
//! It proves the permission to read actions, and adopts what the journal does not know: answers
//! that were lost, what the lost part of a journal had sent, and what somebody else asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{
    Action, BatchFact, Detail, End, Fact, Forbidden, MachineNumber, Now, Page, State, Steady,
    Timestamp,
};
use crate::journal::Machine;

use super::book::Book;
use super::core::{CLOCK_SET, Scheduler};
use super::evidence::Claim;
use super::paging::{Paging, Rereads, Turned};
use super::request::Listed;
use super::submit::Acceptance;
use super::unread::ReadKind;

/// Where the sweep stands.
pub(super) struct Sweep {
    created_at: Timestamp,
    stage: Stage,
    since: Timestamp,
    paging: Paging,
    /// Answers without our marker, by machine: the best of each.
    deferred: BTreeMap<MachineNumber, (Machine, Action, Claim)>,
    /// How often it began again with an earlier instant.
    earlier: u32,
    /// Actions that the journal knows nothing of, found on this page.
    unsent: u64,
    /// A part of the journal is lost: found in this round, or in an earlier life that did not wait
    /// for late effects to its end.
    rolled_back: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A page is to be asked for.
    Page,
    /// A page is under way.
    Asked,
    /// A rollback was proved: late effects are waited for, then another round.
    Settling(Steady),
    /// Requests may go out.
    Done,
}

impl Sweep {
    /// Answers that wait for the end of the list: some megabytes.
    const DEFERRED_MAX: usize = 10_000;

    pub(super) fn new(created_at: Timestamp, rolled_back: bool) -> Self {
        Self {
            deferred: BTreeMap::new(),
            created_at,
            stage: Stage::Page,
            since: created_at,
            paging: Paging::default(),
            earlier: 0,
            unsent: 0,
            rolled_back,
        }
    }

    /// When the batch was made.
    pub(super) const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    pub(super) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// The next page is to be asked for now.
    pub(super) fn wants_page(&mut self, now: Steady) -> bool {
        if let Stage::Settling(until) = self.stage
            && until <= now
        {
            self.begin_round();
        }
        self.stage == Stage::Page
    }

    fn begin_round(&mut self) {
        self.deferred.clear();
        self.stage = Stage::Page;
        self.paging = Paging::default();
        self.rolled_back = false;
    }

    /// Until when it waits, where it does.
    pub(super) const fn settles_at(&self) -> Option<Steady> {
        if let Stage::Settling(until) = self.stage { Some(until) } else { None }
    }

    /// The page failed, and is asked for again.
    pub(super) const fn again(&mut self) {
        self.stage = Stage::Page;
    }
}

impl Scheduler {
    /// Marks the next page as asked for, and says which it is.
    pub(super) fn ask_sweep(&mut self) -> (Timestamp, usize) {
        if self.sweep.paging.begins() {
            self.sweep.since = self.sweep_since();
        }
        self.sweep.stage = Stage::Asked;
        (self.sweep.since, self.sweep.paging.skip())
    }

    /// The batch was made by a clock of ours that may have been set since, by up to a day: what is
    /// known of the server's clock now says little of then.
    pub(super) fn sweep_since(&self) -> Timestamp {
        self.list_since(self.sweep.created_at).minus(CLOCK_SET)
    }

    pub(super) fn absorb_sweep(
        &mut self,
        (sent, now): (Now, Now),
        page: &Page<Action>,
        listed: Vec<Listed>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        for listed in listed {
            self.sweep_one(now, listed, book)?;
        }
        // At once: the page's adoptions hide the proof from the next life.
        self.note_rollback(now, book);
        self.sweep.stage = Stage::Page;
        let is_first = self.sweep.paging.begins();
        let how = self.reading(Rereads::Once);
        match self.sweep.paging.turn(page, how) {
            Turned::Next | Turned::OnceMore => {
                self.unread.read(ReadKind::Sweep);
                return Ok(());
            }
            Turned::Endless => {
                let why = "Defender's list of actions repeats itself or has no end, so nothing \
                           could be checked before sending";
                self.stop(End::Tripped, why, now, book);
                return Ok(());
            }
            Turned::Dry if is_first => {
                let words = "the list has no rows, and a link to more of them";
                let detail = Detail::new(Some(200), None, words);
                self.read_failed((ReadKind::Sweep, sent), now, &detail);
                self.sweep.paging = Paging::default();
                return Ok(());
            }
            Turned::Dry | Turned::Whole => self.unread.read(ReadKind::Sweep),
        }
        self.adopt_deferred(now, book)?;
        self.note_rollback(now, book);
        // The first answer told how far the server's clock is behind: begin earlier, if need be.
        // Within the margin nothing is missing, and a clock that tells another time with each
        // answer is not followed for ever.
        let margin = Duration::from_mins(1);
        if self.sweep.earlier < 3 && self.sweep_since().plus(margin) < self.sweep.since {
            self.sweep.earlier += 1;
            self.sweep.paging = Paging::default();
            return Ok(());
        }
        if self.sweep.rolled_back {
            self.sweep.stage = Stage::Settling(now.steady.plus(self.settle()));
        } else {
            self.sweep.stage = Stage::Done;
        }
        Ok(())
    }

    /// Makes a fact of what proves that a part of the journal is lost.
    fn note_rollback(&mut self, now: Now, book: &mut Book) {
        if self.sweep.unsent > 0 {
            book.note_batch(now, BatchFact::RolledBack { actions: self.sweep.unsent });
            self.sweep.rolled_back = true;
            self.sweep.unsent = 0;
        }
    }

    /// Adopts one action that the journal does not know, where it answers for a machine that is
    /// still to be sent. One without our marker waits for the end of the list: ours comes first.
    fn sweep_one(&mut self, now: Now, listed: Listed, book: &mut Book) -> Result<(), Forbidden> {
        self.check_marker(now, &listed, book);
        let Listed { action, owner: None, machine: Some(machine), .. } = listed else {
            return Ok(());
        };
        let Some(claim) = self.claim(&machine, &action, now) else { return Ok(()) };
        let state = machine.standing.state;
        // A look-up is to come, which sees what our own request came to by then.
        if matches!(state, State::Sending | State::Uncertain) && claim != Claim::Ours {
            return Ok(());
        }
        let open = matches!(state, State::Queued | State::Sending | State::Uncertain | State::Held);
        // By what the journal has left, it was never sent, or refused: the action says otherwise.
        let over = matches!(state, State::Skipped | State::Rejected) && claim == Claim::Ours;
        if !(open || over) || book.touched(machine.number) {
            return Ok(());
        }
        if claim == Claim::Ours {
            self.sweep.deferred.remove(&machine.number);
            return self.adopt_swept(now, (machine, action, claim), book);
        }
        let rank = |action: &Action, claim: Claim| (claim, action.created_at);
        let known = self.sweep.deferred.get(&machine.number);
        if known.is_none_or(|(_, other, of)| rank(other, *of) < rank(&action, claim)) {
            self.sweep.deferred.insert(machine.number, (machine, action, claim));
        }
        if self.sweep.deferred.len() >= Sweep::DEFERRED_MAX {
            self.adopt_deferred(now, book)?;
        }
        Ok(())
    }

    fn adopt_deferred(&mut self, now: Now, book: &mut Book) -> Result<(), Forbidden> {
        for (_, found) in std::mem::take(&mut self.sweep.deferred) {
            self.adopt_swept(now, found, book)?;
        }
        Ok(())
    }

    fn adopt_swept(
        &mut self,
        now: Now,
        (mut machine, action, claim): (Machine, Action, Claim),
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if machine.standing.state.is_settled() {
            book.note(&mut machine, now, Fact::Requeued)?;
        }
        // Its last POST certainly had no effect, if there was one: another one is forgotten.
        if machine.standing.state == State::Queued
            && (claim == Claim::Ours || self.is_young(&action, now))
        {
            self.sweep.unsent += 1;
            let created = action.created_at.unwrap_or(now.wall);
            self.lanes.count_lost_post(created, now, book);
        }
        self.queue.remove(machine.number);
        let how = Acceptance { adopted: claim.is_adopted(), found: true, status: None };
        self.accept(&mut machine, now, action, how, book)?;
        self.take_back(machine);
        Ok(())
    }

    /// Whether somebody was sending this very list a moment ago, perhaps this program with a
    /// journal that is lost: more of it may take effect yet.
    fn is_young(&self, action: &Action, now: Now) -> bool {
        let from = self.list_since(now.wall.minus(self.settle()));
        action.created_at.is_none_or(|created| created >= from)
    }
}
