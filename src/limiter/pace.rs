//! Spacing: one cell a gap, as governor counts it, on a clock that is told the time.
//!
//! Manners only: the ledger is asked as well and is the law. A burst above one cell would break the
//! window (a bucket of 100 with 100 a minute lets 199 through in a minute), so it is always one.
//! Deliberately absent: governor's own clocks and its waiting calls.

use std::ops::Add;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::domain::Steady;

/// How calls are spread over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// As early as the windows allow.
    #[default]
    Burst,
    /// Evenly: one call in each (W + G) / n, the largest of the limits.
    Steady,
}

/// Lets one call through in each gap.
#[derive(Debug)]
pub(super) struct Spacing {
    gap: Duration,
    limiter: RateLimiter<NotKeyed, InMemoryState, ToldClock, NoOpMiddleware<Moment>>,
    opens_at: Steady,
}

impl Spacing {
    /// One call in each `gap` (a zero one is taken as a nanosecond).
    pub(super) fn new(gap: Duration) -> Self {
        let gap = gap.max(Duration::from_nanos(1));
        let quota = Quota::with_period(gap).expect("the gap is not zero");
        let limiter = RateLimiter::direct_with_clock(quota, ToldClock::default());
        Self { gap, limiter, opens_at: Steady::from_micros(i64::MIN) }
    }

    /// When the next call may go.
    pub(super) fn opens_at(&self) -> Steady {
        self.opens_at
    }

    /// A call goes out. The first check takes the open cell (a call ahead of its time finds none,
    /// and is not held up here). The next one is refused, takes nothing, and names the instant.
    pub(super) fn sent(&mut self, now: Steady) {
        self.limiter.clock().tell(now);
        let refusal = self.limiter.check().and_then(|()| self.limiter.check()).err();
        if let Some(refusal) = refusal {
            self.opens_at = Steady::from_micros(refusal.earliest_possible().0);
        }
    }

    /// The next cell opens so much later. The limiter's own state lies before it, so it is over by
    /// then as well.
    pub(super) fn go_ahead(&mut self, by: Duration) {
        self.opens_at = self.opens_at.plus(by);
    }

    /// A copy to try things on. With a burst of one, the next opening is all there is to copy.
    pub(super) fn copy(&self) -> Self {
        Self { opens_at: self.opens_at, ..Self::new(self.gap) }
    }
}

/// A clock that knows the time because it is told.
#[derive(Debug, Default)]
struct ToldClock(AtomicI64);

impl ToldClock {
    fn tell(&self, now: Steady) {
        self.0.store(now.as_micros(), Ordering::Relaxed);
    }
}

impl Clock for ToldClock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

/// [`Steady`] for governor: microseconds from the same origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(i64);

impl Moment {
    /// Governor adds nanoseconds without a check; so far from the origin (146 years) there is no
    /// spacing any more.
    const NANOS_MAX: u64 = u64::MAX / 4;
}

/// Rounded up: at the instant that a refusal names, the cell must be open.
impl Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        let micros = i64::try_from(other.as_u64().div_ceil(1_000)).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        let micros = u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0);
        Nanos::new(micros.saturating_mul(1_000).min(Self::NANOS_MAX))
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        let micros = i64::try_from(duration.as_u64() / 1_000).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }
}
