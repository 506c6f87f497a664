//! What pages that are open are told.
//!
//! Deliberately absent: the request and its answer (`http`, `pages`).

mod look;
mod stream;
mod topic;
mod watcher;

pub(super) use look::{PageLook, look, look_at_all};
pub(super) use stream::{KnownLook, events};
pub(super) use topic::Topic;
pub(super) use watcher::Watcher;
