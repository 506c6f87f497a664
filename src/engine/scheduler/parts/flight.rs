//! Requests that are under way.

use crate::domain::{CallId, LimitGroup, Now};
use crate::journal::Machine;

use super::search::Search;

#[derive(Debug, Clone, Copy)]
pub(in crate::engine::scheduler) struct Origin {
    pub(in crate::engine::scheduler) call: CallId,
    pub(in crate::engine::scheduler) group: LimitGroup,
    pub(in crate::engine::scheduler) sent: Now,
}

pub(in crate::engine::scheduler) struct Flight {
    pub(in crate::engine::scheduler) origin: Origin,
    pub(in crate::engine::scheduler) purpose: Purpose,
}

pub(in crate::engine::scheduler) enum Purpose {
    Submit(Machine),
    Find(Box<Search>),
    Sweep,
    Recheck,
    Follow,
    Cancel(Machine),
}
