//! A run in Prometheus' text format, as the textfile collector of `node_exporter` takes it: HELP
//! and TYPE once a name, and no timestamps.

use std::fmt::Write as _;

use crate::domain::{BatchId, End, State, Timestamp};
use crate::event::{Snapshot, Usage, WaitReason};

/// When and how a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunEnd {
    pub(super) at: Timestamp,
    pub(super) end: End,
}

/// One name with its series.
struct Metric {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    /// Labels beside that of the batch, and the value.
    series: Vec<(String, f64)>,
}

impl Metric {
    fn gauge(name: &'static str, help: &'static str, series: Vec<(String, f64)>) -> Self {
        Self { name, kind: "gauge", help, series }
    }

    fn one(name: &'static str, help: &'static str, value: f64) -> Self {
        Self::gauge(name, help, vec![(String::new(), value)])
    }

    fn counter(name: &'static str, help: &'static str, value: u64) -> Self {
        let series = vec![(String::new(), number(value))];
        Self { name, kind: "counter", help, series }
    }

    fn write(&self, batch: BatchId, text: &mut String) {
        let Self { name, kind, help, series } = self;
        if series.is_empty() {
            return;
        }
        let name = format!("mde_offboard_{name}");
        let mut line = |line: String| text.write_str(&(line + "\n")).expect("a text takes it");
        line(format!("# HELP {name} {help}"));
        line(format!("# TYPE {name} {kind}"));
        for (labels, value) in series {
            let more = if labels.is_empty() { String::new() } else { format!(",{labels}") };
            line(format!("{name}{{batch=\"{batch}\"{more}}} {value}"));
        }
    }
}

pub(super) fn metrics_text(batch: BatchId, snapshot: &Snapshot, end: Option<RunEnd>) -> String {
    let mut text = String::new();
    progress(snapshot)
        .iter()
        .chain(&times(snapshot, end))
        .for_each(|it| it.write(batch, &mut text));
    text
}

/// How much of it is done, and under which limits.
fn progress(snapshot: &Snapshot) -> Vec<Metric> {
    let state = |state: State| (label("state", state.word()), number(snapshot.counts.of(state)));
    let window = |value: fn(&Usage) -> u32| {
        let of =
            |usage: &Usage| (label("window", &usage.window.to_string()), f64::from(value(usage)));
        snapshot.windows.iter().map(of).collect()
    };
    vec![
        Metric::gauge(
            "machines",
            "Machines of the batch by state.",
            State::ALL.into_iter().map(state).collect(),
        ),
        Metric::counter(
            "attempts_total",
            "Requests to offboard a machine that this run has begun.",
            snapshot.posts,
        ),
        Metric::counter(
            "rate_limited_total",
            "Answers with status 429 since this run began.",
            snapshot.rate_limited,
        ),
        Metric::one(
            "requests_in_flight",
            "Requests that wait for an answer.",
            number(snapshot.in_flight as u64),
        ),
        Metric::gauge(
            "window_used",
            "Requests that take a place in a rate limit now.",
            window(|usage| usage.used),
        ),
        Metric::gauge(
            "window_limit",
            "Requests that a rate limit admits.",
            window(|usage| usage.window.limit()),
        ),
    ]
}

/// What it waits for, and its signs of life.
fn times(snapshot: &Snapshot, end: Option<RunEnd>) -> Vec<Metric> {
    let seconds = |at: Timestamp| Vec::from([(String::new(), seconds(at))]);
    let optional = |at: Option<Timestamp>| at.map(seconds).unwrap_or_default();
    let waits_for = snapshot.waiting.as_ref().map(|wait| wait.reason.word());
    let waiting = |word: &&'static str| {
        (label("reason", word), if waits_for == Some(*word) { 1.0 } else { 0.0 })
    };
    let ended = end.map(|end| (label("end", end.end.word()), 1.0));
    vec![
        Metric::gauge(
            "waiting",
            "1 for the reason for which nothing is sent right now.",
            WaitReason::WORDS.iter().map(waiting).collect(),
        ),
        Metric::gauge(
            "waiting_until_timestamp_seconds",
            "Until when it waits; missing where it does not.",
            optional(snapshot.waiting.as_ref().map(|wait| wait.until)),
        ),
        Metric::gauge(
            "last_request_timestamp_seconds",
            "When the last request to offboard a machine began; missing where this run sent none.",
            optional(snapshot.last_post_at),
        ),
        Metric::gauge(
            "forecast_last_request_timestamp_seconds",
            "When the last request is expected to go out; missing where all are sent.",
            optional(snapshot.prospect.map(|prospect| prospect.last_send_at)),
        ),
        Metric::gauge(
            "heartbeat_timestamp_seconds",
            "When this was written, at least every 15 seconds while the run lives.",
            seconds(end.map_or(snapshot.at, |end| end.at)),
        ),
        Metric::gauge(
            "end_timestamp_seconds",
            "When the run ended; 0 while it lives.",
            end.map_or_else(|| vec![(String::new(), 0.0)], |end| seconds(end.at)),
        ),
        Metric::gauge(
            "end",
            "1 for how the run ended; missing while it lives.",
            Vec::from_iter(ended),
        ),
    ]
}

fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53; no batch has as many machines")]
const fn number(value: u64) -> f64 {
    value as f64
}

fn seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact for the next 250 years")]
    let micros = at.as_micros() as f64;
    micros / 1e6
}
