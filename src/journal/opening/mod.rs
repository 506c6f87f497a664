//! How a journal is opened: by its runner, by readers, in memory, and after its log was lost.
//!
//! Deliberately absent: what it is while it is open (`store`).

pub(super) mod copy;
mod loss;
pub(super) mod may_send;
pub(super) mod open;
pub(super) mod place_among_copies;
pub(super) mod succession;
