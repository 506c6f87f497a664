//! The list that comes before the first POST.
//!
//! It proves the permission to read actions, and adopts what the journal does not know: answers
//! that were lost, and what the lost part of a journal had sent that was restored from a backup.

use std::time::Duration;

use crate::domain::{
    ActionType, BatchFact, End, Fact, Forbidden, Marker, Now, State, Steady, Timestamp,
};

use super::book::Book;
use super::core::Scheduler;
use super::request::Listed;
use super::submit::Acceptance;

/// Where the sweep stands.
pub(super) struct Sweep {
    created_at: Timestamp,
    stage: Stage,
    since: Timestamp,
    skip: usize,
    pages: u32,
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
    pub(super) const fn new(created_at: Timestamp, rolled_back: bool) -> Self {
        Self {
            created_at,
            stage: Stage::Page,
            since: created_at,
            skip: 0,
            pages: 0,
            unsent: 0,
            rolled_back,
        }
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

    const fn begin_round(&mut self) {
        self.stage = Stage::Page;
        self.skip = 0;
        self.pages = 0;
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
        if self.sweep.skip == 0 {
            self.sweep.since = self.sweep_since();
        }
        self.sweep.stage = Stage::Asked;
        (self.sweep.since, self.sweep.skip)
    }

    /// The batch was made by a clock of ours that may have been set since, by up to a day: what is
    /// known of the server's clock now says little of then.
    fn sweep_since(&self) -> Timestamp {
        const CLOCK_SET: Duration = Duration::from_hours(25);
        self.list_since(self.sweep.created_at).minus(CLOCK_SET)
    }

    pub(super) fn absorb_sweep(
        &mut self,
        now: Now,
        rows: usize,
        listed: Vec<Listed>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        for listed in listed {
            self.sweep_one(now, listed, book)?;
        }
        // At once: the page's adoptions hide the proof from the next life.
        if self.sweep.unsent > 0 {
            book.note_batch(now, BatchFact::RolledBack { actions: self.sweep.unsent });
            self.sweep.rolled_back = true;
            self.sweep.unsent = 0;
        }
        // A page that repeats rows is longer than what it covers.
        self.sweep.skip += rows.min(self.page_rows);
        if rows >= self.page_rows {
            self.sweep.stage = Stage::Page;
            self.sweep.pages += 1;
            if self.sweep.pages >= Self::PAGES_MAX {
                let why = "Defender's list of actions has no end, so nothing could be checked \
                           before sending";
                self.stop(End::Tripped, why, now, book);
            }
            return Ok(());
        }
        // The first answer told how far the server's clock is behind: begin earlier, if need be.
        if self.sweep_since() < self.sweep.since {
            self.sweep.stage = Stage::Page;
            self.sweep.skip = 0;
            return Ok(());
        }
        if self.sweep.rolled_back {
            self.sweep.stage = Stage::Settling(now.steady.plus(self.settle()));
        } else {
            self.sweep.stage = Stage::Done;
        }
        Ok(())
    }

    /// Adopts one action of ours that the journal does not know.
    fn sweep_one(&mut self, now: Now, listed: Listed, book: &mut Book) -> Result<(), Forbidden> {
        let Listed { action, known, machine, .. } = listed;
        let Some(mut machine) = machine else { return Ok(()) };
        let marker = self.seed.marker(machine.number);
        let ours = action.comment.as_deref().and_then(Marker::find_in) == Some(marker)
            && action.machine.is_none_or(|id| id == machine.id)
            && action.kind == ActionType::Offboard;
        let state = machine.standing.state;
        let open = matches!(state, State::Queued | State::Sending | State::Uncertain | State::Held);
        // By what the journal has left, it was never sent, or refused: the action says otherwise.
        let over = matches!(state, State::Skipped | State::Rejected);
        if known || !ours || !(open || over) || book.touched(machine.number) {
            return Ok(());
        }
        if over {
            book.note(&mut machine, now, Fact::Requeued)?;
        }
        // Its last POST certainly had no effect, if there was one: another one is forgotten.
        if machine.standing.state == State::Queued {
            self.sweep.unsent += 1;
            let created = action.created_at.unwrap_or(now.wall);
            self.lanes.count_lost_post(created, now, book);
        }
        self.queue.remove(machine.number);
        let how = Acceptance { adopted: false, found: true, status: None };
        self.accept(&mut machine, now, action, how, book)?;
        self.take_back(machine);
        Ok(())
    }
}
