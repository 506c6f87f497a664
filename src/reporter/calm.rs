//! Whether nothing is wrong, going by the answers of the last minutes.

use std::time::Duration;

use crate::domain::{State, Timestamp};
use crate::event::{Happening, Snapshot};

/// For how long an answer that was a refusal or an error is remembered.
const REMEMBERED: Duration = Duration::from_mins(10);

/// When answers came, good ones and others.
#[derive(Debug, Default)]
pub(super) struct Calm {
    accepted: bool,
    trouble: Option<Timestamp>,
}

impl Calm {
    pub(super) fn hear(&mut self, at: Timestamp, what: &Happening) {
        match what {
            Happening::Submitted { .. } => self.accepted = true,
            Happening::Rejected { .. }
            | Happening::Retrying { .. }
            | Happening::Uncertain { .. }
            | Happening::Held { .. }
            | Happening::RateLimited { .. }
            | Happening::ListsDistrusted { .. }
            | Happening::GuardTripped { .. } => self.trouble = Some(at),
            Happening::ActionUpdated { state, .. } => {
                if matches!(state, State::Failed | State::TimedOut | State::Cancelled) {
                    self.trouble = Some(at);
                }
            }
            Happening::Waiting { said, .. } => {
                if said.is_some() {
                    self.trouble = Some(at);
                }
            }
            Happening::BatchStarted { .. }
            | Happening::Reconciled { .. }
            | Happening::Skipped { .. }
            | Happening::ClockGap(_)
            | Happening::Stopping { .. }
            | Happening::BatchEnded { .. } => {}
        }
    }

    /// Whether answers came, the last ones were good, and nothing is in doubt or tried again.
    pub(super) fn holds(&self, snapshot: &Snapshot) -> bool {
        let counts = &snapshot.counts;
        let open = counts.of(State::Uncertain) + counts.of(State::Held) + snapshot.retrying;
        // An answer of the future means that the clock was set back.
        let recent = |at: Timestamp| snapshot.at <= at || snapshot.at.since(at) < REMEMBERED;
        let in_trouble = snapshot.said.is_some() || self.trouble.is_some_and(recent);
        self.accepted && open == 0 && !in_trouble
    }
}
