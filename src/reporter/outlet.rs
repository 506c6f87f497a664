//! A stream for words, written in a thread of its own: standard output, standard error, a log.
//!
//! Called by `cli` once a command holds the journal: from then on nobody who does not read may
//! keep it.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::queue::WorkQueue;

/// Most lines that wait to be written: a log of half a minute with every header and body.
const LINES_MAX: usize = 10_000;

/// What comes after a write that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterError {
    /// The next one is tried: a terminal may come back.
    GoOn,
    /// Nothing: a line after half a line could not be read.
    End,
}

/// How long somebody waits until a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WritePatience {
    /// However long the reader takes.
    Endless,
    /// No longer than this, and not at all where a text in front of it already took that long.
    AtMost(Duration),
}

/// Hands texts to the thread that writes them.
#[derive(Debug)]
pub struct Outlet {
    queue: Arc<WorkQueue<Vec<u8>>>,
    error: Arc<OnceLock<io::Error>>,
    /// Whether somebody waited in vain.
    stuck: AtomicBool,
    left_out: AtomicU64,
}

impl Outlet {
    /// Starts the thread that writes to `out`.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn new(name: &str, mut out: Box<dyn Write + Send>, after: AfterError) -> io::Result<Self> {
        let error = Arc::new(OnceLock::new());
        let seen = Arc::clone(&error);
        let queue = WorkQueue::served(name, move |text: Vec<u8>| {
            match out.write_all(&text).and_then(|()| out.flush()) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    // The first one says what is wrong.
                    drop(seen.set(error));
                    if after == AfterError::End {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                }
            }
        })?;
        let (stuck, left_out) = (AtomicBool::new(false), AtomicU64::new(0));
        Ok(Self { queue, error, stuck, left_out })
    }

    /// Hands a text over and waits until it is written; false where that took too long. It may
    /// still be written later.
    pub fn put(&self, text: String, patience: WritePatience) -> bool {
        if self.queue.progress().idle {
            self.stuck.store(false, Ordering::Relaxed);
        }
        self.queue.edit(|waiting| waiting.push_back(text.into_bytes()));
        self.drain(patience)
    }

    /// Hands a line over, or leaves it out and counts it where too many wait.
    pub fn post(&self, line: &[u8]) {
        self.queue.edit(|waiting| {
            if waiting.len() >= LINES_MAX {
                self.left_out.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let left_out = self.left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                let gap =
                    format!("({left_out} lines left out: the output did not take them in time)\n");
                waiting.push_back(gap.into_bytes());
            }
            waiting.push_back(line.to_vec());
        });
    }

    /// Waits until all is written; false where that took too long.
    pub fn drain(&self, patience: WritePatience) -> bool {
        let WritePatience::AtMost(most) = patience else {
            self.queue.drained();
            return true;
        };
        let most = if self.stuck.load(Ordering::Relaxed) { Duration::ZERO } else { most };
        let drained = self.queue.drained_within(most);
        self.stuck.store(!drained, Ordering::Relaxed);
        drained
    }

    pub fn error(&self) -> Option<&io::Error> {
        self.error.get()
    }
}
