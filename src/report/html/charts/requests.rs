//! How many requests went out a minute, below the limits.

use std::time::Duration;

use maud::{Markup, html};

use crate::domain::{Timestamp, Window};
use crate::report::course::Requests;
use crate::report::html::batch_view::BatchView;
use crate::reporter::{Zone, lasting, thousands};

use super::figure::{Figure, LegendEntry, Numbers, nothing};
use super::plot::{Plot, Units, real, whole};

const TITLE: &str = "Requests a minute";

/// A limit that is this many times what was sent is told, and not drawn: beside it nothing else
/// would be seen. The limits of Defender always are.
const DRAWN_MAX: f64 = 20.0;
const ALWAYS_DRAWN: f64 = 100.0;

pub(in crate::report::html) fn requests(view: &BatchView, zone: &Zone) -> Markup {
    let series = view.course.requests();
    let Some(from) = series.origin() else {
        return nothing(TITLE, "No request has been sent yet.");
    };
    let minutes = series.width().as_secs_f64() / 60.0;
    let buckets: Vec<(Timestamp, Requests)> =
        series.ends().map(|(end, bucket)| (end, *bucket)).collect();
    let busiest = buckets.iter().map(|(_, bucket)| bucket.busiest).max().unwrap_or(0);
    let end = buckets.last().map_or(from, |(end, _)| *end);
    let to = if view.status.running { view.status.at.max(end) } else { end };
    let limits: Vec<(Window, f64)> =
        view.status.windows.iter().map(|usage| (usage.window, a_minute(usage.window))).collect();
    let is_drawn = |limit: f64| limit <= ALWAYS_DRAWN.max(real(busiest) * DRAWN_MAX);
    let drawn = limits.iter().filter(|(_, limit)| is_drawn(*limit));
    let most = drawn.clone().map(|(_, limit)| *limit).fold(real(busiest), f64::max);
    let plot = Plot::new(from, to, most);
    let inside = html! {
        @for (end, bucket) in &buckets {
            (bar(&plot, "busiest", (*end, series.width()), real(bucket.busiest)))
            (bar(&plot, "requests", (*end, series.width()), real(bucket.sent) / minutes))
        }
        @for (_, limit) in drawn { (plot.level("limit", *limit)) }
    };
    let mut legend = vec![LegendEntry { class: "requests", words: "requests a minute".to_owned() }];
    if series.width() > Duration::from_mins(1) {
        let words = format!("busiest minute of each {}", lasting(series.width()));
        legend.push(LegendEntry { class: "busiest", words });
    }
    legend.extend(limits.iter().map(|(window, limit)| LegendEntry {
        class: "limit",
        words: limit_words(*window, *limit, is_drawn(*limit)),
    }));
    let sent: u64 = buckets.iter().map(|(_, bucket)| bucket.sent).sum();
    let caption = format!(
        "{} requests, at most {} in one minute, from {} on.",
        thousands(sent),
        thousands(busiest),
        zone.dated(from)
    );
    Figure {
        title: TITLE,
        caption,
        drawing: plot.drawing("Requests a minute, over time, with the limits", zone, &inside),
        legend,
        numbers: numbers(&buckets, minutes, zone),
    }
    .to_markup()
}

fn bar(plot: &Plot, class: &str, (end, width): (Timestamp, Duration), number: f64) -> Markup {
    let (left, right) = (plot.x(end.minus(width)).0, plot.x(end.min(plot.to())).0);
    let (top, base) = (plot.y(number).0, plot.y(0.0).0);
    // A gap between bars, where there is room for one.
    let width = if right - left > 4.0 { right - left - 1.0 } else { right - left };
    html! {
        @if number > 0.0 {
            rect class=(class) x=(Units(left)) y=(Units(top)) width=(Units(width.max(0.5)))
                height=(Units(base - top)) {}
        }
    }
}

/// How many calls a minute a limit is on average.
fn a_minute(window: Window) -> f64 {
    f64::from(window.limit()) * 60.0 / window.duration().as_secs_f64()
}

fn limit_words(window: Window, a_minute: f64, is_drawn: bool) -> String {
    let average = if a_minute < 10.0 { format!("{a_minute:.1}") } else { whole(a_minute) };
    let calls = thousands(u64::from(window.limit()));
    let words = if window.duration() == Duration::from_mins(1) {
        format!("limit: {calls} a minute")
    } else if window.duration() == Duration::from_hours(1) {
        format!("limit: {calls} an hour, {average} a minute on average")
    } else {
        format!("limit: {window}, {average} a minute on average")
    };
    if is_drawn { words } else { format!("{words} (far above, not drawn)") }
}

fn numbers(buckets: &[(Timestamp, Requests)], minutes: f64, zone: &Zone) -> Numbers {
    let row = |(end, bucket): &(Timestamp, Requests)| {
        let average = format!("{:.1}", real(bucket.sent) / minutes);
        vec![zone.dated(*end), thousands(bucket.sent), average, thousands(bucket.busiest)]
    };
    Numbers {
        columns: vec!["until", "requests", "a minute", "busiest minute"],
        rows: buckets.iter().map(row).collect(),
    }
}
