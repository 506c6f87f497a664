//! How many requests went out, minute by minute.

use std::time::Duration;

use crate::domain::Timestamp;

use super::buckets::{Bucket, Buckets};

const MINUTE: Duration = Duration::from_mins(1);

/// The requests of one bucket, which is a minute long or several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    pub sent: u64,
    /// Most of them in one minute.
    pub busiest: u64,
}

impl Bucket for Requests {
    fn quiet(&self) -> Self {
        Self::default()
    }

    fn joined(&self, later: &Self) -> Self {
        Self { sent: self.sent + later.sent, busiest: self.busiest.max(later.busiest) }
    }
}

/// Counts requests. Minutes are counted from the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestCounter {
    pub(super) buckets: Buckets<Requests>,
    /// The minute of the last request, and how many it has.
    minute: (u128, u64),
}

impl RequestCounter {
    pub(super) const fn new() -> Self {
        Self { buckets: Buckets::new(MINUTE), minute: (0, 0) }
    }

    pub(super) fn add(&mut self, at: Timestamp) {
        let since = at.since(self.buckets.origin().unwrap_or(at));
        let minute = since.as_micros() / MINUTE.as_micros();
        if minute == self.minute.0 {
            self.minute.1 += 1;
        } else {
            self.minute = (minute, 1);
        }
        let bucket = self.buckets.reach(at);
        bucket.sent += 1;
        bucket.busiest = bucket.busiest.max(self.minute.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_minute_is_kept_when_buckets_double() {
        let mut counter = RequestCounter::new();
        let first = Timestamp::from_micros(1_795_455_600_000_000);
        for minute in 0..600_u64 {
            let requests = if minute == 301 { 100 } else { 10 };
            for request in 0..requests {
                let at = Duration::from_secs(minute * 60) + Duration::from_millis(request * 500);
                counter.add(first.plus(at));
            }
        }
        let ends: Vec<(Timestamp, Requests)> =
            counter.buckets.ends().map(|(end, bucket)| (end, *bucket)).collect();
        assert_eq!(counter.buckets.width(), MINUTE * 4);
        assert_eq!(ends.len(), 150);
        assert_eq!(ends[0].1, Requests { sent: 40, busiest: 10 });
        assert_eq!(ends[75].1, Requests { sent: 130, busiest: 100 });
        let sum: u64 = ends.iter().map(|(_, bucket)| bucket.sent).sum();
        assert_eq!(sum, 6_090);
    }
}
