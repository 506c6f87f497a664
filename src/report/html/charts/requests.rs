//! How many requests went out a minute, below the limits.

use std::time::Duration;

use maud::{Markup, html};

use crate::domain::{Timestamp, Window};
use crate::report::course::{Buckets, Requests};
use crate::report::html::batch_view::BatchView;
use crate::reporter::{Zone, lasting, thousands};

use super::figure::{Figure, LegendEntry, Numbers, nothing};
use super::plot::{Plot, Units, real, whole};
use super::spans::{left_out, spans, stripes};

const TITLE: &str = "Requests a minute";

/// Why time is left out.
const IDLE: &str = "nothing was sent";

/// A limit that is this many times what was sent is told, and not drawn: beside it nothing else
/// would be seen. The limits of Defender always are.
const DRAWN_MAX: f64 = 20.0;
const ALWAYS_DRAWN: f64 = 100.0;

const MINUTE: Duration = Duration::from_mins(1);

pub(in crate::report::html) fn requests(view: &BatchView, zone: &Zone) -> Markup {
    let series = view.course.requests();
    let Some(from) = series.origin() else {
        return nothing(TITLE, "No request has been sent yet.");
    };
    let of_stretch = |stretch: &Buckets<Requests>| {
        let width = stretch.width();
        stretch.ends().map(move |(end, bucket)| Bar { end, width, held: *bucket }).collect()
    };
    let bars: Vec<Bar> = series.iter().flat_map::<Vec<Bar>, _>(of_stretch).collect();
    let busiest = bars.iter().map(|bar| bar.held.busiest).max().unwrap_or(0);
    let widest = bars.iter().map(|bar| bar.width).max().unwrap_or_default();
    let end = bars.last().map_or(from, |bar| bar.end);
    let to = if view.status.running { view.status.at.max(end) } else { end };
    let limits: Vec<(Window, f64)> =
        view.status.windows.iter().map(|usage| (usage.window, a_minute(usage.window))).collect();
    let is_drawn = |limit: f64| limit <= ALWAYS_DRAWN.max(real(busiest) * DRAWN_MAX);
    let drawn = limits.iter().filter(|(_, limit)| is_drawn(*limit));
    let most = drawn.clone().map(|(_, limit)| *limit).fold(real(busiest), f64::max);
    let spans = spans(series, to);
    let plot = Plot::new(&spans, most);
    let inside = html! {
        @for bar in &bars {
            (bar.drawn(&plot, "busiest", real(bar.held.busiest)))
            (bar.drawn(&plot, "requests", bar.a_minute()))
        }
        @for (_, limit) in drawn { (plot.level("limit", *limit)) }
    };
    let mut legend = vec![LegendEntry { class: "requests", words: "requests a minute".to_owned() }];
    if widest > MINUTE {
        let words = format!("busiest minute of each {}", lasting(widest));
        legend.push(LegendEntry { class: "busiest", words });
    }
    legend.extend(limits.iter().map(|(window, limit)| LegendEntry {
        class: "limit",
        words: limit_words(*window, *limit, is_drawn(*limit)),
    }));
    legend.extend(stripes(&spans, IDLE));
    let sent: u64 = bars.iter().map(|bar| bar.held.sent).sum();
    let caption = format!(
        "{} requests, at most {} in one minute, from {} on.",
        thousands(sent),
        thousands(busiest),
        zone.dated(from)
    ) + &left_out(&spans, IDLE, zone);
    Figure {
        title: TITLE,
        caption,
        drawing: plot.drawing("Requests a minute, over time, with the limits", zone, &inside),
        legend,
        numbers: numbers(&bars, zone),
    }
    .to_markup()
}

/// The requests of a bucket.
struct Bar {
    end: Timestamp,
    width: Duration,
    held: Requests,
}

impl Bar {
    /// On average.
    fn a_minute(&self) -> f64 {
        real(self.held.sent) * MINUTE.as_secs_f64() / self.width.as_secs_f64()
    }

    fn drawn(&self, plot: &Plot, class: &str, number: f64) -> Markup {
        let left = plot.x(self.end.minus(self.width)).0;
        // In the piece in which it begins.
        let right = plot.end_of((self.end.minus(self.width), self.end)).0;
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
}

/// How many calls a minute a limit is on average.
fn a_minute(window: Window) -> f64 {
    f64::from(window.limit()) * 60.0 / window.duration().as_secs_f64()
}

fn limit_words(window: Window, a_minute: f64, is_drawn: bool) -> String {
    let average = if a_minute < 10.0 { format!("{a_minute:.1}") } else { whole(a_minute) };
    let calls = thousands(u64::from(window.limit()));
    let words = if window.duration() == MINUTE {
        format!("limit: {calls} a minute")
    } else if window.duration() == Duration::from_hours(1) {
        format!("limit: {calls} an hour, {average} a minute on average")
    } else {
        format!("limit: {window}, {average} a minute on average")
    };
    if is_drawn { words } else { format!("{words} (far above, not drawn)") }
}

fn numbers(bars: &[Bar], zone: &Zone) -> Numbers {
    let row = |bar: &Bar| {
        let (sent, busiest) = (thousands(bar.held.sent), thousands(bar.held.busiest));
        vec![zone.dated(bar.end), sent, format!("{:.1}", bar.a_minute()), busiest]
    };
    Numbers {
        columns: vec!["until", "requests", "a minute", "busiest minute"],
        rows: bars.iter().map(row).collect(),
    }
}
