//! Requests that are under way.

use crate::domain::{LimitGroup, Now};
use crate::journal::Machine;

use super::search::Search;

/// A request that is under way.
pub(in crate::engine::scheduler) struct Flight {
    pub(in crate::engine::scheduler) sent: Now,
    pub(in crate::engine::scheduler) group: LimitGroup,
    pub(in crate::engine::scheduler) purpose: Purpose,
}

/// What a request is for.
pub(in crate::engine::scheduler) enum Purpose {
    Submit(Machine),
    Find(Box<Search>),
    Sweep,
    Follow,
    Cancel(Machine),
}
