//! The list that comes before the first POST.
//!
//! It proves the permission to read actions, and adopts what the journal does not know: answers
//! that were lost, and what the lost part of a journal had sent that was restored from a backup.

use crate::domain::{ActionType, BatchFact, Forbidden, Marker, Now, State, Steady, Timestamp};

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
    /// Actions of machines that the journal had never sent, found in this round.
    unsent: u64,
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
    pub(super) const fn new(created_at: Timestamp) -> Self {
        Self { created_at, stage: Stage::Page, since: created_at, skip: 0, unsent: 0 }
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
        self.unsent = 0;
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
            self.sweep.since = self.list_since(self.sweep.created_at);
        }
        self.sweep.stage = Stage::Asked;
        (self.sweep.since, self.sweep.skip)
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
        self.sweep.skip += rows;
        if rows >= self.page_rows {
            self.sweep.stage = Stage::Page;
            return Ok(());
        }
        // The first answer told how far the server's clock is behind: begin earlier, if need be.
        if self.list_since(self.sweep.created_at) < self.sweep.since {
            self.sweep.stage = Stage::Page;
            self.sweep.skip = 0;
            return Ok(());
        }
        if self.sweep.unsent > 0 {
            book.note_batch(now, BatchFact::RolledBack { actions: self.sweep.unsent });
            self.sweep.stage = Stage::Settling(now.steady.plus(self.options.settle));
        } else {
            self.sweep.stage = Stage::Done;
        }
        Ok(())
    }

    /// Adopts one action of ours that the journal does not know.
    fn sweep_one(&mut self, now: Now, listed: Listed, book: &mut Book) -> Result<(), Forbidden> {
        let Listed { action, known, machine } = listed;
        let Some(mut machine) = machine else { return Ok(()) };
        let marker = self.seed.marker(machine.number);
        let ours = action.comment.as_deref().and_then(Marker::find_in) == Some(marker)
            && action.machine.is_none_or(|id| id == machine.id)
            && action.kind == ActionType::Offboard;
        let open = matches!(
            machine.standing.state,
            State::Queued | State::Sending | State::Uncertain | State::Held
        );
        if known || !ours || !open || book.touched(machine.number) {
            return Ok(());
        }
        if machine.standing.attempts == 0 {
            self.sweep.unsent += 1;
            let created = action.created_at.unwrap_or(now.wall);
            self.lanes.count_lost_post(created, now, book);
        }
        self.queue.remove(machine.number);
        let how = Acceptance { adopted: false, found: true, status: None };
        self.accept(&mut machine, now, action, how, book)
    }
}
