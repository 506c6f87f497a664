//! The spans of time that a chart shows, and what it says of those that it leaves out.

use crate::domain::Timestamp;
use crate::report::{Bucket, Stretches};
use crate::reporter::{Zone, lasting};

use super::figure::LegendEntry;
use super::plot::TimeSpan;

/// Of each stretch of a series; the last one goes on until `to`.
pub(super) fn spans<B: Bucket>(series: &Stretches<B>, to: Timestamp) -> Vec<TimeSpan> {
    let mut spans: Vec<TimeSpan> = Vec::new();
    for stretch in series.iter().rev() {
        let Some(from) = stretch.origin() else { continue };
        // A wide bucket may reach into the next stretch.
        let end = stretch.ends().last().map_or(from, |(end, _)| end);
        let end = spans.last().map_or(to, |(next, _)| end.min(*next));
        spans.push((from, end));
    }
    spans.reverse();
    spans
}

/// A sentence about what is left out, and why; empty where nothing is.
pub(super) fn left_out(spans: &[TimeSpan], why: &str, zone: &Zone) -> String {
    let gap = |pair: &[TimeSpan]| {
        let (from, to) = (pair[0].1, pair[1].0);
        format!("{} to {} ({})", zone.dated(from), zone.dated(to), lasting(to.since(from)))
    };
    let gaps: Vec<String> = spans.windows(2).map(gap).collect();
    if gaps.is_empty() {
        return String::new();
    }
    format!(" Left out, since {why}: {}.", gaps.join(", "))
}

/// What the stripes of a chart are; none where it has none.
pub(super) fn stripes(spans: &[TimeSpan], why: &str) -> Option<LegendEntry> {
    let words = format!("time that is left out: {why}");
    (spans.len() > 1).then_some(LegendEntry { class: "idle", words })
}
