//! Following pending actions by list: one call for thousands of machines.

use std::time::Duration;

use crate::domain::{
    Action, ActionStatus, Counts, Detail, Fact, Forbidden, Now, Page, Span, State, Steady,
    Timestamp,
};
use crate::event::Happening;
use crate::journal::Machine;

use super::book::Book;
use super::core::{Errand, Scheduler};
use super::evidence::Claim;
use super::paging::{PageRules, Paging, Rereads, Turned};
use super::request::Listed;
use super::unread::{ReadKind, Unread};

/// Where the following of actions stands.
pub(super) struct Follow {
    stage: Stage,
    since: Timestamp,
    paging: Paging,
    /// The list under way began then.
    list_began: Steady,
    /// Whole lists read since the start.
    polls: u32,
    /// When this run began.
    began: Steady,
    last_submission: Steady,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The next list begins then.
    Due(Steady),
    /// Its next page is to be asked for, not before then.
    Page(Steady),
    /// A page is under way.
    Asked,
}

impl Follow {
    pub(super) fn new(now: Now, first_list: Steady, last_sent_at: Option<Timestamp>) -> Self {
        Self {
            stage: Stage::Due(first_list),
            since: now.wall,
            paging: Paging::default(),
            list_began: now.steady,
            polls: 0,
            began: now.steady,
            last_submission: last_sent_at.map_or(now.steady, |at| now.steady_at(at)),
        }
    }

    pub(super) fn submitted(&mut self, now: Steady) {
        self.last_submission = now;
    }

    /// When the next page is to be asked for; none while one is under way. The first list comes
    /// before the time for following is over.
    pub(super) fn next_page(&self, timeout: Duration) -> Option<Steady> {
        match self.stage {
            Stage::Due(at) if self.polls == 0 => Some(at.min(self.last_submission.plus(timeout))),
            Stage::Due(at) | Stage::Page(at) => Some(at),
            Stage::Asked => None,
        }
    }

    /// The next page begins a new list, so the oldest open action is to be asked for.
    pub(super) const fn begins_list(&self) -> bool {
        matches!(self.stage, Stage::Due(_))
    }

    /// The page failed, and is asked for again then.
    pub(super) const fn again(&mut self, at: Steady) {
        self.stage = Stage::Page(at);
    }
}

impl Scheduler {
    /// Whether lists of pending actions are read at all.
    pub(super) fn follows(&self) -> bool {
        !self.options.track_timeout.is_zero() || self.errand != Errand::Send
    }

    /// When following ends, if so: a while after the last submission, but not before this run read
    /// one list to its end. Where that fails, it is tried for as long from the run's start, and for
    /// some seconds at least, so that one failure is not the end.
    pub(super) fn follow_ends_at(&self) -> Option<Steady> {
        const TRIED: Duration = Duration::from_secs(5);
        let Follow { polls, began, last_submission, .. } = self.follow;
        let timeout = self.options.track_timeout;
        if polls > 0 {
            return Some(last_submission.plus(timeout));
        }
        let Unread { since, failures, .. } = self.unread_list()?;
        // Without a time at all, it is three tries: a request may take half a minute to fail.
        if timeout.is_zero() && *failures < 3 {
            return None;
        }
        Some(last_submission.max(began).plus(timeout).max(since.steady.plus(TRIED)))
    }

    /// Whether nothing but following is left, and the time for it is over.
    pub(super) fn following_is_over(&self, now: Now, counts: &Counts) -> bool {
        let only = match &self.errand {
            Errand::Send => counts.unsent() == 0 && !self.options.track_timeout.is_zero(),
            Errand::Track => true,
            Errand::Cancel(_) => false,
        };
        only && self.follow_ends_at().is_some_and(|at| at <= now.steady)
    }

    /// Marks the next page as asked for, and says which it is. `oldest` is the instant of the
    /// oldest action still open.
    pub(super) fn ask_follow(
        &mut self,
        oldest: Option<Timestamp>,
        now: Steady,
    ) -> (Timestamp, usize) {
        if let Some(oldest) = oldest {
            self.lag.list_begins(now);
            self.follow.since = self.list_since(oldest);
            self.follow.paging = Paging::default();
            self.follow.list_began = now;
        }
        self.follow.stage = Stage::Asked;
        (self.follow.since, self.follow.paging.skip())
    }

    pub(super) fn absorb_follow(
        &mut self,
        (sent, now): (Now, Now),
        page: &Page<Action>,
        listed: Vec<Listed>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        for listed in listed {
            self.check_marker(now, &listed, book);
            if listed.owner.is_none() {
                self.adopt(now, listed, book)?;
                continue;
            }
            let Listed { action, number, machine, .. } = listed;
            if let Some(number) = number {
                self.lag.listed(number);
            }
            let Some(mut machine) = machine else { continue };
            let pending = machine.standing.state == State::Pending
                && machine.standing.action.as_ref() == Some(&action.id);
            if !pending || book.touched(machine.number) {
                continue;
            }
            self.update(&mut machine, now, (action.status, action.device_error), book)?;
        }
        // Our own POSTs move the rows while they are read; then the next poll shows what slipped
        // through. Where nothing was sent meanwhile, somebody else's did.
        let submitted = self.follow.last_submission >= self.follow.list_began;
        let how = self.reading(if submitted { Rereads::Never } else { Rereads::Once });
        let turned = self.follow.paging.turn(page, how);
        if turned == Turned::Endless {
            let detail = Detail::new(Some(200), None, "it repeats itself or has no end");
            self.unread.fail(ReadKind::Follow, sent, &detail);
        } else {
            self.unread.read(ReadKind::Follow);
        }
        if turned == Turned::Whole {
            let missing = self.lag.list_ended(self.lag_max());
            self.note_lag(now, book);
            if missing {
                let why = format!(
                    "an action that Defender accepted is missing in whole lists since {}",
                    Span(self.lag_max())
                );
                self.distrust(now, &why, book);
            }
        }
        self.follow.stage = match turned {
            Turned::Next | Turned::OnceMore => Stage::Page(now.steady),
            Turned::Whole | Turned::Dry | Turned::Endless => {
                self.follow.polls += 1;
                // Counted are the pages of both readings, so that a list that moves each time does
                // not take more of the windows.
                let pages = self.follow.paging.asked();
                Stage::Due(now.steady.plus(self.options.poll_gap(pages)))
            }
        };
        Ok(())
    }

    /// Adopts an action that the journal does not know, where it answers for a machine that waits
    /// for its turn or for a look-up. What is under way has an answer of its own to come.
    fn adopt(&mut self, now: Now, listed: Listed, book: &mut Book) -> Result<(), Forbidden> {
        let Listed { action, machine: Some(machine), .. } = listed else { return Ok(()) };
        let claim = self.claim(&machine, &action, now);
        let Some(claim @ (Claim::Ours | Claim::Active)) = claim else { return Ok(()) };
        // A doubt has a look-up to come, which sees what its own request came to by then.
        let in_doubt = machine.standing.state == State::Uncertain && claim != Claim::Ours;
        if in_doubt || book.touched(machine.number) {
            return Ok(());
        }
        match self.queue.take(machine) {
            Some(machine) => self.found(machine, now, (action, claim), book),
            None => Ok(()),
        }
    }

    /// How the list of all actions is read: at most 1,000 pages, ten million actions where they are
    /// full, far more than a tenant has machines.
    pub(super) const fn reading(&self, rereads: Rereads) -> PageRules {
        PageRules { full: self.page_rows, pages_max: 1_000, rereads }
    }

    /// An action's status as the server shows it now.
    pub(super) fn update(
        &mut self,
        machine: &mut Machine,
        now: Now,
        (status, device_error): (ActionStatus, Option<i64>),
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if status.is_final() {
            return self.settle_action(machine, now, status, device_error, book);
        }
        let before = machine.standing.action_status.as_ref();
        if before == Some(&status) || !self.wavering.records(machine.number, (before, &status)) {
            return Ok(());
        }
        book.note(machine, now, Fact::ActionUpdated { status: status.clone() })?;
        tell_update(machine, now, status, book);
        Ok(())
    }

    /// An action reached its end.
    pub(super) fn settle_action(
        &mut self,
        machine: &mut Machine,
        now: Now,
        status: ActionStatus,
        device_error: Option<i64>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        self.lag.ended(machine.number);
        let fact = Fact::ActionEnded { status: status.clone(), device_error };
        book.note(machine, now, fact)?;
        if matches!(self.errand, Errand::Cancel(_)) {
            self.withdrawal.ended(machine.number);
        }
        tell_update(machine, now, status, book);
        Ok(())
    }
}

fn tell_update(machine: &Machine, now: Now, status: ActionStatus, book: &mut Book) {
    if let Some(action) = machine.standing.action.clone() {
        let state = machine.standing.state;
        book.tell_of(machine, now, Happening::ActionUpdated { action, status, state });
    }
}
