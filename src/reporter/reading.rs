//! How far the reading of a large file is, on a terminal.

use std::fmt;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::domain::text::in_line;

/// A bar over the bytes of a file. It is redrawn as bytes are told, at most 20 times a second.
#[derive(Debug)]
pub struct ReadingBar(ProgressBar);

impl ReadingBar {
    /// Draws on standard error; none where it is no terminal that can move its cursor.
    pub fn stderr(name: &str, bytes: u64) -> Option<Self> {
        let target = ProgressDrawTarget::term(console::Term::buffered_stderr(), 20);
        (!target.is_hidden()).then(|| Self::with(name, bytes, target))
    }

    /// Draws on something that behaves like a terminal, at each call.
    pub fn on<T: TermLike + Clone + 'static>(name: &str, bytes: u64, terminal: T) -> Self {
        Self::with(name, bytes, ProgressDrawTarget::term_like(Box::new(terminal)))
    }

    fn with(name: &str, bytes: u64, target: ProgressDrawTarget) -> Self {
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
        bar.set_message(in_line(name).into_owned());
        Self(bar)
    }

    /// So many bytes more are read.
    pub fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Takes it off the screen.
    pub fn end(self) {
        self.0.finish_and_clear();
    }
}
