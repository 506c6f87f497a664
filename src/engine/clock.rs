//! The run's only reader of clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::domain::{Now, Steady, Timestamp};

use super::boot::Boot;

/// A process that comes to its next step so late did not run meanwhile: the computer slept with a
/// monotonic clock that goes on, as that of Windows may do, or the process was stopped.
pub(super) const AWAY: Duration = Duration::from_mins(1);

/// Times that are read again each time: `steady`, monotonic, decides waits and windows; `wall` is
/// stored and shown; where the system has it, time since boot is stored for the next process.
///
/// Wall time is never carried forward from the start of the process: after a laptop's sleep it
/// would be hours behind, and the next process would take fresh calls for old ones.
#[derive(Debug, Clone)]
pub struct Clock {
    origin: Instant,
    wall: Wall,
}

#[derive(Debug, Clone, Copy)]
enum Wall {
    /// The system's, and the time since this start of the computer.
    System(Boot),
    /// Follows the runtime's time from a given start: for runs in virtual time.
    Follows(Timestamp),
}

impl Clock {
    /// The machine's clocks. To be made inside a tokio runtime.
    pub fn new() -> Self {
        Self { origin: Instant::now(), wall: Wall::System(Boot::this()) }
    }

    /// A wall clock that begins at `start` and goes with the runtime's time, which may be paused.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { origin: Instant::now(), wall: Wall::Follows(start) }
    }

    pub fn now(&self) -> Now {
        let elapsed = self.origin.elapsed();
        let (wall, boot) = match self.wall {
            Wall::System(boot) => (system_time(), boot.time()),
            Wall::Follows(start) => (start.plus(elapsed), None),
        };
        Now { steady: Steady::ORIGIN.plus(elapsed), wall, boot }
    }

    /// The runtime's instant of a monotonic time of this clock.
    pub(super) fn instant(&self, at: Steady) -> Instant {
        // The runtime's timers reach about two years; nothing here waits longer than a month.
        const FAR: Duration = Duration::from_hours(24 * 365);
        self.origin + at.since(Steady::ORIGIN).min(self.origin.elapsed() + FAR)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn system_time() -> Timestamp {
    let now = SystemTime::now();
    let micros = match now.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    };
    Timestamp::from_micros(micros)
}
