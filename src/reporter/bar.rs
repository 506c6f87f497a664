//! The picture on a terminal.
//!
//! Drawn on the driver's tick only: indicatif moves the cursor, and neither its steady tick nor its
//! own clock, elapsed time or estimate is used, since the run knows better.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::event::{Event, Happening, Observer, Snapshot};

use super::frame::folded;
use super::notable::notable;
use super::{Heading, frame, thousands};

/// Most lines about single machines between two ticks; a thousand refusals a second would push
/// everything else off the screen.
const NOTABLE_MAX: usize = 12;

#[derive(Debug)]
pub struct Bar {
    heading: Heading,
    picture: ProgressBar,
    terminal: Box<dyn TermLike>,
    notable: Vec<String>,
    /// Lines since the last tick that found no room.
    left_out: u64,
}

impl Bar {
    /// Draws on standard error; none where it is no terminal that can move its cursor.
    pub fn stderr(heading: Heading) -> Option<Self> {
        let terminal = console::Term::buffered_stderr();
        let target = ProgressDrawTarget::term(terminal.clone(), u8::MAX);
        if target.is_hidden() {
            return None;
        }
        Some(Self::with(heading, target, Box::new(terminal)))
    }

    /// Draws on something that behaves like a terminal.
    pub fn on<T: TermLike + Clone + 'static>(heading: Heading, terminal: T) -> Self {
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        Self::with(heading, target, Box::new(terminal))
    }

    fn with(heading: Heading, target: ProgressDrawTarget, terminal: Box<dyn TermLike>) -> Self {
        let style = ProgressStyle::with_template("{msg}").expect("the template is one key");
        let picture = ProgressBar::with_draw_target(None, target).with_style(style);
        Self { heading, picture, terminal, notable: Vec::new(), left_out: 0 }
    }

    /// Prints what has gathered above the picture.
    fn print_notable(&mut self) {
        if self.left_out > 0 {
            let more = thousands(self.left_out);
            self.notable.push(format!("... and {more} more: {}", self.heading.next_command));
            self.left_out = 0;
        }
        if !self.notable.is_empty() {
            let columns = usize::from(self.terminal.width());
            let lines = self.notable.iter().flat_map(|line| line.lines());
            let lines = lines.map(|line| console::truncate_str(line, columns, "…"));
            self.picture.println(lines.collect::<Vec<_>>().join("\n"));
            self.notable.clear();
        }
    }
}

impl Observer for Bar {
    fn event(&mut self, event: &Event) {
        let urgent = matches!(
            event.what,
            Happening::GuardTripped { .. }
                | Happening::Stopping { .. }
                | Happening::BatchEnded { .. }
        );
        if let Some(line) = notable(event, &self.heading) {
            if urgent {
                // What follows a long reason says what happens now.
                let columns = usize::from(self.terminal.width());
                self.notable.extend(line.lines().flat_map(|line| folded(line, columns)));
            } else if self.notable.len() < NOTABLE_MAX {
                self.notable.push(line);
            } else {
                self.left_out += 1;
            }
        }
        if urgent {
            self.print_notable();
        }
        if matches!(event.what, Happening::BatchEnded { .. }) {
            // The closing summary takes its place.
            self.picture.finish_and_clear();
        }
    }

    fn missed(&mut self, events: u64) {
        self.left_out += events;
    }

    fn log(&mut self, lines: &str) {
        self.print_notable();
        let columns = usize::from(self.terminal.width());
        let lines: Vec<_> = lines.lines().flat_map(|line| folded(line, columns)).collect();
        self.picture.println(lines.join("\n"));
    }

    fn tick(&mut self, snapshot: &Snapshot) {
        self.print_notable();
        let columns = usize::from(self.terminal.width());
        self.picture.set_message(frame(&self.heading, snapshot, columns));
    }
}
