//! How long another program's lock is waited for.
//!
//! A backup or a database browser may hold the journal for a while. It is waited for in slices,
//! each of which `SQLite` waits through, so that a wish to stop is heeded soon. Deliberately
//! absent: a clock.

use std::fmt;
use std::time::Duration;

use crate::journal::JournalError;
use crate::journal::file::{Location, locker};

/// One slice: how long each connection waits for another one by itself.
pub(super) const SLICE: Duration = Duration::from_secs(1);

/// Slices that a runner waits: longer than most backups hold a lock.
const RUNNER: u32 = 60;

/// Slices that somebody waits who only looks, or who was asked to stop.
const HURRIED: u32 = 5;

pub(in crate::journal) struct LockWait {
    slices_max: u32,
    hurried: Option<Box<dyn Fn() -> bool + Send>>,
}

impl fmt::Debug for LockWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockWait").field("slices_max", &self.slices_max).finish_non_exhaustive()
    }
}

impl LockWait {
    pub(in crate::journal) const RUNNER: Self = Self { slices_max: RUNNER, hurried: None };
    pub(in crate::journal) const READER: Self = Self { slices_max: HURRIED, hurried: None };

    /// From now on it is short where `hurried` holds.
    pub(in crate::journal) fn hurry_when(&mut self, hurried: impl Fn() -> bool + Send + 'static) {
        self.hurried = Some(Box::new(hurried));
    }

    /// At most this many seconds; at least one.
    pub(in crate::journal) const fn wait_at_most(&mut self, seconds: u32) {
        self.slices_max = seconds;
    }

    /// Tries until nobody is in the way, or for as long as there is patience; then says who is.
    pub(in crate::journal) fn wait<T>(
        &self,
        location: Option<&Location>,
        mut attempt: impl FnMut() -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut waited = 0;
        loop {
            let error = match attempt() {
                Err(error @ JournalError::Busy { .. }) => error,
                done => return done,
            };
            waited += 1;
            let hurried = self.hurried.as_ref().is_some_and(|hurried| hurried());
            let most = if hurried { self.slices_max.min(HURRIED) } else { self.slices_max };
            if waited >= most {
                return Err(location.map_or(error, busy));
            }
            tracing::warn!(
                target: "mde_offboard::journal", waited, "another program has locked the journal"
            );
        }
    }
}

fn busy(location: &Location) -> JournalError {
    JournalError::Busy { path: Some(location.named().to_owned()), locker: locker(location) }
}
