//! What became of a machine, days after it was offboarded.
//!
//! Pure: the time is an argument. Deliberately absent: reading the tenant, and what is done about
//! a verdict.

use std::time::Duration;

use crate::domain::{Timestamp, has_reported_since, words};
use crate::journal::Afterwards;

/// A machine reports about once a day, so that its silence says nothing before.
const TOO_EARLY: Duration = Duration::from_hours(48);

words! {
    /// What the inventory and the actions say of a machine that a batch sent.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum LaterVerdict {
        /// No report since its action ended.
        Silent = "silent",
        /// It was onboarded again under the same ID.
        StillReports = "still_reports",
        /// Its name reports under another ID.
        OtherId = "other_id",
        /// Its action has not ended.
        Pending = "pending",
        /// Its action ended less than two days ago.
        TooEarly = "too_early",
        /// The inventory does not hold it any more.
        Gone = "gone",
    }
}

impl LaterVerdict {
    /// What is said of a machine; nothing of one that was not offboarded and whose action is over.
    pub fn of(seen: &Afterwards, now: Timestamp) -> Option<Self> {
        let Some(offboarded_at) = seen.offboarded_at else {
            return seen.pending_since.map(|_| Self::Pending);
        };
        // What was seen counts at any time; that nothing was seen counts only after a while.
        Some(if has_reported_since(seen.last_seen, offboarded_at) {
            Self::StillReports
        } else if seen.namesake_seen.is_some_and(|at| at > offboarded_at) {
            Self::OtherId
        } else if now.since(offboarded_at) < TOO_EARLY {
            Self::TooEarly
        } else if seen.is_listed {
            Self::Silent
        } else {
            Self::Gone
        })
    }
}
