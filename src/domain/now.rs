//! The present on both clocks, and where stored instants lie beside it.

use std::time::Duration;

use super::{BootTime, Stamp, Steady, Timestamp};

/// One instant, read on both clocks at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Monotonic: for waits and windows.
    pub steady: Steady,
    /// The system's: for the journal and for people.
    pub wall: Timestamp,
    /// Since the computer was started, where the system says it: for the next process.
    pub boot: Option<BootTime>,
}

impl Now {
    pub const fn stamp(&self) -> Stamp {
        Stamp { wall: self.wall, boot: self.boot }
    }

    /// How an instant that is still to come is stored; one that is over is stored as now.
    pub fn stamp_at(&self, at: Steady) -> Stamp {
        self.stamp().plus(at.since(self.steady))
    }

    /// The wall time at which a monotonic instant is (or was) expected.
    pub fn wall_at(&self, at: Steady) -> Timestamp {
        let ahead = at.as_micros().saturating_sub(self.steady.as_micros());
        Timestamp::from_micros(self.wall.as_micros().saturating_add(ahead))
    }

    /// The monotonic instant of a stored wall time. A stored time in the future counts as now:
    /// after a clock was set back, waiting a full window is safe and waiting longer is not needed.
    pub fn steady_at(&self, past: Timestamp) -> Steady {
        self.steady.minus(self.wall.since(past))
    }

    /// The monotonic instant of a wall time that may lie ahead (a retry's "not before").
    pub fn steady_when(&self, at: Timestamp) -> Steady {
        if at <= self.wall { self.steady_at(at) } else { self.steady.plus(at.since(self.wall)) }
    }
}

/// How stored instants are placed on this process's monotonic axis.
#[derive(Debug, Clone, Copy)]
pub struct Placing {
    pub now: Now,
    /// By how much the wall clock was set forwards since they were stored.
    pub gained: Duration,
}

impl Placing {
    pub const fn at(now: Now) -> Self {
        Self { now, gained: Duration::ZERO }
    }

    /// Whether only the wall clock can place a stored instant.
    pub fn is_by_wall(&self, stored: &Stamp) -> bool {
        match (stored.boot, self.now.boot) {
            (Some(then), Some(here)) => then.boot != here.boot,
            _ => true,
        }
    }

    /// Where a stored instant is. Within one start of the computer, by the time since then;
    /// otherwise by the wall clock, less what it was set forwards. It may lie ahead, and after a
    /// clock was set back far ahead: the caller knows how far it can be.
    pub fn steady(&self, stored: &Stamp) -> Steady {
        let Self { now, gained } = self;
        match (stored.boot, now.boot) {
            (Some(then), Some(here)) if then.boot == here.boot => {
                let ahead = then.since.saturating_sub(here.since);
                now.steady.minus(here.since.saturating_sub(then.since)).plus(ahead)
            }
            _ => now.steady_when(stored.wall).plus(*gained),
        }
    }
}
