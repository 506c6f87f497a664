//! One call that arrived.

use crate::domain::{LimitGroup, MachineId, Timestamp};

/// One call that arrived at the limited API, with any answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedCall {
    pub at: Timestamp,
    pub group: LimitGroup,
    /// Which machine it was about, where it named one that can be read.
    pub machine: Option<MachineId>,
    pub passage: Passage,
    /// What the tenant answered; 0 where it was never asked.
    pub status: u16,
    /// Whether it made an Offboard action.
    pub effect: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    Through,
    /// Something between kept it.
    Kept,
    /// Long after it had arrived: its arrival stands in the log as kept.
    Late,
}

impl ReceivedCall {
    /// Whether it is an arrival of the group, and not the late work of an earlier one.
    pub(super) fn is_of(&self, group: LimitGroup) -> bool {
        self.group == group && self.passage != Passage::Late
    }
}
