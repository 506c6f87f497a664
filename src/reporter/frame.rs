//! The picture of a running batch, as text: pure, so that it can be read in a test.

use console::{measure_text_width, truncate_str};

use crate::domain::Timestamp;
use crate::domain::text::in_line;
use crate::event::{Prospect, Snapshot};

use super::words::{
    Sent, counts_line, lasting, share, sources_line, thousands, usage_line, wait_words,
};
use super::{Heading, Zone};

/// Widest line of a screen.
const COLUMNS_MAX: usize = 100;

/// Cells of the bar.
const BAR_CELLS: u64 = 37;

/// The lines of the picture, without an end of line behind the last: title, bar, counts, windows,
/// what it waits for, and what to do next.
pub fn frame(heading: &Heading, snapshot: &Snapshot, columns: usize) -> String {
    let now = snapshot.at;
    let windows = usage_line(&snapshot.windows);
    let mut lines = vec![
        title(heading, snapshot, columns.min(COLUMNS_MAX)),
        bar(snapshot, &heading.zone),
        counts_line(&snapshot.counts),
        format!("{windows}   429s {}", thousands(snapshot.rate_limited)),
        match &snapshot.waiting {
            Some(wait) => format!("waiting: {}", wait_words(wait, now, &heading.zone)),
            None => format!("sending: {} in flight", snapshot.in_flight),
        },
    ];
    lines.extend(snapshot.said.as_deref().map(|said| last_answer(said, columns)));
    lines.push(format!("Ctrl-C stops safely     elsewhere: {}", heading.next_command));
    lines.iter().map(|line| format!(" {line}")).collect::<Vec<_>>().join("\n")
}

/// What the server said last, in one line of the screen.
fn last_answer(said: &str, columns: usize) -> String {
    let line = format!("last answer: {}", in_line(said));
    // One column stays free on each side, so that no terminal wraps the line.
    truncate_str(&line, columns.min(COLUMNS_MAX).saturating_sub(2), "…").into_owned()
}

/// Names on the left, the zone and the time since the start on the right.
fn title(heading: &Heading, snapshot: &Snapshot, columns: usize) -> String {
    let simulation = if heading.simulated { "  SIMULATION" } else { "" };
    let left = format!(
        "batch {}  {}  {}{simulation}",
        heading.batch,
        heading.tenant,
        sources_line(&heading.sources)
    );
    let right =
        format!("times in {}   {}", heading.zone.name(snapshot.at), lasting(snapshot.elapsed));
    // One column stays free on each side, so that no terminal wraps the line.
    let taken = measure_text_width(&left) + measure_text_width(&right) + 2;
    let gap = columns.saturating_sub(taken).max(2);
    format!("{left}{}{right}", " ".repeat(gap))
}

/// `23:03`, or `23:03 to 00:03` where a few requests more take it into another hour's.
pub fn until(prospect: &Prospect, zone: &Zone, now: Timestamp) -> String {
    let near = |at| zone.near_minute(at, now);
    let last = near(prospect.last_send_at);
    match prospect.latest_send_at {
        Some(latest) => format!("{last} to {}", near(latest)),
        None => last,
    }
}

fn bar(snapshot: &Snapshot, zone: &Zone) -> String {
    let Sent { sent, of } = Sent::from(&snapshot.counts);
    let full = sent.saturating_mul(BAR_CELLS).checked_div(of).unwrap_or(BAR_CELLS);
    let cells = |cell: char, count: u64| (0..count).map(|_| cell).collect::<String>();
    let last = match snapshot.prospect {
        Some(prospect) => format!("    last one {}", until(&prospect, zone, snapshot.at)),
        None => String::new(),
    };
    format!(
        "{}{}  sent {} of {}  {}{last}",
        cells('█', full),
        cells('░', BAR_CELLS - full),
        thousands(sent),
        thousands(of),
        share(sent, of)
    )
}
