//! What a picture shows of a run, beside its numbers.

use crate::domain::Timestamp;
use crate::event::Snapshot;

/// One moment of a run.
#[derive(Debug, Clone)]
pub struct Moment<'a> {
    pub snapshot: &'a Snapshot,
    /// Since when no new requests are sent, where the run was asked to stop.
    pub stopping_since: Option<Timestamp>,
    /// Whether a guard stopped the sending: what was sent by then has its answers to come.
    pub has_tripped: bool,
    /// Whether answers came and none of the last minutes was a refusal or an error.
    pub is_calm: bool,
    /// Why the last machine is tried again.
    pub retried_because: Option<&'a str>,
}

impl<'a> Moment<'a> {
    /// A moment of which no more is known than its numbers.
    pub const fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            stopping_since: None,
            has_tripped: false,
            is_calm: false,
            retried_because: None,
        }
    }
}
