//! The events that a person should see by themselves, in words.

use crate::domain::Detail;
use crate::domain::text::in_line;
use crate::event::{Event, Happening};

use super::Heading;

/// Whether any screen has a line for it.
pub(super) const fn has_a_line(what: &Happening) -> bool {
    match what {
        Happening::BatchStarted { .. }
        | Happening::Rejected { .. }
        | Happening::Uncertain { .. }
        | Happening::Held { .. }
        | Happening::Skipped { .. }
        | Happening::ListsDistrusted { .. }
        | Happening::RateLimited { .. }
        | Happening::GuardTripped { .. }
        | Happening::Stopping { .. }
        | Happening::BatchEnded { .. } => true,
        Happening::Submitted { .. }
        | Happening::Retrying { .. }
        | Happening::Reconciled { .. }
        | Happening::ActionUpdated { .. }
        | Happening::Waiting { .. } => false,
    }
}

/// A line for the events that are worth one: something went wrong, or the run is stopping.
pub(super) fn notable(event: &Event, heading: &Heading) -> Option<String> {
    let clock = heading.zone.clock(event.at);
    let machine = match (&event.name, event.machine) {
        (Some(name), _) => in_line(name).into_owned(),
        (None, Some(id)) => id.to_string(),
        (None, None) => String::new(),
    };
    let near = |at| heading.zone.near(at, event.at);
    let when = |at| heading.zone.when(at, event.at);
    let said = match &event.what {
        Happening::Rejected { detail } => format!("{machine}  rejected: {}", words(detail)),
        Happening::Held { detail } => {
            format!("{machine}  held, decide with `resolve`: {}", words(detail))
        }
        Happening::Skipped { reason } => {
            format!("{machine}  left alone: in the tenant it is {} now", reason.word())
        }
        Happening::Uncertain { look_at, detail } => {
            format!("{machine}  uncertain: {}; looked up {}", words(detail), when(*look_at))
        }
        Happening::RateLimited { until, detail } => {
            format!("429, nothing is sent until {}: {}", near(*until), words(detail))
        }
        Happening::GuardTripped { why, .. } => format!("a guard stopped the run: {why}"),
        Happening::ListsDistrusted { why } => {
            format!("from now on a request that stays in doubt is held, not sent again: {why}")
        }
        Happening::Stopping { .. } => return stopping(event, heading),
        Happening::BatchStarted { .. }
        | Happening::Submitted { .. }
        | Happening::Retrying { .. }
        | Happening::Reconciled { .. }
        | Happening::ActionUpdated { .. }
        | Happening::Waiting { .. }
        | Happening::BatchEnded { .. } => return None,
    };
    Some(format!("{clock} ! {said}"))
}

/// What was seen, with its code; a line has no room for the status beside it.
fn words(detail: &Detail) -> String {
    match &detail.code {
        Some(code) => format!("{} ({code})", detail.message),
        None => detail.to_string(),
    }
}

/// What a stopping run says to the person who pressed Ctrl-C.
fn stopping(event: &Event, heading: &Heading) -> Option<String> {
    let Happening::Stopping { why, in_flight } = &event.what else { return None };
    Some(format!(
        "{} Stopping ({why}): no new requests; {in_flight} in progress, at most {}.\n\
         Ctrl-C again leaves at once (also safe).",
        heading.zone.clock(event.at),
        super::lasting(heading.request_timeout)
    ))
}
