//! A series over time in a bounded number of buckets, whose width doubles when there are too many.

use std::time::Duration;

use crate::domain::Timestamp;

/// Most buckets of a series: about one for each three pixels of a chart.
pub(super) const BUCKETS_MAX: usize = 240;

/// What one bucket holds.
pub trait Bucket: Clone + Default {
    /// What a bucket holds in which nothing happens, after this one.
    #[must_use]
    fn quiet(&self) -> Self;

    /// What this bucket and the one after it hold together.
    #[must_use]
    fn joined(&self, later: &Self) -> Self;
}

/// A series from its first instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets<B> {
    origin: Option<Timestamp>,
    width: Duration,
    most: usize,
    held: Vec<B>,
}

impl<B: Bucket> Buckets<B> {
    /// An empty series; no bucket is narrower than `width`.
    pub(super) const fn new(width: Duration) -> Self {
        Self { origin: None, width, most: BUCKETS_MAX, held: Vec::new() }
    }

    /// The bucket of an instant, which the series reaches from then on. What is earlier than the
    /// first instant (a clock was set back) counts as the first.
    pub(super) fn reach(&mut self, at: Timestamp) -> &mut B {
        let origin = *self.origin.get_or_insert(at);
        let since = at.since(origin).as_micros();
        let place = |width: Duration| {
            usize::try_from(since / width.as_micros().max(1)).unwrap_or(usize::MAX)
        };
        while place(self.width) >= self.most {
            self.double();
        }
        let place = place(self.width);
        while self.held.len() <= place {
            let next = self.held.last().map(Bucket::quiet).unwrap_or_default();
            self.held.push(next);
        }
        &mut self.held[place]
    }

    /// The last bucket, also for an instant that lies before it.
    pub(super) fn reach_last(&mut self, at: Timestamp) -> &mut B {
        self.reach(at);
        self.held.last_mut().expect("it reaches an instant")
    }

    /// From now on it has no more buckets than these; at least one.
    pub(super) fn hold_at_most(&mut self, most: usize) {
        self.most = most.max(1);
        while self.held.len() > self.most {
            self.double();
        }
    }

    fn double(&mut self) {
        self.width *= 2;
        let pairs = self.held.chunks(2);
        self.held = pairs
            .map(|pair| match pair {
                [one, other] => one.joined(other),
                rest => rest[0].clone(),
            })
            .collect();
    }

    /// When the first bucket begins; none where nothing has happened.
    pub const fn origin(&self) -> Option<Timestamp> {
        self.origin
    }

    /// How long a bucket is.
    pub const fn width(&self) -> Duration {
        self.width
    }

    /// Each bucket with the instant at which it ends.
    pub fn ends(&self) -> impl Iterator<Item = (Timestamp, &B)> {
        let origin = self.origin.unwrap_or(Timestamp::from_micros(0));
        let ends = (1_u32..).map(move |number| origin.plus(self.width.saturating_mul(number)));
        ends.zip(&self.held)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(in crate::report::course) struct Sum(pub(in crate::report::course) u64);

    impl Bucket for Sum {
        fn quiet(&self) -> Self {
            Self(0)
        }

        fn joined(&self, later: &Self) -> Self {
            Self(self.0 + later.0)
        }
    }

    pub(in crate::report::course) fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_000_000_000).plus(Duration::from_secs(seconds))
    }

    fn series(seconds: impl IntoIterator<Item = u64>) -> Buckets<Sum> {
        let mut series = Buckets::<Sum>::new(Duration::from_secs(1));
        seconds.into_iter().for_each(|second| series.reach(at(second)).0 += 1);
        series
    }

    #[test]
    fn buckets_double_and_keep_their_sum() {
        for last in [0, 1, 239, 240, 241, 479, 480, 481, 100_000] {
            let series = series(0..=last);
            let sum: u64 = series.ends().map(|(_, bucket)| bucket.0).sum();
            assert_eq!(sum, last + 1);
            assert!(series.held.len() <= BUCKETS_MAX, "{last}");
            assert!(series.held.len() > BUCKETS_MAX / 2 || last < 240, "{last}");
            let (end, _) = series.ends().last().unwrap();
            assert!(end > at(last) && end <= at(last).plus(series.width), "{last}");
        }
    }

    #[test]
    fn a_clock_that_jumps_makes_neither_many_buckets_nor_a_fault() {
        let mut far = series([0, 1, 2]);
        far.reach(Timestamp::from_micros(i64::MAX)).0 += 1;
        assert!(far.held.len() <= BUCKETS_MAX, "{}", far.held.len());
        let mut back = series([5]);
        back.reach(at(0)).0 += 1;
        back.reach(Timestamp::from_micros(i64::MIN)).0 += 1;
        assert_eq!(back.held, [Sum(3)]);
    }
}
