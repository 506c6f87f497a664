//! What a row of measurements says.

use std::time::Duration;

/// The share of the measurements, in thousandths, that are not above this one: 500 is the median.
pub(crate) fn quantile(measured: &[Duration], per_thousand: usize) -> Duration {
    let mut sorted = measured.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().checked_sub(1).expect("something was measured");
    sorted[(last * per_thousand).div_ceil(1_000)]
}
