//! A series over time that leaves out where nothing happened for long.
//!
//! A retry on the next morning is minutes of two days: in buckets of the same width, and on one
//! axis, nothing would be seen of either run.

use std::time::Duration;

use crate::domain::Timestamp;

use super::buckets::{BUCKETS_MAX, Bucket, Buckets};

/// Most stretches. A batch with more pauses goes slowly, and is one stretch from then on: its
/// pauses are what there is to see.
const STRETCHES_MAX: usize = 7;

/// Stretches one after the other, each a series from its own first instant on. All of them together
/// have no more buckets than one series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretches<B> {
    /// Of a bucket, at least.
    width: Duration,
    held: Vec<Buckets<B>>,
    /// What comes next begins another one.
    is_paused: bool,
    /// There were too many.
    is_whole: bool,
}

impl<B: Bucket> Stretches<B> {
    /// None; no bucket is narrower than `width`.
    pub(super) const fn new(width: Duration) -> Self {
        Self { width, held: Vec::new(), is_paused: false, is_whole: false }
    }

    /// Nothing has happened for long: what comes next begins another stretch.
    pub(super) fn pause(&mut self) {
        self.is_paused = !self.held.is_empty() && !self.is_whole;
    }

    /// The bucket of an instant, which the series reaches from then on.
    pub(super) fn reach(&mut self, at: Timestamp) -> &mut B {
        self.current().reach(at)
    }

    /// The last bucket, also for an instant that lies before it.
    pub(super) fn reach_last(&mut self, at: Timestamp) -> &mut B {
        self.current().reach_last(at)
    }

    /// When the last stretch begins.
    pub(super) fn base(&self) -> Option<Timestamp> {
        self.held.last().and_then(Buckets::origin)
    }

    fn current(&mut self) -> &mut Buckets<B> {
        if std::mem::take(&mut self.is_paused) || self.held.is_empty() {
            if self.held.len() == STRETCHES_MAX {
                self.join();
            } else {
                self.held.push(Buckets::new(self.width));
                let most = BUCKETS_MAX / self.held.len();
                self.held.iter_mut().for_each(|stretch| stretch.hold_at_most(most));
            }
        }
        self.held.last_mut().expect("there is one by now")
    }

    fn join(&mut self) {
        // None of them is torn apart.
        let width = self.held.iter().map(Buckets::width).max().unwrap_or(self.width);
        let mut whole: Buckets<B> = Buckets::new(width);
        for stretch in &self.held {
            for (end, bucket) in stretch.ends() {
                let joined: &mut B = whole.reach(end.minus(stretch.width()));
                *joined = joined.joined(bucket);
            }
        }
        self.held = vec![whole];
        self.is_whole = true;
    }

    /// When the first stretch begins; none where nothing has happened.
    pub fn origin(&self) -> Option<Timestamp> {
        self.held.first().and_then(Buckets::origin)
    }

    /// Whether nothing has happened for long after the last stretch.
    pub const fn is_over(&self) -> bool {
        self.is_paused
    }

    /// Each of them, in the order of time.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Buckets<B>> {
        self.held.iter()
    }

    /// Each bucket of all of them with the instant at which it ends.
    pub fn ends(&self) -> impl Iterator<Item = (Timestamp, &B)> {
        self.held.iter().flat_map(Buckets::ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::course::buckets::tests::{Sum, at};

    const DAY: u64 = 86_400;

    /// Ten minutes of it each day.
    fn days(days: u64) -> Stretches<Sum> {
        let mut series = Stretches::<Sum>::new(Duration::from_secs(1));
        for day in 0..days {
            series.pause();
            (0..600).for_each(|second| series.reach(at(day * DAY + second)).0 += 1);
        }
        series
    }

    #[test]
    fn each_stretch_has_buckets_of_its_own_and_all_of_them_no_more_than_one_series() {
        for count in 1..=7 {
            let series = days(count);
            assert_eq!(series.iter().count() as u64, count);
            for (day, stretch) in (0..).zip(series.iter()) {
                assert_eq!(stretch.origin(), Some(at(day * DAY)));
                assert!(stretch.width() <= Duration::from_secs(600 * count / 100), "{count}");
                let sum: u64 = stretch.ends().map(|(_, bucket)| bucket.0).sum();
                assert_eq!(sum, 600);
            }
            assert!(series.ends().count() <= BUCKETS_MAX, "{count}");
        }
    }

    #[test]
    fn with_more_pauses_than_are_left_out_it_is_one_series_and_keeps_its_sum() {
        let series = days(12);
        assert_eq!(series.iter().count(), 1);
        assert_eq!(series.origin(), Some(at(0)));
        let sum: u64 = series.ends().map(|(_, bucket)| bucket.0).sum();
        assert_eq!(sum, 12 * 600);
        let (end, _) = series.ends().last().unwrap();
        assert!(end > at(11 * DAY + 599) && end <= at(12 * DAY), "{end:?}");
        // Each day's is on its day.
        for day in 0..12 {
            let of_the_day = series
                .ends()
                .filter(|(end, _)| *end > at(day * DAY) && *end <= at((day + 1) * DAY))
                .map(|(_, bucket)| bucket.0);
            assert_eq!(of_the_day.sum::<u64>(), 600, "{day}");
        }
    }

    #[test]
    fn a_pause_before_the_first_and_after_the_last_begins_nothing() {
        let mut series = Stretches::<Sum>::new(Duration::from_secs(1));
        series.pause();
        assert!(!series.is_over());
        series.reach(at(5)).0 += 1;
        series.pause();
        assert!(series.is_over());
        series.pause();
        assert_eq!((series.iter().count(), series.origin()), (1, Some(at(5))));
        series.reach(at(DAY)).0 += 1;
        assert!(!series.is_over());
    }
}
