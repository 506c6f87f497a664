//! A look-up under way: its machine, its pages, and what they showed so far.

use crate::domain::ActionScope;
use crate::journal::Machine;

use super::busy;
use super::claim::FoundAction;
use super::paging::Paging;
use super::request::Ask;

pub(in crate::engine::scheduler) struct Search {
    pub(in crate::engine::scheduler) machine: Machine,
    pub(in crate::engine::scheduler) scope: ActionScope,
    pub(in crate::engine::scheduler) paging: Paging,
    /// Somebody else's action that would be adopted: one of ours may be on a later page.
    pub(in crate::engine::scheduler) found: Option<FoundAction>,
    /// Of a busy machine: what keeps it, in words.
    pub(in crate::engine::scheduler) keeper: Option<String>,
}

impl Search {
    /// Of a busy machine all actions are looked at, of any other its Offboard actions.
    pub(in crate::engine::scheduler) fn new(machine: Machine) -> Self {
        let busy = busy::is_busy(&machine.standing);
        let scope = if busy { ActionScope::Every } else { ActionScope::Offboard };
        Self { machine, scope, paging: Paging::default(), found: None, keeper: None }
    }

    pub(in crate::engine::scheduler) const fn ask(&self) -> Ask {
        Ask::Find { machine: self.machine.id, scope: self.scope, skip: self.paging.skip() }
    }
}
