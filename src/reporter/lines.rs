//! `--events FILE`: every event as a line of JSON.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use crate::domain::{ActionId, Detail, Timestamp};
use crate::event::{Event, Happening, Observer, Snapshot};

use super::ascii_json;
use super::shapes::{CountsShape, WaitShape};

/// The file of events could not be written.
#[derive(Debug, thiserror::Error)]
#[error("events could not be written to `{}`; the run itself is not affected", path.display())]
pub struct LinesError {
    path: PathBuf,
    source: io::Error,
}

/// Appends every event to a file.
pub struct Lines {
    path: PathBuf,
    out: Box<dyn Write>,
    trouble: Trouble,
}

/// What went wrong while a [`Lines`] wrote, to be asked for when the run is over.
#[derive(Debug, Clone, Default)]
pub struct Trouble(Arc<OnceLock<LinesError>>);

impl Trouble {
    /// The first error; after it nothing more was written.
    pub fn get(&self) -> Option<&LinesError> {
        self.0.get()
    }
}

impl Lines {
    /// Writes to `out`, each line with one write; `path` names it in [`LinesError`]. The caller
    /// opens the file to append: what it holds is kept.
    pub fn new(path: &Path, out: Box<dyn Write>) -> Self {
        Self { path: path.to_owned(), out, trouble: Trouble::default() }
    }

    /// A handle to ask at the end what went wrong, since a run takes its observers away.
    pub fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }
}

impl Observer for Lines {
    fn event(&mut self, event: &Event) {
        // A line behind half a line could not be read, so the first error is the last.
        if self.trouble.get().is_some() {
            return;
        }
        let line = ascii_json(&Line::from(event)) + "\n";
        if let Err(source) = self.out.write_all(line.as_bytes()) {
            let error = LinesError { path: self.path.clone(), source };
            self.trouble.0.set(error).expect("the first error was asked for above");
        }
    }

    fn tick(&mut self, _: &Snapshot) {}
}

/// One event as it stands in the file, in this order. What an event does not have is left out.
#[derive(Serialize, Default)]
struct Line<'a> {
    at: String,
    event: &'static str,
    batch: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    machine_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adopted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    look_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<WaitShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsShape>,
}

impl<'a> From<&'a Event> for Line<'a> {
    fn from(event: &'a Event) -> Self {
        let mut line = Self {
            at: event.at.to_string(),
            event: event.what.name(),
            batch: event.batch.0,
            machine_id: event.machine.map(|machine| machine.to_string()),
            device_name: event.name.as_deref(),
            ..Self::default()
        };
        line.fill(&event.what);
        line
    }
}

impl<'a> Line<'a> {
    fn fill(&mut self, what: &'a Happening) {
        let text = |at: &Timestamp| Some(at.to_string());
        match what {
            Happening::BatchStarted { command, total } => {
                self.command = Some(command);
                self.total = Some(*total);
            }
            Happening::Submitted { action, adopted } => {
                self.action_id = Some(action.as_str());
                self.adopted = Some(*adopted);
            }
            Happening::Rejected { detail } | Happening::Held { detail } => self.tell(detail),
            Happening::Retrying { not_before, detail } => {
                self.not_before = text(not_before);
                self.tell(detail);
            }
            Happening::Uncertain { look_at, detail } => {
                self.look_at = text(look_at);
                self.tell(detail);
            }
            Happening::Reconciled { action } => {
                self.action_id = action.as_ref().map(ActionId::as_str);
            }
            Happening::ActionUpdated { action, status, state } => {
                self.action_id = Some(action.as_str());
                self.action_status = Some(status.word());
                self.state = Some(state.word());
            }
            Happening::RateLimited { until, detail } => {
                self.until = text(until);
                self.tell(detail);
            }
            Happening::Waiting(wait) => self.waiting = Some(wait.into()),
            Happening::GuardTripped { why } | Happening::ListsDistrusted { why } => {
                self.why = Some(why);
            }
            Happening::Stopping { why, in_flight } => {
                self.why = Some(why);
                self.in_flight = Some(*in_flight);
            }
            Happening::BatchEnded { end, counts } => {
                self.end = Some(end.word());
                self.counts = Some(CountsShape(*counts));
            }
        }
    }

    fn tell(&mut self, detail: &'a Detail) {
        self.http_status = detail.http_status;
        self.error_code = detail.code.as_deref();
        self.error_message = Some(&detail.message);
    }
}
