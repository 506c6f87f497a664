//! Lines about single machines, no more of them than can be read.

use std::time::Duration;

use crate::domain::Timestamp;
use crate::reporter::words::thousands;

/// Most lines in a minute: one every five seconds.
const LINES_MAX: u32 = 12;

const MINUTE: Duration = Duration::from_mins(1);

/// Counts lines by the minute.
#[derive(Debug, Default)]
pub(in crate::reporter) struct Notices {
    /// When the first line of this minute came, and how many came since.
    minute: Option<(Timestamp, u32)>,
    left_out: u64,
}

impl Notices {
    /// Whether there is room for a line; else it is counted.
    pub(in crate::reporter) fn admits(&mut self, at: Timestamp) -> bool {
        let (began, lines) = match self.minute {
            Some((began, lines)) if at.since(began) < MINUTE && at >= began => (began, lines),
            _ => (at, 0),
        };
        let fits = lines < LINES_MAX;
        if fits {
            self.minute = Some((began, lines + 1));
        } else {
            self.left_out += 1;
        }
        fits
    }

    /// How many lines were left out, once their minute is over.
    pub(in crate::reporter) fn left_out(&mut self, now: Timestamp) -> Option<String> {
        let is_over = self
            .minute
            .is_none_or(|(began, lines)| lines < LINES_MAX || now.since(began) >= MINUTE);
        is_over.then(|| self.all_left_out())?
    }

    /// How many lines were left out so far, at the end.
    pub(in crate::reporter) fn all_left_out(&mut self) -> Option<String> {
        let left_out = std::mem::take(&mut self.left_out);
        (left_out > 0).then(|| format!("... {} more", thousands(left_out)))
    }
}
