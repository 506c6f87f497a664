//! What `cancel` has still to do.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use crate::domain::{MachineNumber, Steady};
use crate::journal::Machine;

/// Actions to take back, and those whose end is waited for.
pub(in crate::engine::scheduler) struct Cancelling {
    to_cancel: VecDeque<Machine>,
    /// Asked for at Defender, and the action's end not seen yet.
    unconfirmed: HashSet<MachineNumber>,
    /// Seen to have ended since `cancel` began: what is held here of them is out of date.
    ended: HashSet<MachineNumber>,
    last_asked: Option<Steady>,
}

impl Cancelling {
    /// How long the end of a cancelled action is waited for.
    const CONFIRMATION: Duration = Duration::from_mins(2);

    pub(in crate::engine::scheduler) fn new() -> Self {
        Self {
            to_cancel: VecDeque::new(),
            unconfirmed: HashSet::new(),
            ended: HashSet::new(),
            last_asked: None,
        }
    }

    pub(in crate::engine::scheduler) fn pop(&mut self) -> Option<Machine> {
        self.to_cancel.retain(|machine| !self.ended.contains(&machine.number));
        self.to_cancel.pop_front()
    }

    /// Takes a machine with an open action up.
    pub(in crate::engine::scheduler) fn add(&mut self, machine: Machine) {
        self.to_cancel.push_back(machine);
    }

    pub(in crate::engine::scheduler) fn put_back(&mut self, machine: Machine) {
        self.to_cancel.push_front(machine);
    }

    pub(in crate::engine::scheduler) fn is_waiting(&self) -> bool {
        !self.to_cancel.is_empty()
    }

    pub(in crate::engine::scheduler) fn asked(&mut self, number: MachineNumber, now: Steady) {
        self.unconfirmed.insert(number);
        self.last_asked = Some(now);
    }

    /// The server did not take the request up: there is no end to wait for.
    pub(in crate::engine::scheduler) fn not_taken(&mut self, number: MachineNumber) {
        self.unconfirmed.remove(&number);
    }

    pub(in crate::engine::scheduler) fn ended(&mut self, number: MachineNumber) {
        self.unconfirmed.remove(&number);
        self.ended.insert(number);
    }

    pub(in crate::engine::scheduler) fn has_ended(&self, number: MachineNumber) -> bool {
        self.ended.contains(&number)
    }

    /// When the confirmations are no longer waited for.
    pub(in crate::engine::scheduler) fn ends_at(&self) -> Option<Steady> {
        let last = self.last_asked.filter(|_| !self.unconfirmed.is_empty());
        last.map(|at| at.plus(Self::CONFIRMATION))
    }
}
