//! Taking back what can be taken back.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use crate::domain::{
    Action, CallId, End, Fact, Forbidden, LimitGroup, MachineNumber, Now, Reading, State, Steady,
};
use crate::journal::Machine;

use super::book::Book;
use super::core::{Errand, Scheduler};
use super::submit::ANOTHER;
use super::unread::ReadKind;

/// What `cancel` has still to do.
pub(super) struct Withdrawal {
    to_cancel: VecDeque<Machine>,
    /// Asked for at Defender, and the action's end not seen yet.
    unconfirmed: HashSet<MachineNumber>,
    /// Seen to have ended since `cancel` began: what is held here of them is out of date.
    ended: HashSet<MachineNumber>,
    last_asked: Option<Steady>,
}

impl Withdrawal {
    /// How long the end of a cancelled action is waited for.
    const CONFIRMATION: Duration = Duration::from_mins(2);

    pub(super) fn new() -> Self {
        Self {
            to_cancel: VecDeque::new(),
            unconfirmed: HashSet::new(),
            ended: HashSet::new(),
            last_asked: None,
        }
    }

    pub(super) fn pop(&mut self) -> Option<Machine> {
        self.to_cancel.retain(|machine| !self.ended.contains(&machine.number));
        self.to_cancel.pop_front()
    }

    pub(super) fn put_back(&mut self, machine: Machine) {
        self.to_cancel.push_front(machine);
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.to_cancel.is_empty()
    }

    pub(super) fn asked(&mut self, number: MachineNumber, now: Steady) {
        self.unconfirmed.insert(number);
        self.last_asked = Some(now);
    }

    /// The server would not take it back: there is no end to wait for.
    pub(super) fn refused(&mut self, number: MachineNumber) {
        self.unconfirmed.remove(&number);
    }

    pub(super) fn ended(&mut self, number: MachineNumber) {
        self.unconfirmed.remove(&number);
        self.ended.insert(number);
    }

    pub(super) fn has_ended(&self, number: MachineNumber) -> bool {
        self.ended.contains(&number)
    }

    /// When the confirmations are no longer waited for.
    pub(super) fn ends_at(&self) -> Option<Steady> {
        let last = self.last_asked.filter(|_| !self.unconfirmed.is_empty());
        last.map(|at| at.plus(Self::CONFIRMATION))
    }
}

impl Scheduler {
    /// Whether `cancel` is about this machine.
    fn covers(&self, machine: &Machine) -> bool {
        match &self.errand {
            Errand::Cancel(Some(only)) => only.contains(&machine.id),
            Errand::Cancel(None) => true,
            Errand::Send | Errand::Track => false,
        }
    }

    /// Takes a machine with an open action up for `cancel`.
    pub(in crate::engine) fn take_back(&mut self, machine: Machine) {
        if self.covers(&machine) && machine.standing.state == State::Pending {
            self.withdrawal.to_cancel.push_back(machine);
        }
    }

    /// A machine that came out of a doubt while `cancel` runs.
    pub(super) fn file_for_cancel(&mut self, machine: Machine, now: Now) {
        if self.covers(&machine) {
            self.queue.put(machine, now);
        }
    }

    pub(super) fn absorb_cancel(
        &mut self,
        mut machine: Machine,
        (call, sent): (CallId, Now),
        now: Now,
        reading: Reading<Action>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if !matches!(reading, Reading::Trouble(_)) {
            self.unread.read(ReadKind::Cancel);
        }
        match reading {
            // A list told its end while the cancel was under way.
            _ if self.withdrawal.has_ended(machine.number) => Ok(()),
            Reading::Read(action) if action.machine.is_some_and(|id| id != machine.id) => {
                let why = format!("{ANOTHER} when action {} was to be cancelled", action.id);
                self.stop(End::Tripped, &why, now, book);
                Ok(())
            }
            Reading::Read(action) => {
                self.update(&mut machine, now, (action.status, action.device_error), book)
            }
            Reading::Refused(detail) => {
                self.withdrawal.refused(machine.number);
                book.note(&mut machine, now, Fact::CancelRefused { detail })
            }
            Reading::Trouble(trouble) => {
                // To cancel twice is to cancel once, so it is simply asked again.
                let (asked, call) = ((ReadKind::Cancel, sent), (LimitGroup::Cancels, call));
                self.read_troubled(asked, call, now, &trouble, book);
                self.withdrawal.put_back(machine);
                Ok(())
            }
        }
    }
}
