//! The picture of a running batch, as text: pure, so that it can be read in a test.

use std::ops::RangeInclusive;

use console::{measure_text_width, truncate_str};

use crate::domain::Timestamp;
use crate::domain::text::in_line;
use crate::event::{Prospect, Snapshot};

use super::words::{
    Sent, counts_line, lasting, progress_words, share, sources_line, thousands, usage_line,
    waiting_words,
};
use super::{Heading, Zone};

/// Widest line of a screen.
const COLUMNS_MAX: usize = 100;

/// What is shown of a tenant's ID where there is not room for all of it.
const TENANT_START: usize = 9;

/// Fewest and most cells of the bar: it takes what its line has left.
const BAR_CELLS: RangeInclusive<usize> = 10..=37;

/// The lines of the picture, without an end of line after the last: title, bar, counts, limits and
/// end, what it waits for, and what to do next.
pub fn frame(heading: &Heading, snapshot: &Snapshot, columns: usize) -> String {
    let now = snapshot.at;
    let mut lines = vec![
        title(heading, snapshot, columns.min(COLUMNS_MAX)),
        bar(snapshot, columns.min(COLUMNS_MAX)),
        counts_line(&snapshot.counts),
        limits(snapshot, &heading.zone),
        match &snapshot.waiting {
            Some(wait) => {
                format!("waiting: {}", waiting_words(wait, &snapshot.counts, now, &heading.zone))
            }
            None => format!("sending: {} in progress", requests(snapshot.in_flight)),
        },
    ];
    lines.extend(snapshot.said.as_deref().map(|said| last_answer(said, columns)));
    lines.push(format!("Ctrl-C stops safely   in another window: {}", heading.next_command));
    let width = columns.min(COLUMNS_MAX).saturating_sub(2);
    let lines = lines.iter().flat_map(|line| folded(line, width));
    lines.map(|line| format!(" {line}")).collect::<Vec<_>>().join("\n")
}

/// A line that is too wide for the screen goes on in the next one, between two words: a terminal
/// that breaks it itself would leave a part of the old picture behind.
pub(super) fn folded(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut last = String::new();
    for word in line.split_inclusive(' ') {
        let wide = measure_text_width(&last) + measure_text_width(word.trim_end());
        if wide > width && !last.trim().is_empty() {
            lines.push(last.trim_end().to_owned());
            "  ".clone_into(&mut last);
        }
        last.push_str(word);
    }
    lines.push(last.trim_end().to_owned());
    lines
}

/// What the server said last, in one line of the screen.
fn last_answer(said: &str, columns: usize) -> String {
    let line = format!("last answer: {}", in_line(said));
    // One column stays free on each side, so that no terminal wraps the line.
    truncate_str(&line, columns.min(COLUMNS_MAX).saturating_sub(2), "…").into_owned()
}

/// Names on the left, the zone and the time since the start on the right. Where they need more room
/// than there is, the beginning of a tenant's ID has to do.
fn title(heading: &Heading, snapshot: &Snapshot, columns: usize) -> String {
    let simulation = if heading.simulated { "  SIMULATION" } else { "" };
    let (batch, sources) = (heading.batch, sources_line(&heading.sources));
    let left = |tenant: &str| format!("batch {batch}  {tenant}  {sources}{simulation}");
    let right =
        format!("times in {}   {}", heading.zone.name(snapshot.at), lasting(snapshot.elapsed));
    // One column stays free on each side, and two between both halves.
    let room = columns.saturating_sub(measure_text_width(&right) + 4);
    let mut names = left(&heading.tenant);
    if measure_text_width(&names) > room {
        names = left(&truncate_str(&heading.tenant, TENANT_START, "…"));
    }
    let gap = room.saturating_sub(measure_text_width(&names)) + 2;
    format!("{names}{}{right}", " ".repeat(gap))
}

/// `last request at 23:03`, or `last request between 23:03 and 00:03` where a few more requests
/// take it into another hour's.
pub fn last_request(prospect: &Prospect, zone: &Zone, now: Timestamp) -> String {
    let last = prospect.last_send_at;
    match prospect.latest_send_at {
        Some(latest) => {
            let (last, latest) = (zone.near_minute(last, now), zone.near_minute(latest, now));
            format!("last request between {last} and {latest}")
        }
        None => format!("last request {}", zone.when_minute(last, now)),
    }
}

fn requests(number: usize) -> String {
    format!("{number} request{}", if number == 1 { "" } else { "s" })
}

/// How full the limits are, how often Defender asked for a pause, and when the sending ends.
fn limits(snapshot: &Snapshot, zone: &Zone) -> String {
    let too_many = match snapshot.rate_limited {
        0 => "no 429".to_owned(),
        some => format!("429 answers: {}", thousands(some)),
    };
    let mut parts = vec![usage_line(&snapshot.windows), too_many];
    parts.extend(snapshot.prospect.map(|ahead| last_request(&ahead, zone, snapshot.at)));
    parts.join("   ")
}

fn bar(snapshot: &Snapshot, columns: usize) -> String {
    let Sent { sent, of } = Sent::from(&snapshot.counts);
    let words = format!("{}  {}", progress_words(&snapshot.counts), share(sent, of));
    // One column stays free on each side, and two between the bar and its words.
    let room = columns.saturating_sub(measure_text_width(&words) + 4);
    let cells = room.clamp(*BAR_CELLS.start(), *BAR_CELLS.end());
    let all = cells as u64;
    let full = sent.saturating_mul(all).checked_div(of).unwrap_or(all);
    let bar: String = (0..all).map(|cell| if cell < full { '█' } else { '░' }).collect();
    format!("{bar}  {words}")
}
