//! Time that passed on the wall clock and not for the process: the computer slept, or its clock
//! was set.
//!
//! Only where the system counts the time since its start, sleep included, can the two be told
//! apart. Deliberately absent: what follows for windows and waits, which go by other clocks.

use std::time::Duration;

use super::words::words;
use super::{Now, Timestamp};

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum GapCause {
        /// The computer slept.
        Sleep = "sleep",
        /// Its clock was set forwards while it was awake.
        ClockSet = "clock_set",
        /// One of the two, or only the program was stopped: the system does not say which.
        Unknown = "unknown",
    }
}

/// A stretch of wall time of which a running process had nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockGap {
    /// By the wall clock as it is at the end.
    pub from: Timestamp,
    pub until: Timestamp,
    pub cause: GapCause,
}

impl ClockGap {
    /// A shorter one is not worth a word: it is no longer than a request may take, and clocks are
    /// put right by some seconds each day.
    pub const SHORTEST: Duration = Duration::from_secs(30);

    /// What lies between two readings of the clocks by one process; none where nothing does, and
    /// where the clock was only set back.
    pub fn between(before: &Now, now: &Now) -> Option<Self> {
        let passed = now.steady.since(before.steady);
        let gained = |elapsed: Duration| {
            elapsed.checked_sub(passed).filter(|gained| *gained >= Self::SHORTEST)
        };
        let by_wall = gained(now.wall.since(before.wall));
        let awake_and_asleep = match (before.boot, now.boot) {
            (Some(then), Some(here)) if then.boot == here.boot => {
                Some(here.since.saturating_sub(then.since))
            }
            _ => None,
        };
        let (lasted, cause) = match awake_and_asleep {
            None => (by_wall?, GapCause::Unknown),
            Some(elapsed) => match gained(elapsed) {
                Some(slept) => (slept, GapCause::Sleep),
                None => (by_wall?, GapCause::ClockSet),
            },
        };
        Some(Self { from: now.wall.minus(lasted), until: now.wall, cause })
    }
}
