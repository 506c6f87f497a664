//! What pages that are open are told.
//!
//! Deliberately absent: the request and its answer (`http`, `pages`).

mod look;
mod stream;
mod watcher;

pub(super) use look::{PageLook, look};
pub(super) use stream::{KnownLook, events};
pub(super) use watcher::Watcher;
