//! Time that passes in life, and what a row of measurements says.

use std::time::{Duration, Instant};

/// Runs since it was made.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "a measurement is of time in life")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The share of the measurements, in thousandths, that are not above this one: 500 is the median.
pub(crate) fn quantile(measured: &[Duration], per_thousand: usize) -> Duration {
    let mut sorted = measured.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().checked_sub(1).expect("something was measured");
    sorted[(last * per_thousand).div_ceil(1_000)]
}
