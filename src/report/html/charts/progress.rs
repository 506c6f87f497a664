//! How far the batch was when, and when it is expected to be sent.

use maud::{Markup, html};

use crate::domain::{Counts, State, Timestamp};
use crate::report::html::batch_view::BatchView;
use crate::reporter::{Sent, Zone, thousands};

use super::figure::{Figure, LegendEntry, Numbers, nothing};
use super::plot::{Plot, Polyline, TimeSpan, real};
use super::spans::{left_out, spans, stripes};

const TITLE: &str = "Progress";

/// Why time is left out.
const IDLE: &str = "nothing changed";

/// A line of the chart: its class, its name, and what it counts.
type Curve<'a> = (&'static str, &'static str, &'a dyn Fn(&Counts) -> u64);

pub(in crate::report::html) fn progress(view: &BatchView, zone: &Zone) -> Markup {
    let status = &view.status;
    let sent = |counts: &Counts| {
        let sent = if status.running { Sent::from(counts) } else { Sent::at_rest(counts) };
        sent.sent
    };
    let ended = |counts: &Counts| counts.settled() - counts.of(State::Skipped);
    let curves: [Curve<'_>; 4] = [
        ("sent", "sent", &sent),
        ("accepted", "accepted", &Counts::accepted),
        ("ended", "ended", &ended),
        ("bad", "of them unsuccessful", &Counts::unsuccessful),
    ];
    let series = view.course.progress();
    let Some(from) = series.origin() else {
        return nothing(TITLE, "Nothing has been sent yet.");
    };
    // What is noted of a batch long after its end is not drawn.
    let last = if series.is_over() { series.ends().last().map(|(end, _)| end) } else { None };
    let last = last.or_else(|| view.course.last_at()).unwrap_or(from);
    let now = if status.running { status.at } else { last };
    let counts = view.course.counts();
    let Sent { of, .. } = Sent::from(counts);
    let prospect = status.forecast.filter(|_| status.running).map(|forecast| forecast.prospect);
    let end = prospect.map(|prospect| prospect.latest_send_at.unwrap_or(prospect.last_send_at));
    let drawn = spans(series, now.max(end.unwrap_or(now)));
    let plot = Plot::new(&drawn, real(of));
    let band = prospect.map(|prospect| {
        let so_far = (now, sent(counts));
        band(&plot, so_far, of, (prospect.last_send_at, prospect.latest_send_at))
    });
    let inside = html! {
        (band.unwrap_or_default())
        @for (class, _, count) in curves {
            polyline class=(class) points=(line(&plot, view, &drawn, now, count)) {}
        }
    };
    let mut legend: Vec<LegendEntry> = curves
        .iter()
        .map(|(class, name, count)| LegendEntry {
            class,
            words: format!("{name} {}", thousands(count(counts))),
        })
        .collect();
    legend.extend(prospect.map(|_| LegendEntry {
        class: "band",
        words: format!("forecast: {}", forecast_words(view, zone)),
    }));
    legend.extend(stripes(&drawn, IDLE));
    Figure {
        title: TITLE,
        caption: caption(view, &curves, (from, now), zone) + &left_out(&drawn, IDLE, zone),
        drawing: plot.drawing(
            "Machines that were sent, accepted and ended, over time",
            zone,
            &inside,
        ),
        legend,
        numbers: numbers(view, &curves, now, zone),
    }
    .to_markup()
}

/// From nothing at the first instant to the last bucket, which ends now; level where time is left
/// out.
fn line(
    plot: &Plot,
    view: &BatchView,
    drawn: &[TimeSpan],
    now: Timestamp,
    count: &dyn Fn(&Counts) -> u64,
) -> Polyline {
    let mut line = Polyline::default();
    let mut level = 0.0;
    for (stretch, (from, to)) in view.course.progress().iter().zip(drawn) {
        line.to((plot.x(*from), plot.y(level)));
        for (end, counts) in stretch.ends() {
            level = real(count(counts));
            line.to((plot.x(end.min(*to).min(now)), plot.y(level)));
        }
    }
    line.to((plot.x(now), plot.y(real(count(view.course.counts())))));
    line
}

/// From where the sending is now to when all is expected to be sent, and to when it may be.
fn band(
    plot: &Plot,
    (now, sent): (Timestamp, u64),
    of: u64,
    (last, latest): (Timestamp, Option<Timestamp>),
) -> Markup {
    let here = (plot.x(now), plot.y(real(sent)));
    let there = (plot.x(last), plot.y(real(of)));
    let (mut area, mut line) = (Polyline::default(), Polyline::default());
    area.to(here);
    area.to(there);
    area.to((plot.x(latest.unwrap_or(last)), plot.y(real(of))));
    line.to(here);
    line.to(there);
    html! {
        polygon class="band" points=(area) {}
        polyline class="expected" points=(line) {}
    }
}

fn forecast_words(view: &BatchView, zone: &Zone) -> String {
    let Some(forecast) = view.status.forecast else { return String::new() };
    let at = |at| zone.near_minute(at, view.status.at);
    let last = at(forecast.prospect.last_send_at);
    match forecast.prospect.latest_send_at {
        Some(latest) => format!("all sent {last} to {}", at(latest)),
        None => format!("all sent {last}"),
    }
}

fn caption(
    view: &BatchView,
    curves: &[Curve<'_>],
    (from, now): (Timestamp, Timestamp),
    zone: &Zone,
) -> String {
    let counts = view.course.counts();
    let Sent { of, .. } = Sent::from(counts);
    let part = |(_, name, count): &Curve<'_>| format!("{} {name}", thousands(count(counts)));
    let parts: Vec<String> = curves.iter().map(part).collect();
    let span = format!("{} to {} {}", zone.dated(from), zone.dated(now), zone.name(now));
    format!("Of {} machines: {}; from {span}.", thousands(of), parts.join(", "))
}

fn numbers(view: &BatchView, curves: &[Curve<'_>], now: Timestamp, zone: &Zone) -> Numbers {
    let mut columns = vec!["until"];
    columns.extend(curves.iter().map(|(_, name, _)| *name));
    let row = |(end, counts): (Timestamp, &Counts)| {
        let cells = curves.iter().map(|(_, _, count)| thousands(count(counts)));
        std::iter::once(zone.dated(end.min(now))).chain(cells).collect()
    };
    Numbers { columns, rows: view.course.progress().ends().map(row).collect() }
}
