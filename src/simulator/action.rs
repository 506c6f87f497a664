//! Actions as the tenant keeps them: in the order of their creation, found by ID and by machine.
//!
//! Called by `offboard` and `actions`. Deliberately absent: who may do what, and the wire form.

use std::collections::HashMap;

use crate::domain::{MachineId, Timestamp};

use super::draw::Guid;
use super::lifecycle::{ActionPhase, Course};

#[derive(Debug, Clone)]
pub(super) struct TenantAction {
    pub(super) id: Guid,
    pub(super) kind: &'static str,
    pub(super) machine: MachineId,
    pub(super) computer: String,
    pub(super) requestor: String,
    pub(super) comment: String,
    pub(super) created_at: Timestamp,
    /// From when on the list of actions has it.
    pub(super) listed_at: Timestamp,
    pub(super) course: Course,
    pub(super) cancellation: Option<Cancellation>,
}

/// Who took an action back, and when.
#[derive(Debug, Clone)]
pub(super) struct Cancellation {
    pub(super) requestor: String,
    pub(super) comment: Option<String>,
    pub(super) at: Timestamp,
}

/// All actions.
#[derive(Debug, Clone, Default)]
pub(super) struct Actions {
    all: Vec<TenantAction>,
    /// The same in the order of `created_at`.
    by_time: Vec<usize>,
    by_id: HashMap<Guid, usize>,
    by_machine: HashMap<MachineId, Vec<usize>>,
}

impl TenantAction {
    pub(super) fn status(&self, now: Timestamp) -> ActionPhase {
        self.course.at(now).0
    }
}

impl Actions {
    /// How many there are: the next one's number.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.by_time.last().map(|index| self.all[*index].created_at)
    }

    /// Keeps an action, also one that was created before the latest.
    pub(super) fn push(&mut self, action: TenantAction) -> &TenantAction {
        let index = self.all.len();
        self.by_id.insert(action.id, index);
        self.by_machine.entry(action.machine).or_default().push(index);
        let place = self.created_before(action.created_at, |at, created| created <= at);
        self.by_time.insert(place, index);
        self.all.push(action);
        &self.all[index]
    }

    pub(super) fn get(&self, id: Guid) -> Option<&TenantAction> {
        self.by_id.get(&id).map(|index| &self.all[*index])
    }

    pub(super) fn get_mut(&mut self, id: Guid) -> Option<&mut TenantAction> {
        self.by_id.get(&id).map(|index| &mut self.all[*index])
    }

    /// Whether an action of the machine has not ended.
    pub(super) fn is_busy(&self, machine: MachineId, now: Timestamp) -> bool {
        self.of_machine(machine).any(|action| !action.status(now).is_final())
    }

    /// The machine's actions, newest first.
    pub(super) fn of_machine(&self, machine: MachineId) -> impl Iterator<Item = &TenantAction> {
        let indices = self.by_machine.get(&machine).map(Vec::as_slice).unwrap_or_default();
        indices.iter().rev().map(|index| &self.all[*index])
    }

    /// All of them, in the order of their creation.
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = &TenantAction> {
        self.by_time.iter().map(|index| &self.all[*index])
    }

    /// The actions created at `since` or later, newest first.
    pub(super) fn since(&self, since: Timestamp) -> impl Iterator<Item = &TenantAction> {
        let first = self.created_before(since, |at, created| created < at);
        self.by_time[first..].iter().rev().map(|index| &self.all[*index])
    }

    /// When the machine's last Offboard action ended that succeeded.
    pub(super) fn offboarded_at(&self, machine: MachineId, now: Timestamp) -> Option<Timestamp> {
        let ended = self.of_machine(machine).map(|action| action.course.at(now));
        ended.filter(|(phase, _)| *phase == ActionPhase::Succeeded).map(|(_, at)| at).max()
    }

    /// How many of them, in the order of their creation, come before.
    fn created_before(&self, at: Timestamp, is: impl Fn(Timestamp, Timestamp) -> bool) -> usize {
        self.by_time.partition_point(|index| is(at, self.all[*index].created_at))
    }
}
