//! A stream for words, written in a thread of its own: standard output, standard error, a log.
//!
//! Called by `cli` once a command holds the journal: from then on nobody who does not read may
//! keep it. What a command says and the picture of its progress go through the same thread, so
//! that words scroll by above the picture and never cut it.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::picture::{Pane, Picture, Terminal};
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

/// Hands texts and pictures to the thread that writes them; copies share it.
#[derive(Debug, Clone)]
pub struct Outlet {
    queue: Arc<WorkQueue<Piece>>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    error: OnceLock<io::Error>,
    /// Whether somebody waited in vain.
    stuck: AtomicBool,
    left_out: AtomicU64,
    /// No picture is shown any more.
    is_over: AtomicBool,
}

#[derive(Debug)]
enum Piece {
    Text(Vec<u8>),
    /// Another picture, or none. Only the newest one waits.
    Picture(Option<Picture>),
}

impl Outlet {
    /// Starts the thread that writes to `out`.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn new(name: &str, out: Box<dyn Write + Send>, after: AfterError) -> io::Result<Self> {
        Self::served(name, Pane::new(out, None), after)
    }

    /// The same for a terminal, which shows pictures, too.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn on_terminal(
        name: &str,
        out: Box<dyn Write + Send>,
        terminal: Terminal,
    ) -> io::Result<Self> {
        Self::served(name, Pane::new(out, Some(terminal)), AfterError::GoOn)
    }

    fn served(
        name: &str,
        mut pane: Pane<Box<dyn Write + Send>>,
        after: AfterError,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let seen = Arc::clone(&shared);
        let queue = WorkQueue::served(name, move |piece: Piece| {
            let written = match piece {
                Piece::Text(text) => pane.text(&text),
                Piece::Picture(picture) => pane.show(picture),
            };
            match written {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    // The first one says what is wrong.
                    drop(seen.error.set(error));
                    if after == AfterError::End {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                }
            }
        })?;
        Ok(Self { queue, shared })
    }

    /// Hands a text over and waits until it is written; false where that took too long. It may
    /// still be written later.
    pub fn put(&self, text: String, patience: WritePatience) -> bool {
        if self.queue.progress().idle {
            self.shared.stuck.store(false, Ordering::Relaxed);
        }
        self.queue.edit(|waiting| waiting.push_back(Piece::Text(text.into_bytes())));
        self.drain(patience)
    }

    /// Hands a line over, or leaves it out and counts it where too many wait.
    pub fn post(&self, line: &[u8]) {
        self.queue.edit(|waiting| {
            if waiting.len() >= LINES_MAX {
                self.shared.left_out.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let left_out = self.shared.left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                let gap =
                    format!("({left_out} lines left out: the output did not take them in time)\n");
                waiting.push_back(Piece::Text(gap.into_bytes()));
            }
            waiting.push_back(Piece::Text(line.to_vec()));
        });
    }

    /// Hands a picture over, or takes it off the screen; waits for nobody.
    pub fn show(&self, picture: Option<Picture>) {
        if picture.is_some() && self.shared.is_over.load(Ordering::Relaxed) {
            return;
        }
        self.queue.edit(|waiting| {
            waiting.retain(|piece| !matches!(piece, Piece::Picture(_)));
            waiting.push_back(Piece::Picture(picture));
        });
    }

    /// Takes the picture off the screen, for good.
    pub fn end_pictures(&self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.show(None);
    }

    /// Waits until all is written; false where that took too long.
    pub fn drain(&self, patience: WritePatience) -> bool {
        let WritePatience::AtMost(most) = patience else {
            self.queue.drained();
            return true;
        };
        let most = if self.shared.stuck.load(Ordering::Relaxed) { Duration::ZERO } else { most };
        let drained = self.queue.drained_within(most);
        self.shared.stuck.store(!drained, Ordering::Relaxed);
        drained
    }

    pub fn error(&self) -> Option<&io::Error> {
        self.shared.error.get()
    }
}

/// Lines that are left out where nobody takes them.
impl Write for Outlet {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.post(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
