//! What a run does at the moment, in a sentence, with what may be left out of it.

use crate::domain::State;
use crate::domain::text::plural;
use crate::event::{Wait, WaitReason};
use crate::reporter::Heading;
use crate::reporter::words::{lasting, left_words, thousands, used_up, waiting_words};

use super::moment::Moment;

/// What a sentence can do without, at its end.
const TAILS: [&str; 3] = [
    "; another tool may be using this app's quota",
    ". You may close the program and resume later",
    " before anything is sent again",
];

/// Said only while nothing is wrong.
const CALM: &str = "; nothing is wrong";

/// What the run does, from the long form to the short one.
pub(super) fn doing(heading: &Heading, moment: &Moment<'_>) -> Vec<String> {
    if moment.stopping_since.is_some() {
        return vec![stopping(heading, moment)];
    }
    let snapshot = moment.snapshot;
    let Some(wait) = &snapshot.waiting else { return vec![requests(moment)] };
    if wait.reason == WaitReason::Actions && left_words(&snapshot.counts).is_empty() {
        let until = heading.zone.near_minute(wait.until, snapshot.at);
        let pending = thousands(wait.machines);
        let others = if snapshot.counts.total() > wait.machines { "the other " } else { "" };
        return vec![format!("following {others}{pending} until {until}")];
    }
    let mut sentence =
        format!("waiting: {}", waiting_words(wait, &snapshot.counts, snapshot.at, &heading.zone));
    if let Some(why) = moment.retried_because.filter(|_| is_for_retries(wait)) {
        sentence = format!("{sentence}: {why}");
    }
    if let WaitReason::Window(window) = wait.reason {
        let until = heading.zone.near(wait.until, snapshot.at);
        let short = format!("waiting until {until}: {}", used_up(window));
        let calm = moment.is_calm.then(|| format!("{sentence}{CALM}"));
        return calm.into_iter().chain([sentence, short]).collect();
    }
    match TAILS.iter().find_map(|tail| sentence.strip_suffix(tail)) {
        Some(short) => vec![sentence.clone(), short.to_owned()],
        None => vec![sentence],
    }
}

fn is_for_retries(wait: &Wait) -> bool {
    wait.reason == WaitReason::Backoff && wait.machines > 0
}

/// What a stopping run says to the person who pressed Ctrl-C.
fn stopping(heading: &Heading, moment: &Moment<'_>) -> String {
    let snapshot = moment.snapshot;
    let since = moment.stopping_since.map_or(snapshot.at, |since| since);
    let left = heading.request_timeout.saturating_sub(snapshot.at.since(since));
    let in_flight = thousands(snapshot.in_flight as u64);
    format!(
        "stopping: no new requests; {in_flight} in flight, at most {} more. Ctrl-C again leaves at \
         once (also safe)",
        lasting(left)
    )
}

/// What it does while it waits for nothing that is worth telling.
fn requests(moment: &Moment<'_>) -> String {
    let snapshot = moment.snapshot;
    let (number, sent) = (snapshot.in_flight as u64, snapshot.counts.of(State::Sending));
    if number == 0 {
        return "no request in flight at the moment".to_owned();
    }
    if moment.has_tripped && sent > 0 {
        return format!("a guard tripped: no new requests; {} in flight", thousands(sent));
    }
    let doing = if sent > 0 { "sending" } else { "asking Defender" };
    let words = plural(number, "request", "requests");
    format!("{doing}: {} {words} in flight", thousands(number))
}
