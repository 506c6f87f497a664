//! What a machine's attempt came to: an action, a doubt, another try, an end.

use std::time::Duration;

use crate::domain::{Action, Detail, Doubt, Fact, Forbidden, Reason, Steady};
use crate::event::Happening;
use crate::journal::Machine;
use crate::retry::{NoEffect, Verdict};

use super::step::Step;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UsesAttempt {
    Yes,
    /// It does not: it was not about this machine.
    No,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Acceptance {
    pub(super) adopted: bool,
    /// By a look-up or a sweep, not by the POST's answer.
    pub(super) found: bool,
    pub(super) status: Option<u16>,
}

impl Step<'_> {
    /// Defender has an action for a machine: from a POST, a look-up or a sweep.
    pub(super) fn accept(
        &mut self,
        machine: &mut Machine,
        action: Action,
        how: Acceptance,
    ) -> Result<(), Forbidden> {
        let Acceptance { adopted, found, status: http_status } = how;
        let id = action.id;
        let fact = Fact::Accepted {
            action: id.clone(),
            status: action.status.clone(),
            adopted,
            found,
            http_status,
            created_at: action.created_at,
            named_by: None,
        };
        self.note(machine, fact)?;
        self.scheduler.lag.resolved(machine.number);
        self.scheduler.busy.remove(&machine.number);
        let what = if found {
            Happening::Reconciled { action: Some(id) }
        } else {
            Happening::Submitted { action: id, adopted }
        };
        self.tell_of(machine, what);
        if !found {
            self.scheduler.follow.submitted(self.now.steady);
            self.scheduler.lag.accepted(machine.number, self.now.steady);
        }
        if action.status.is_final() {
            self.settle_action(machine, action.status, action.device_error)?;
        }
        Ok(())
    }

    /// It is not known whether the POST took effect: not touched until `look_at`.
    pub(super) fn doubt(
        &mut self,
        mut machine: Machine,
        (doubt, detail): (Doubt, Detail),
        look_at: Steady,
    ) -> Result<(), Forbidden> {
        let look_at = self.now.wall_at(look_at.max(self.now.steady));
        let fact = Fact::Uncertain { doubt, detail: detail.clone(), look_at };
        self.note(&mut machine, fact)?;
        self.tell_of(&machine, Happening::Uncertain { look_at, detail });
        self.scheduler.file(machine, self.now);
        Ok(())
    }

    /// An answer without effect that is about this machine: another try, or the end.
    pub(super) fn retry(
        &mut self,
        mut machine: Machine,
        answer: NoEffect,
        detail: Detail,
    ) -> Result<(), Forbidden> {
        let seed = self.scheduler.random();
        match self.scheduler.policy.after(&machine.standing, answer, seed) {
            Verdict::GiveUp(reason) => self.reject(&mut machine, reason, detail),
            Verdict::RetryAfter(delay) => self.requeue(machine, (delay, UsesAttempt::Yes), detail),
        }
    }

    /// Queues a machine again whose POST certainly had no effect.
    pub(super) fn requeue(
        &mut self,
        mut machine: Machine,
        (delay, counts): (Duration, UsesAttempt),
        detail: Detail,
    ) -> Result<(), Forbidden> {
        let not_before = self.now.wall.plus(delay);
        let counts = counts == UsesAttempt::Yes;
        let fact = Fact::Retrying { not_before, counts, detail: detail.clone() };
        self.scheduler.resend_rate.queued_again();
        self.note(&mut machine, fact)?;
        self.tell_of(&machine, Happening::Retrying { not_before, detail });
        self.scheduler.file(machine, self.now);
        Ok(())
    }

    /// Defender refused it for good, or it was given up.
    pub(super) fn reject(
        &mut self,
        machine: &mut Machine,
        reason: Reason,
        detail: Detail,
    ) -> Result<(), Forbidden> {
        self.note(machine, Fact::Rejected { reason, detail: detail.clone() })?;
        self.tell_of(machine, Happening::Rejected { detail });
        Ok(())
    }

    /// Leaves it to a person what became of a machine.
    pub(super) fn hold(&mut self, machine: &mut Machine, detail: Detail) -> Result<(), Forbidden> {
        self.note(machine, Fact::Held { detail: detail.clone() })?;
        self.tell_of(machine, Happening::Held { detail });
        Ok(())
    }
}
