//! How far the reading of a large file is, on a terminal.

use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::domain::text::in_line;

use super::queue::WorkQueue;

/// How long the end of the reading waits until the bar is off the screen.
const CLEARED: Duration = Duration::from_secs(2);

/// A bar over the bytes of a file. It is redrawn as bytes are told, at most 20 times a second, in a
/// thread of its own: reading does not wait for the terminal.
#[derive(Debug)]
pub struct ReadingBar(Arc<WorkQueue<Step>>);

#[derive(Debug)]
enum Step {
    /// The first picture.
    Begin,
    /// This many bytes more.
    Read(u64),
    End,
}

impl ReadingBar {
    /// Draws on standard error; none where it is no terminal that can move its cursor.
    pub fn stderr(name: &str, bytes: u64) -> Option<Self> {
        let target = ProgressDrawTarget::term(console::Term::buffered_stderr(), 20);
        if target.is_hidden() {
            return None;
        }
        Self::with(name, bytes, target).ok()
    }

    /// Draws on something that behaves like a terminal, at each step.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn on<T: TermLike + Clone + 'static>(
        name: &str,
        bytes: u64,
        terminal: T,
    ) -> io::Result<Self> {
        Self::with(name, bytes, ProgressDrawTarget::term_like(Box::new(terminal)))
    }

    fn with(name: &str, bytes: u64, target: ProgressDrawTarget) -> io::Result<Self> {
        let style =
            ProgressStyle::with_template(" reading {msg}\n {bar:37}  {percent} % of {megabytes}")
                .expect("the template names known keys")
                .progress_chars("██░")
                .with_key(
                    "megabytes",
                    |state: &indicatif::ProgressState, to: &mut dyn fmt::Write| {
                        // A bar that cannot be drawn is no reason to stop reading.
                        let _drawn = write!(to, "{} MB", state.len().unwrap_or(0) / 1_000_000);
                    },
                );
        let bar = ProgressBar::with_draw_target(Some(bytes), target).with_style(style);
        let name = in_line(name).into_owned();
        let queue = WorkQueue::served("reading", move |step| {
            match step {
                Step::Begin => bar.set_message(name.clone()),
                Step::Read(bytes) => bar.inc(bytes),
                Step::End => bar.finish_and_clear(),
            }
            ControlFlow::Continue(())
        })?;
        queue.edit(|waiting| waiting.push_back(Step::Begin));
        Ok(Self(queue))
    }

    pub fn advance(&self, bytes: u64) {
        self.0.edit(|waiting| match waiting.back_mut() {
            Some(Step::Read(more)) => *more += bytes,
            _ => waiting.push_back(Step::Read(bytes)),
        });
    }

    pub fn end(self) {
        self.0.edit(|waiting| waiting.push_back(Step::End));
        let _cleared = self.0.drained_within(CLEARED);
        self.0.close();
    }
}
