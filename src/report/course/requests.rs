//! How many requests went out, minute by minute.

use std::time::Duration;

use crate::domain::Timestamp;

use super::buckets::Bucket;
use super::stretches::Stretches;

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

/// Counts requests. Minutes are counted from the first one of each stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestCounter {
    pub(super) series: Stretches<Requests>,
    /// Where the stretch of the last request begins; its minute, and how many it has.
    minute: (Option<Timestamp>, u128, u64),
}

impl RequestCounter {
    pub(super) const fn new() -> Self {
        Self { series: Stretches::new(MINUTE), minute: (None, 0, 0) }
    }

    pub(super) fn add(&mut self, at: Timestamp) {
        self.series.reach(at).sent += 1;
        let base = self.series.base();
        let minute = at.since(base.unwrap_or(at)).as_micros() / MINUTE.as_micros();
        let (of, last, requests) = self.minute;
        let requests = if (of, last) == (base, minute) { requests + 1 } else { 1 };
        self.minute = (base, minute, requests);
        let bucket = self.series.reach(at);
        bucket.busiest = bucket.busiest.max(requests);
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
            counter.series.ends().map(|(end, bucket)| (end, *bucket)).collect();
        assert_eq!(counter.series.iter().next().unwrap().width(), MINUTE * 4);
        assert_eq!(ends.len(), 150);
        assert_eq!(ends[0].1, Requests { sent: 40, busiest: 10 });
        assert_eq!(ends[75].1, Requests { sent: 130, busiest: 100 });
        let sum: u64 = ends.iter().map(|(_, bucket)| bucket.sent).sum();
        assert_eq!(sum, 6_090);
    }
}
