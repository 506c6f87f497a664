//! Lines for a log: where standard error is no terminal.

use std::io::Write;
use std::time::Duration;

use crate::domain::{Counts, State, Timestamp};
use crate::event::{Event, Happening, Observer, Snapshot, WaitReason};

use super::words::gap_words;
use super::{Heading, Sent, quoted};

/// Between two lines of the same phase.
const GAP: Duration = Duration::from_secs(30);

/// Writes a line at most every 30 s and at each change of phase.
pub struct Plain {
    heading: Heading,
    out: Box<dyn Write + Send>,
    last: Option<(Phase, Timestamp)>,
}

/// What a run is doing, coarsely: a minute's window that fills and empties is one phase, or there
/// would be two lines a minute that say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Also while a window is full or retries are not due.
    Sending,
    RetryAfter,
    /// A list cannot be read.
    Unread,
    Network,
    SignIn,
    Settle,
    Busy,
    Actions,
    Between,
    Canary,
}

impl Phase {
    const fn of(snapshot: &Snapshot) -> Self {
        match &snapshot.waiting {
            None => Self::Sending,
            Some(wait) => match wait.reason {
                WaitReason::Backoff if snapshot.said.is_some() => Self::Unread,
                WaitReason::Window(_) | WaitReason::Backoff => Self::Sending,
                WaitReason::RetryAfter | WaitReason::ReadsPaused { .. } => Self::RetryAfter,
                WaitReason::Network { .. } => Self::Network,
                WaitReason::SignIn { .. } => Self::SignIn,
                WaitReason::Settle => Self::Settle,
                WaitReason::Busy => Self::Busy,
                WaitReason::Actions => Self::Actions,
                WaitReason::Between { .. } => Self::Between,
                WaitReason::Canary { .. } => Self::Canary,
            },
        }
    }
}

impl Plain {
    /// Writes to `out`, standard error as a rule. What cannot be written is dropped: a closed
    /// terminal never stops a run.
    pub fn new(heading: Heading, out: Box<dyn Write + Send>) -> Self {
        Self { heading, out, last: None }
    }

    fn write(&mut self, at: Timestamp, rest: &str) {
        let Heading { batch, zone, .. } = &self.heading;
        let simulation = if self.heading.simulated { " SIMULATION" } else { "" };
        let line = format!("{} batch={batch}{simulation}{rest}\n", zone.rfc3339(at));
        // A closed terminal or a full pipe is no reason to stop, and there is nobody to tell.
        drop(self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush()));
    }

    fn standing(&self, snapshot: &Snapshot) -> String {
        let local = |at| self.heading.zone.rfc3339(at);
        let waiting = match &snapshot.waiting {
            Some(wait) => format!(" waiting={} until={}", wait.reason.word(), local(wait.until)),
            None => String::new(),
        };
        let gives_up = snapshot.waiting.as_ref().and_then(|wait| wait.reason.gives_up_at());
        let gives_up = gives_up.map(|at| format!(" gives_up={}", local(at))).unwrap_or_default();
        let last = match snapshot.prospect {
            Some(prospect) => format!(" last={}", local(prospect.last_send_at)),
            None => String::new(),
        };
        let said = snapshot.said.as_ref().map(|said| format!(" last_answer={}", quoted(said)));
        let said = said.unwrap_or_default();
        format!("{}{waiting}{gives_up}{last}{said}", counts_fields(&snapshot.counts))
    }
}

/// ` sent=6000/13878 pending=1098 ...`: the usual states, and the others where they have machines.
pub fn counts_fields(counts: &Counts) -> String {
    let usual = [State::Pending, State::Succeeded, State::Failed, State::Rejected];
    let unsent = [State::Queued, State::Sending];
    let shown = |state: &State| usual.contains(state) || counts.of(*state) > 0;
    let states = State::ALL.into_iter().filter(|state| !unsent.contains(state)).filter(shown);
    let Sent { sent, of } = Sent::from(counts);
    let mut fields = vec![format!(" sent={sent}/{of}")];
    fields.extend(states.map(|state| format!("{state}={}", counts.of(state))));
    fields.join(" ")
}

impl Observer for Plain {
    fn event(&mut self, event: &Event) {
        let rest = match &event.what {
            Happening::BatchStarted { command, total } => {
                format!(" started={command} machines={total}")
            }
            Happening::Skipped { reason } => {
                let id = event.machine.map(|machine| machine.to_string()).unwrap_or_default();
                format!(" left_alone={id} now={}", reason.word())
            }
            Happening::ClockGap(gap) => {
                format!(" clock_gap={}", quoted(&gap_words(gap, &self.heading.zone)))
            }
            Happening::GuardTripped { why, .. } => format!(" guard_tripped={}", quoted(why)),
            Happening::Stopping { why, in_flight } => {
                format!(" stopping={} in_flight={in_flight}", quoted(why))
            }
            Happening::BatchEnded { end, counts } => {
                format!("{} ended={}", counts_fields(counts), end.word())
            }
            _ => return,
        };
        self.write(event.at, &rest);
    }

    fn tick(&mut self, snapshot: &Snapshot) {
        let phase = Phase::of(snapshot);
        let due = self.last.is_none_or(|(last, at)| last != phase || snapshot.at.since(at) >= GAP);
        if due {
            let rest = self.standing(snapshot);
            self.write(snapshot.at, &rest);
            self.last = Some((phase, snapshot.at));
        }
    }
}
