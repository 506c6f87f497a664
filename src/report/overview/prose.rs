//! The overview as a table of 80 columns, with what needs a person below its row.
//!
//! Only a command may be wider: it is there to be copied.

use console::measure_text_width;

use crate::domain::State;
use crate::domain::text::{in_line, plural};
use crate::journal::PlaceAmongCopies;
use crate::report::picture::fitted;
use crate::reporter::{Sent, Side, Zone, lined_up, sources_line, thousands};

use super::row::{Overview, TenantRow, TenantState};
use super::totals::OverviewTotals;

/// The width of a terminal that nobody made wider.
const COLUMNS: usize = 80;

/// Before what stands below a row.
const INDENT: &str = "    ";

/// Between two columns.
const GAP: usize = 2;

/// The columns that are cut where there is no room: tenant, list, state.
const CUT: [usize; 3] = [0, 1, 6];

/// What is left of a cut column at least.
const CUT_MIN: usize = 8;

const SIDES: [Side; 7] =
    [Side::Left, Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Left];

impl Overview {
    /// A line a journal, what needs a person first, and the totals. Ends with a line end.
    pub fn to_prose(&self, zone: &Zone) -> String {
        let head = ["tenant", "list", "sent", "good", "pending", "bad", "state"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(self.rows.iter().map(|row| self.cells(row, zone)));
        cut_to_fit(&mut rows);
        let mut lines = lined_up(&rows, &SIDES, 0, GAP).into_iter();
        let mut text = lines.next().unwrap_or_default() + "\n";
        for (line, row) in lines.zip(&self.rows) {
            text += &line;
            text.push('\n');
            for more in below(row, zone) {
                text += &more;
                text.push('\n');
            }
        }
        text.push('\n');
        text + &foot(&self.totals())
    }

    fn cells(&self, row: &TenantRow, zone: &Zone) -> Vec<String> {
        let mut cells = vec![self.label(row)];
        match row.batch() {
            Some(batch) => {
                let counts = &batch.status.batch.counts;
                let Sent { sent, of } = batch.status.sent();
                cells.extend([
                    sources_line(&batch.status.batch.sources),
                    format!("{}/{}", thousands(sent), thousands(of)),
                    thousands(counts.of(State::Succeeded)),
                    thousands(counts.of(State::Pending)),
                    thousands(counts.unsuccessful()),
                ]);
            }
            None => cells.extend(vec![String::new(); 5]),
        }
        cells.push(row.short_state(zone));
        cells
    }
}

/// Shortens the widest of the columns that may be cut until the table fits.
fn cut_to_fit(rows: &mut [Vec<String>]) {
    let width = |rows: &[Vec<String>], column: usize| {
        rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..SIDES.len()).map(|column| width(rows, column)).collect();
    let room = COLUMNS - GAP * (SIDES.len() - 1);
    while widths.iter().sum::<usize>() > room {
        // Of several the list first, which is the least important one.
        let order = [CUT[0], CUT[2], CUT[1]];
        let widest = order.into_iter().max_by_key(|column| widths[*column]);
        let Some(widest) = widest.filter(|column| widths[*column] > CUT_MIN) else { break };
        widths[widest] -= 1;
    }
    for row in rows {
        for column in CUT {
            row[column] = cut(&row[column], widths[column]);
        }
    }
}

/// What stands where a text was cut: three columns in every code page.
const MARK: &str = "...";

/// A text of at most this many columns, with `...` where it was cut.
fn cut(text: &str, columns: usize) -> String {
    if measure_text_width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        let longer = format!("{kept}{letter}");
        if measure_text_width(&longer) + MARK.len() > columns {
            break;
        }
        kept = longer;
    }
    kept + MARK
}

/// What needs a person, and the commands that help.
fn below(row: &TenantRow, zone: &Zone) -> Vec<String> {
    let indented = |words: &str| -> Vec<String> {
        let words = fitted(&in_line(words), (usize::MAX, COLUMNS - INDENT.len()));
        words.lines().map(|line| format!("{INDENT}{line}")).collect()
    };
    match &row.state {
        TenantState::Batch(batch) => {
            let mut lines = Vec::new();
            for need in &batch.needs {
                lines.extend(indented(&need.words(Some(&batch.status), zone)));
                let command = need.command.iter().map(|words| row.commands.of(words));
                lines.extend(command.map(|command| format!("{INDENT}{}", in_line(&command))));
            }
            lines
        }
        TenantState::Unreadable { why, to_do } => {
            std::iter::once(why).chain(to_do).flat_map(|said| indented(said)).collect()
        }
        TenantState::Aside { place: PlaceAmongCopies::CopyOf(of), .. } => {
            indented(&format!("a copy of {of}, which goes on there"))
        }
        TenantState::Aside { place: PlaceAmongCopies::ContinuedIn(copy), .. } => {
            indented(&format!("it goes on in a copy, made as {copy}"))
        }
        TenantState::Empty => Vec::new(),
    }
}

fn foot(totals: &OverviewTotals) -> String {
    let journals = thousands(totals.journals);
    let need = thousands(totals.need_a_person);
    let unreadable = match totals.unreadable {
        0 => String::new(),
        some => format!(", {} not readable", thousands(some)),
    };
    let first = format!(
        "{journals} {}: {need} {} a person, {} running{unreadable}",
        plural(totals.journals, "journal", "journals"),
        plural(totals.need_a_person, "needs", "need"),
        thousands(totals.running),
    );
    let of = |state| totals.counts.of(state);
    let held = match of(State::Held) {
        0 => String::new(),
        some => format!(", held {}", thousands(some)),
    };
    let second = format!(
        "{} of {} machines sent: succeeded {}, pending {}, unsuccessful {}{held}",
        thousands(totals.sent),
        thousands(totals.of),
        thousands(of(State::Succeeded)),
        thousands(of(State::Pending)),
        thousands(totals.counts.unsuccessful()),
    );
    fitted(&format!("{first}\n{second}"), (usize::MAX, COLUMNS))
}
