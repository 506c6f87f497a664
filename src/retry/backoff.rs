//! How long to wait before the next attempt.

use std::time::Duration;

use crate::domain::SplitMix;

/// Waits that double, with a little chance in them so that many do not come back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first attempt.
    pub first: Duration,
    /// Where the doubling ends; the jitter may add a fifth to it.
    pub most: Duration,
}

/// One second doubling to a minute.
impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_mins(1) }
    }
}

impl Backoff {
    /// How long to wait after attempt number `attempt`, counted from 1 (0 is taken as 1): `first`,
    /// doubled for each attempt after the first up to `most`, then anything from a fifth less to a
    /// fifth more. The same attempt and seed give the same wait.
    pub fn delay(&self, attempt: u32, seed: u64) -> Duration {
        let doublings = attempt.saturating_sub(1);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let whole = self.first.saturating_mul(factor).min(self.most);
        let scrambled = |number| SplitMix::new(number).number();
        (whole / 1_000).saturating_mul(thousandths(scrambled(seed ^ scrambled(attempt.into()))))
    }
}

/// From 800 to 1,200.
fn thousandths(chance: u64) -> u32 {
    800 + u32::try_from(chance % 401).expect("below 401")
}
