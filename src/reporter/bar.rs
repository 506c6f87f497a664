//! The picture of a run on a terminal, and lines above it about what went wrong.
//!
//! Made on the driver's tick only. Drawing is the outlet's, in a thread of its own: here nothing
//! waits for the terminal.

use crate::domain::text::in_line;
use crate::domain::{Counts, State, Timestamp};
use crate::event::{Event, Happening, Observer, Snapshot};

use super::calm::Calm;
use super::heading::Heading;
use super::notable::{is_about_a_machine, notable};
use super::outlet::{Outlet, WritePatience};
use super::picture::{
    Colouring, Moment, Notices, Picture, Terminal, Tone, folded_to, frame, tinted,
};

/// How long the end of a run waits for its screen.
const LAST_PICTURE: std::time::Duration = std::time::Duration::from_secs(2);

/// Most lines of the screen for one machine.
const NOTICE_LINES: usize = 2;

/// Most lines of the screen for what concerns the whole run.
const ANNOUNCEMENT_LINES: usize = 12;

#[derive(Debug)]
pub struct Bar {
    heading: Heading,
    outlet: Outlet,
    terminal: Terminal,
    notices: Notices,
    calm: Calm,
    stopping_since: Option<Timestamp>,
    has_tripped: bool,
    retried_because: Option<String>,
}

impl Bar {
    /// Draws on a terminal, by the outlet that was made for it.
    pub fn new(heading: Heading, outlet: Outlet, terminal: Terminal) -> Self {
        let (notices, calm) = (Notices::default(), Calm::default());
        Self {
            heading,
            outlet,
            terminal,
            notices,
            calm,
            stopping_since: None,
            has_tripped: false,
            retried_because: None,
        }
    }

    /// Prints lines above the picture.
    fn print(&self, text: &str, most: usize) {
        let look = self.terminal.look();
        // The last column stays free, so that no terminal begins a new line by itself.
        let width = look.columns.saturating_sub(1);
        for line in text.lines() {
            let line = folded_to(line, (width, most), look.ellipsis()).join("\n");
            let line = marked(&line, self.terminal.colouring);
            self.outlet.post(format!("{line}\n").as_bytes());
        }
    }

    fn print_left_out(&self, left_out: Option<String>) {
        if let Some(left_out) = left_out {
            self.print(&format!("{left_out}: {}", self.heading.report_command), NOTICE_LINES);
        }
    }

    fn picture(&self, snapshot: &Snapshot) -> Picture {
        let look = self.terminal.look();
        let moment = Moment {
            snapshot,
            stopping_since: self.stopping_since,
            has_tripped: self.has_tripped,
            is_calm: self.calm.holds(snapshot),
            retried_because: self.retried_because.as_deref(),
        };
        let percent = percent(&snapshot.counts);
        let tenant = in_line(&self.heading.tenant);
        let title = format!("{percent} % batch {} {tenant}", self.heading.batch);
        Picture {
            lines: frame(&self.heading, &moment, &look),
            title,
            percent: Some(percent),
            is_trouble: snapshot.said.is_some() || self.stopping_since.is_some(),
        }
    }
}

/// How much of the batch has its outcome, as the bar shows it.
fn percent(counts: &Counts) -> u64 {
    let of = counts.total() - counts.of(State::Skipped);
    let open = if counts.to_send_or_look_up() == 0 {
        counts.of(State::Pending) + counts.of(State::Held)
    } else {
        counts.to_send_or_look_up() + counts.of(State::Held)
    };
    (of.saturating_sub(open) * 100).checked_div(of).unwrap_or(100)
}

/// The sign of a line that says what went wrong, in its colour.
fn marked(line: &str, colouring: Colouring) -> String {
    match line.split_once(" ! ") {
        Some((clock, said)) => format!("{clock} {} {said}", tinted("!", Tone::Warning, colouring)),
        None => line.to_owned(),
    }
}

impl Observer for Bar {
    fn event(&mut self, event: &Event) {
        self.calm.hear(event.at, &event.what);
        match &event.what {
            Happening::Stopping { .. } => self.stopping_since = Some(event.at),
            Happening::GuardTripped { .. } => self.has_tripped = true,
            Happening::Retrying { detail, .. } => {
                self.retried_because = Some(match detail.http_status {
                    Some(status) => format!("Defender answered {status}"),
                    None => in_line(&detail.message).into_owned(),
                });
            }
            _ => {}
        }
        if let Some(line) = notable(event, &self.heading) {
            if !is_about_a_machine(&event.what) {
                let left_out = self.notices.all_left_out();
                self.print_left_out(left_out);
                self.print(&line, ANNOUNCEMENT_LINES);
            } else if self.notices.admits(event.at) {
                self.print(&line, NOTICE_LINES);
            }
        }
        if matches!(event.what, Happening::BatchEnded { .. }) {
            let left_out = self.notices.all_left_out();
            self.print_left_out(left_out);
            // The closing summary takes its place.
            self.outlet.show(None);
        }
    }

    fn tick(&mut self, snapshot: &Snapshot) {
        let left_out = self.notices.left_out(snapshot.at);
        self.print_left_out(left_out);
        self.outlet.show(Some(self.picture(snapshot)));
    }

    fn end(&mut self) {
        self.outlet.show(None);
        // Who does not read now does not see the last lines; the journal has it all.
        let _seen = self.outlet.drain(WritePatience::AtMost(LAST_PICTURE));
    }
}
