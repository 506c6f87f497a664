//! The events that a person should see by themselves, in words.

use crate::domain::text::in_line;
use crate::domain::{Detail, State};
use crate::event::{Event, Happening};

use super::heading::Heading;
use super::words::gap_words;

/// Whether it concerns one machine, or one answer: of these there may be more than can be read.
pub(super) const fn is_about_a_machine(what: &Happening) -> bool {
    !matches!(
        what,
        Happening::GuardTripped { .. }
            | Happening::ListsDistrusted { .. }
            | Happening::Stopping { .. }
            | Happening::ClockGap(_)
            | Happening::BatchStarted { .. }
            | Happening::BatchEnded { .. }
    )
}

/// A line for the events that are worth one: something went wrong, or the run is stopping.
pub(super) fn notable(event: &Event, heading: &Heading) -> Option<String> {
    let clock = heading.zone.clock(event.at);
    let machine = match (&event.name, event.machine) {
        (Some(name), _) => name.clone(),
        (None, Some(id)) => id.to_string(),
        (None, None) => String::new(),
    };
    let near = |at| heading.zone.near(at, event.at);
    let when = |at| heading.zone.when(at, event.at);
    let said = match &event.what {
        Happening::Rejected { detail } => format!("{machine}  refused: {}", words(detail)),
        Happening::Retrying { not_before, detail } => {
            format!("{machine}  tried again {}: {}", when(*not_before), words(detail))
        }
        Happening::ActionUpdated { state, status, .. } => match state {
            State::Failed => format!("{machine}  failed: the machine reported an error"),
            State::TimedOut => format!("{machine}  timed out: it did not connect in time"),
            State::Cancelled => format!("{machine}  cancelled at Defender ({})", status.word()),
            _ => return None,
        },
        Happening::Held { detail } => {
            format!("{machine}  held, decide with `resolve`: {}", words(detail))
        }
        Happening::Skipped { reason } => {
            format!("{machine}  left alone: in the tenant it is {} now", reason.word())
        }
        Happening::Uncertain { look_at, detail } => {
            format!("{machine}  in doubt: {}; looked up {}", words(detail), when(*look_at))
        }
        Happening::RateLimited { until, detail } => {
            format!("429, nothing is sent until {}: {}", near(*until), words(detail))
        }
        Happening::ClockGap(gap) => {
            return Some(format!("{clock} {}", gap_words(gap, &heading.zone)));
        }
        Happening::GuardTripped { why, .. } => format!("a guard stopped the run: {why}"),
        Happening::ListsDistrusted { why } => {
            format!("from now on a request that stays in doubt is held, not sent again: {why}")
        }
        Happening::Stopping { why, .. } => {
            let why = in_line(heading.zone.until_here(why).as_ref()).into_owned();
            return Some(format!("{clock} stopping: {why}"));
        }
        Happening::BatchStarted { .. }
        | Happening::Submitted { .. }
        | Happening::Reconciled { .. }
        | Happening::Waiting { .. }
        | Happening::BatchEnded { .. } => return None,
    };
    // Also a reason: it may quote what a server said.
    Some(format!("{clock} ! {}", in_line(&said)))
}

/// What was seen, with its code; a line has no room for the status beside it.
fn words(detail: &Detail) -> String {
    match &detail.code {
        Some(code) => format!("{} ({code})", detail.message),
        None => detail.to_string(),
    }
}
