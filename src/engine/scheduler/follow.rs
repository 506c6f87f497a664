//! Following pending actions by list: one call for thousands of machines.

use crate::domain::{
    Action, ActionStatus, Counts, Detail, Fact, Forbidden, Now, Page, Span, State, Steady,
    Timestamp,
};
use crate::event::Happening;
use crate::journal::Machine;

use super::super::Task;
use super::core::Scheduler;
use super::parts::{Claim, FollowTime, Listed, PageOutcome, PageRules, ReadKind, Rereads};
use super::step::Step;

impl Step<'_> {
    pub(super) fn absorb_follow(
        &mut self,
        sent: Now,
        page: &Page<Action>,
        listed: Vec<Listed>,
    ) -> Result<(), Forbidden> {
        for listed in listed {
            self.check_marker(&listed);
            if listed.owner.is_none() {
                self.adopt(listed)?;
                continue;
            }
            let Listed { action, number, machine, .. } = listed;
            if let Some(number) = number {
                self.scheduler.lag.listed(number);
            }
            let Some(mut machine) = machine else { continue };
            let pending = machine.standing.state == State::Pending
                && machine.standing.action.as_ref() == Some(&action.id);
            if !pending || self.draft.touched(machine.number) {
                continue;
            }
            self.update(&mut machine, (action.status, action.device_error))?;
        }
        // Our own POSTs move the rows while they are read; then the next poll shows what slipped
        // through. Where nothing was sent meanwhile, somebody else's did.
        let submitted = self.scheduler.follow.is_moved_by_us();
        let how = self.scheduler.reading(if submitted { Rereads::Never } else { Rereads::Once });
        let turned = self.scheduler.follow.turn(page, how);
        if turned == PageOutcome::Endless {
            let detail = Detail::new(Some(200), None, "it repeats itself or has no end");
            self.scheduler.unread.fail(ReadKind::Follow, sent, &detail);
        } else {
            self.scheduler.unread.read(ReadKind::Follow);
        }
        if turned == PageOutcome::Whole {
            let missing = self.scheduler.lag.list_ended(self.scheduler.lag_max());
            self.note_lag();
            if missing {
                let why = format!(
                    "an action that Defender accepted is missing in whole lists since {}",
                    Span(self.scheduler.lag_max())
                );
                self.distrust(&why);
            }
        }
        let options = &self.scheduler.options;
        self.scheduler.follow.goes_on(turned, self.now.steady, |pages| options.poll_gap(pages));
        Ok(())
    }

    /// Adopts an action that the journal does not know, where it answers for a machine that waits
    /// for its turn or for a look-up. What is under way has an answer of its own to come.
    fn adopt(&mut self, listed: Listed) -> Result<(), Forbidden> {
        let Listed { action, machine: Some(machine), .. } = listed else { return Ok(()) };
        let claim = self.scheduler.claim(&machine, &action, self.now);
        let Some(claim @ (Claim::Ours | Claim::Active)) = claim else { return Ok(()) };
        // A doubt has a look-up to come, which sees what its own request came to by then.
        let in_doubt = machine.standing.state == State::Uncertain && claim != Claim::Ours;
        if in_doubt || self.draft.touched(machine.number) {
            return Ok(());
        }
        match self.scheduler.queue.take(machine) {
            Some(machine) => self.found(machine, (action, claim)),
            None => Ok(()),
        }
    }

    /// An action's status as the server shows it now.
    pub(super) fn update(
        &mut self,
        machine: &mut Machine,
        (status, device_error): (ActionStatus, Option<i64>),
    ) -> Result<(), Forbidden> {
        if status.is_final() {
            return self.settle_action(machine, status, device_error);
        }
        let before = machine.standing.action_status.as_ref();
        if before == Some(&status)
            || !self.scheduler.status_changes.records(machine.number, (before, &status))
        {
            return Ok(());
        }
        self.note(machine, Fact::ActionUpdated { status: status.clone() })?;
        self.tell_update(machine, status);
        Ok(())
    }

    pub(super) fn settle_action(
        &mut self,
        machine: &mut Machine,
        status: ActionStatus,
        device_error: Option<i64>,
    ) -> Result<(), Forbidden> {
        self.scheduler.lag.ended(machine.number);
        let fact = Fact::ActionEnded { status: status.clone(), device_error };
        self.note(machine, fact)?;
        if matches!(self.scheduler.task, Task::Cancel(_)) {
            self.scheduler.withdrawal.ended(machine.number);
        }
        self.tell_update(machine, status);
        Ok(())
    }
}

impl Scheduler {
    /// Whether lists of pending actions are read at all.
    pub(super) fn follows(&self) -> bool {
        !self.options.track_timeout.is_zero() || self.task != Task::Send || self.waits_for_canary()
    }

    pub(super) fn follow_ends_at(&self) -> Option<Steady> {
        self.follow.ends_at(self.follow_time(), self.unread_list())
    }

    pub(super) fn follow_is_over(&self, now: Now) -> bool {
        self.follow.is_over(self.follow_time(), self.unread_list(), now.steady)
    }

    pub(super) const fn follow_time(&self) -> FollowTime {
        self.follow.time(self.options.track_timeout)
    }

    /// Whether nothing but following is left, and the time for it is over.
    pub(super) fn following_is_over(&self, now: Now, counts: &Counts) -> bool {
        self.only_follows(counts) && self.follow_is_over(now)
    }

    /// Whether following is all that is left to do.
    pub(super) fn only_follows(&self, counts: &Counts) -> bool {
        match &self.task {
            Task::Send => counts.to_send_or_look_up() == 0 && !self.options.track_timeout.is_zero(),
            Task::Track => true,
            Task::Cancel(_) => false,
        }
    }

    /// When the next page of pending actions is to be asked for; none while one is under way.
    pub(super) fn next_page(&self, counts: &Counts) -> Option<Steady> {
        let following = Some(self.follow_time()).filter(|_| self.only_follows(counts));
        match following.or_else(|| self.canary_time()) {
            Some(time) => self.follow.next_page_in(time),
            None => self.follow.next_page(self.options.track_timeout),
        }
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
            let since = self.list_since(oldest);
            self.follow.begin(since, now);
        }
        self.follow.ask()
    }

    /// How the list of all actions is read: at most 1,000 pages, ten million actions where they are
    /// full, far more than a tenant has machines.
    pub(super) const fn reading(&self, rereads: Rereads) -> PageRules {
        PageRules { full: self.page_rows, pages_max: 1_000, rereads }
    }
}

impl Step<'_> {
    fn tell_update(&mut self, machine: &Machine, status: ActionStatus) {
        if let Some(action) = machine.standing.action.clone() {
            let state = machine.standing.state;
            self.tell_of(machine, Happening::ActionUpdated { action, status, state });
        }
    }
}
