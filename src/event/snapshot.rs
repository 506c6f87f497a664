//! How far a run is, for everything that shows it.

use std::time::Duration;

use crate::domain::{Counts, Timestamp, Window};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// By the wall clock.
    pub at: Timestamp,
    /// Since this runner took the batch up, by the monotonic clock.
    pub elapsed: Duration,
    pub counts: Counts,
    /// How full each window of the POSTs is.
    pub windows: Vec<Usage>,
    /// 429s since this runner took the batch up.
    pub rate_limited: u64,
    pub in_flight: usize,
    /// POSTs since this runner took the batch up.
    pub posts: u64,
    /// When the last of them began.
    pub last_post_at: Option<Timestamp>,
    /// Machines that were asked for in vain, and wait to be asked for again.
    pub retrying: u64,
    pub waiting: Option<Wait>,
    /// What the server said last, or why there was no answer, where that is why it waits.
    pub said: Option<String>,
    /// When the last POST will go out; none when all are sent.
    pub prospect: Option<Prospect>,
}

/// When the last POST will go out: the limiter run forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prospect {
    /// If as many POSTs have to be made again as so far.
    pub last_send_at: Timestamp,
    /// If it is a few more; told only where that makes the last one wait for a longer window, as
    /// from one hour's calls to the next hour's.
    pub latest_send_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub window: Window,
    /// Calls that take a slot of it now.
    pub used: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    pub reason: WaitReason,
    /// Until when; for `network` and `sign_in` the next try.
    pub until: Timestamp,
    /// How many machines it is about: retries, look-ups, open actions, a canary's machines
    /// that have not ended; else 0.
    pub machines: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WaitReason {
    Window(Window),
    RetryAfter,
    /// The same for lists and cancels.
    ReadsPaused {
        /// When the run ends for it, where it waits for nothing else.
        gives_up_at: Option<Timestamp>,
    },
    /// Only retries are left, and none is due; with no machine: a list that could not be read.
    Backoff,
    Network {
        since: Timestamp,
        /// When the run ends for it.
        gives_up_at: Timestamp,
    },
    SignIn {
        since: Timestamp,
        gives_up_at: Timestamp,
    },
    /// Only uncertain machines are left, and none is due for a look-up; with no machine: the
    /// journal was restored from an older copy, and what it lost may still show.
    Settle,
    /// Only machines are left that are busy with another action, and none is due to be looked at.
    Busy,
    Actions,
    /// The hours in which requests may be sent have not begun.
    Between {
        /// With their zone: `22:00-06:00 Europe/Berlin`; none: it is before the instant from which
        /// on requests may be sent.
        hours: Option<String>,
    },
    /// The first machines are sent, and the others wait for what becomes of them.
    Canary {
        succeeded: u64,
        of: u64,
    },
}

impl WaitReason {
    /// All words, each once.
    pub const WORDS: [&'static str; 9] = [
        "window",
        "retry_after",
        "backoff",
        "network",
        "sign_in",
        "settle",
        "actions",
        "between",
        "canary",
    ];

    /// The word that people and scripts see.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Window(_) => "window",
            Self::RetryAfter | Self::ReadsPaused { .. } => "retry_after",
            // Another try that is not due, as scripts know it.
            Self::Backoff | Self::Busy => "backoff",
            Self::Network { .. } => "network",
            Self::SignIn { .. } => "sign_in",
            Self::Settle => "settle",
            Self::Actions => "actions",
            Self::Between { .. } => "between",
            Self::Canary { .. } => "canary",
        }
    }

    /// When the run ends for it, where it is cut off.
    pub const fn gives_up_at(&self) -> Option<Timestamp> {
        match self {
            Self::Network { gives_up_at, .. } | Self::SignIn { gives_up_at, .. } => {
                Some(*gives_up_at)
            }
            _ => None,
        }
    }
}
