//! What a machine's attempt came to: an action, a doubt, another try, an end.

use std::time::Duration;

use crate::domain::{Action, Detail, Doubt, Fact, Forbidden, Now, Reason, Steady};
use crate::event::Happening;
use crate::journal::Machine;
use crate::retry::{NoEffect, Verdict};

use super::core::Scheduler;
use super::parts::Book;

impl Scheduler {
    /// Defender has an action for a machine: from a POST, a look-up or a sweep.
    pub(super) fn accept(
        &mut self,
        machine: &mut Machine,
        now: Now,
        action: Action,
        how: Acceptance,
        book: &mut Book,
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
        };
        book.note(machine, now, fact)?;
        self.lag.resolved(machine.number);
        self.busy.remove(&machine.number);
        let what = if found {
            Happening::Reconciled { action: Some(id) }
        } else {
            Happening::Submitted { action: id, adopted }
        };
        book.tell_of(machine, now, what);
        if !found {
            self.follow.submitted(now.steady);
            self.lag.accepted(machine.number, now.steady);
        }
        if action.status.is_final() {
            self.settle_action(machine, now, action.status, action.device_error, book)?;
        }
        Ok(())
    }

    /// It is not known whether the POST took effect: left alone until `look_at`.
    pub(super) fn doubt(
        &mut self,
        mut machine: Machine,
        now: Now,
        (doubt, detail): (Doubt, Detail),
        look_at: Steady,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let look_at = now.wall_at(look_at.max(now.steady));
        let fact = Fact::Uncertain { doubt, detail: detail.clone(), look_at };
        book.note(&mut machine, now, fact)?;
        book.tell_of(&machine, now, Happening::Uncertain { look_at, detail });
        self.file(machine, now);
        Ok(())
    }

    /// An answer without effect that is about this machine: another try, or the end.
    pub(super) fn retry(
        &mut self,
        mut machine: Machine,
        now: Now,
        answer: NoEffect,
        detail: Detail,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let seed = self.random();
        match self.policy.after(&machine.standing, answer, seed) {
            Verdict::GiveUp(reason) => reject(&mut machine, now, reason, detail, book),
            Verdict::RetryAfter(delay) => {
                self.requeue(machine, now, (delay, UsesAttempt::Yes), detail, book)
            }
        }
    }

    /// Queues a machine again whose POST certainly had no effect.
    pub(super) fn requeue(
        &mut self,
        mut machine: Machine,
        now: Now,
        (delay, counts): (Duration, UsesAttempt),
        detail: Detail,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let not_before = now.wall.plus(delay);
        let counts = counts == UsesAttempt::Yes;
        let fact = Fact::Retrying { not_before, counts, detail: detail.clone() };
        self.again.queued_again();
        book.note(&mut machine, now, fact)?;
        book.tell_of(&machine, now, Happening::Retrying { not_before, detail });
        self.file(machine, now);
        Ok(())
    }
}

/// Whether an attempt counts towards the most attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UsesAttempt {
    /// It does.
    Yes,
    /// It does not: it was not about this machine.
    No,
}

/// How an action came to be known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acceptance {
    /// Someone else asked for it.
    pub(super) adopted: bool,
    /// By a look-up or a sweep, not by the POST's answer.
    pub(super) found: bool,
    /// Status of the POST's answer.
    pub(super) status: Option<u16>,
}

pub(super) fn reject(
    machine: &mut Machine,
    now: Now,
    reason: Reason,
    detail: Detail,
    book: &mut Book,
) -> Result<(), Forbidden> {
    book.note(machine, now, Fact::Rejected { reason, detail: detail.clone() })?;
    book.tell_of(machine, now, Happening::Rejected { detail });
    Ok(())
}

/// Leaves it to a person what became of a machine.
pub(super) fn hold(
    machine: &mut Machine,
    now: Now,
    words: &str,
    book: &mut Book,
) -> Result<(), Forbidden> {
    let detail = Detail::new(None, Some("uncertain"), words);
    book.note(machine, now, Fact::Held { detail: detail.clone() })?;
    book.tell_of(machine, now, Happening::Held { detail });
    Ok(())
}
