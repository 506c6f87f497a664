//! `--metrics-file`: how far a run is, in Prometheus' text format, in a file that is replaced.
//!
//! The observer makes the text; a thread of its own hands it to who writes the file, so that a
//! disk that hangs keeps nobody. Only the newest text waits. Deliberately absent: opening files.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::domain::{BatchId, Timestamp};
use crate::event::{Event, Happening, Observer, Snapshot};

use super::metrics_text::{RunEnd, metrics_text};
use super::queue::WorkQueue;

/// Between two writes: `node_exporter` is asked every 15 s to a minute.
const EVERY: Duration = Duration::from_secs(15);

/// How long the end of a run waits until the last text is written.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// Rewrites a file of metrics as the run goes on.
#[derive(Debug)]
pub struct Metrics {
    batch: BatchId,
    queue: Arc<WorkQueue<String>>,
    trouble: MetricsTrouble,
    newest: Option<Snapshot>,
    written_at: Option<Timestamp>,
    end: Option<RunEnd>,
}

/// What went wrong first while metrics were written, to be asked for when the run is over.
#[derive(Debug, Clone, Default)]
pub struct MetricsTrouble(Arc<OnceLock<io::Error>>);

impl MetricsTrouble {
    pub fn get(&self) -> Option<&io::Error> {
        self.0.get()
    }
}

impl Metrics {
    /// Each whole text goes to `write`, in a thread of its own.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn new(
        batch: BatchId,
        mut write: impl FnMut(&str) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let trouble = MetricsTrouble::default();
        let seen = trouble.clone();
        let queue = WorkQueue::served("metrics", move |text: String| {
            // The next write may succeed, and then the file is whole again.
            if let Err(error) = write(&text) {
                drop(seen.0.set(error));
            }
            ControlFlow::Continue(())
        })?;
        Ok(Self { batch, queue, trouble, newest: None, written_at: None, end: None })
    }

    /// A handle to ask at the end what went wrong, since a run takes its observers away.
    pub fn trouble(&self) -> MetricsTrouble {
        self.trouble.clone()
    }

    /// Whether a file that begins like this holds such metrics.
    pub fn are_in(text: &str) -> bool {
        text.starts_with("# HELP mde_offboard_")
    }

    fn post(&mut self) {
        let Some(snapshot) = &self.newest else { return };
        let text = metrics_text(self.batch, snapshot, self.end);
        self.queue.edit(|waiting| replace(waiting, text));
        self.written_at = Some(snapshot.at);
    }
}

fn replace(waiting: &mut VecDeque<String>, text: String) {
    waiting.clear();
    waiting.push_back(text);
}

impl Observer for Metrics {
    fn event(&mut self, event: &Event) {
        if let Happening::BatchEnded { end, counts } = event.what {
            self.end = Some(RunEnd { at: event.at, end });
            if let Some(newest) = &mut self.newest {
                newest.counts = counts;
                newest.waiting = None;
            }
        }
    }

    fn tick(&mut self, snapshot: &Snapshot) {
        self.newest = Some(snapshot.clone());
        if self.written_at.is_none_or(|at| snapshot.at.since(at) >= EVERY || snapshot.at < at) {
            self.post();
        }
    }

    fn end(&mut self) {
        self.post();
        if !self.queue.drained_within(LAST_WRITE) {
            let why = io::Error::new(io::ErrorKind::TimedOut, "it took no text for 2 s");
            drop(self.trouble.0.set(why));
        }
        self.queue.close();
    }
}
