//! One request to a limited API, as the limiter's history keeps it.

use super::words::words;
use super::{ServerClock, Stamp, Timestamp, Window};

/// Number of a call in its journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub i64);

words! {
    /// What shares one budget at the server. Microsoft's pages state the limits page by page ("for
    /// this API"), so each kind of request has a ledger of its own.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum LimitGroup {
        /// `POST /api/machines/{id}/offboard`.
        Posts = "posts",
        /// `GET` of actions and machines.
        Reads = "reads",
        /// `POST /api/machineactions/{id}/cancel`.
        Cancels = "cancels",
    }
}

/// One request: it takes a slot of every window of its group from its send until its receipt plus
/// the window. Every retry is a call, and so is a call that was answered 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub id: CallId,
    pub group: LimitGroup,
    /// Read from the clock immediately before the request is written.
    pub sent_at: Timestamp,
    /// When its answer was here; none while it is in flight, or when the process died before.
    pub receipt: Option<Stamp>,
}

/// A pause that the server asked for with a 429; one for all requests of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freeze {
    pub group: LimitGroup,
    pub until: Stamp,
    /// 429s in a row that named no time: each doubles the pause.
    pub streak: u32,
}

/// Calls of somebody else, or that the server counts otherwise than we do: after a 429 that our own
/// count does not explain, a window of the server's is fuller than ours by this many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phantoms {
    pub group: LimitGroup,
    /// Of which limit; they take no slot of the others.
    pub window: Window,
    pub calls: u32,
    /// Until when they take their slots.
    pub until: Stamp,
}

/// What earlier processes left for the limiter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Calls, in any order; those that left the longest window may be missing.
    pub calls: Vec<Call>,
    /// Pauses, also those that are over.
    pub freezes: Vec<Freeze>,
    /// Slots that somebody else takes, also those that are free again.
    pub phantoms: Vec<Phantoms>,
    /// The server's clock and ours at the last answer.
    pub server_clock: Option<ServerClock>,
}
