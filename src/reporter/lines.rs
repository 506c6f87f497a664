//! `--events FILE`: every event as a line of JSON.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::domain::Timestamp;
use crate::event::{Event, Observer, Snapshot};

use super::ascii_json;
use super::event_line::EventLine;
use super::queue::{QueueProgress, WorkQueue};

#[derive(Debug, thiserror::Error)]
#[error("events could not be written to `{}`; the run itself is not affected", path.display())]
pub struct LinesError {
    path: PathBuf,
    source: io::Error,
}

/// Most lines that wait to be written: about 15 megabytes, and an hour of Defender's limits many
/// times over.
const LINES_MAX: usize = 50_000;

/// After this many ticks, about a second each, without a line written the file is given up.
const STUCK_TICKS: u32 = 10;

/// The same at the end of a run.
const STUCK: Duration = Duration::from_secs(10);

/// However slowly lines are taken at the end of a run, after this many times [`STUCK`] it ends.
const SLOW_MAX: u32 = 6;

/// Appends every event to a file, in a thread of its own: a full pipe or a disk that hangs must not
/// keep the run.
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    queue: Arc<WorkQueue<String>>,
    trouble: WriteTrouble,
    seen: u64,
    ticks_without_a_line: u32,
}

/// What went wrong while a [`Lines`] wrote, to be asked for when the run is over.
#[derive(Debug, Clone, Default)]
pub struct WriteTrouble(Arc<OnceLock<LinesError>>);

impl WriteTrouble {
    /// The first error; after it nothing more was written.
    pub fn get(&self) -> Option<&LinesError> {
        self.0.get()
    }

    /// Keeps an error, unless there was one before.
    fn keep(&self, error: LinesError) {
        drop(self.0.set(error));
    }
}

impl Lines {
    /// Writes to `out`, each line with one write; `path` names it in [`LinesError`]. The caller
    /// opens the file to append: what it holds is kept.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn new(path: &Path, mut out: Box<dyn Write + Send>) -> io::Result<Self> {
        let trouble = WriteTrouble::default();
        let (seen_by_thread, named) = (trouble.clone(), path.to_owned());
        let queue = WorkQueue::served("events", move |line: String| {
            match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
                Ok(()) => ControlFlow::Continue(()),
                // A reader that went away (`| head`) has what it wanted.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ControlFlow::Break(()),
                Err(source) => {
                    // A line after half a line could not be read, so the first error is the last.
                    seen_by_thread.keep(LinesError { path: named.clone(), source });
                    ControlFlow::Break(())
                }
            }
        })?;
        let path = path.to_owned();
        Ok(Self { path, queue, trouble, seen: 0, ticks_without_a_line: 0 })
    }

    /// A handle to ask at the end what went wrong, since a run takes its observers away.
    pub fn trouble(&self) -> WriteTrouble {
        self.trouble.clone()
    }

    /// Whether a file that begins like this holds such lines.
    pub fn are_in(text: &str) -> bool {
        // The first line may be one that a crash left half written.
        let line = text.lines().next().unwrap_or_default();
        let words = ["{\"at\":\"", "\",\"event\":\""];
        let parts = line.strip_prefix(words[0]).and_then(|rest| rest.split_once(words[1]));
        parts.is_some_and(|(at, _)| Timestamp::parse(at).is_ok())
    }

    /// Writes nothing more; what is being written is a whole line if it is ever written.
    fn give_up(&self, why: &'static str) {
        let source = io::Error::new(io::ErrorKind::TimedOut, why);
        self.trouble.keep(LinesError { path: self.path.clone(), source });
        self.queue.close();
    }
}

impl Observer for Lines {
    fn event(&mut self, event: &Event) {
        if self.trouble.get().is_some() {
            return;
        }
        let line = ascii_json(&EventLine::from(event)) + "\n";
        let mut full = false;
        self.queue.edit(|waiting| {
            full = waiting.len() >= LINES_MAX;
            waiting.push_back(line);
        });
        if full {
            self.give_up("it takes lines far too slowly");
        }
    }

    fn tick(&mut self, _: &Snapshot) {
        let QueueProgress { done, idle } = self.queue.progress();
        let moved = idle || done != self.seen;
        self.seen = done;
        self.ticks_without_a_line = if moved { 0 } else { self.ticks_without_a_line + 1 };
        if self.ticks_without_a_line >= STUCK_TICKS {
            self.give_up(NOT_TAKEN);
        }
    }

    fn end(&mut self) {
        for _ in 0..SLOW_MAX {
            let before = self.queue.progress().done;
            if self.queue.drained_within(STUCK) || self.queue.progress().done == before {
                break;
            }
        }
        if !self.queue.progress().idle {
            self.give_up(NOT_TAKEN);
        }
        self.queue.close();
    }
}

/// Why a file is given up that takes no more lines.
const NOT_TAKEN: &str = "it took no line for 10 s";
