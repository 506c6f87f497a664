//! The bad rows of the lists, in words: each on a line of its own, or all of a kind on one where a
//! list holds nothing else.
//!
//! Deliberately absent: where bad rows are written (`--rejects`), and what they end.

use crate::intake::Reject;
use crate::reporter::thousands;

/// Most lines about bad rows on the screen.
const LINES_MAX: usize = 50;

/// All that was wrong with rows, in words.
#[derive(Debug, Default)]
pub(crate) struct RowFaults {
    lines: Vec<String>,
    /// Bad rows that these lines are about.
    told: u64,
    /// Lines and rows told before the list that is being read.
    before: (usize, u64),
    /// Kinds of faults in the list that is being read.
    kinds: Vec<Kind>,
    /// Lists in which no row can be used.
    pub(crate) useless: Vec<String>,
    /// What leads on from the first of them that shows it.
    pub(crate) lead: Option<String>,
}

/// Faults that are the same but for the cell and its place.
#[derive(Debug)]
struct Kind {
    essence: String,
    example: String,
    rows: u64,
}

impl RowFaults {
    pub(crate) fn begin(&mut self) {
        self.before = (self.lines.len(), self.told);
        self.kinds.clear();
    }

    /// Adds a bad row, which is called `said` on the screen.
    pub(crate) fn add(&mut self, reject: &Reject, said: String) {
        let essence = essence(reject);
        if let Some(kind) = self.kinds.iter_mut().find(|kind| kind.essence == essence) {
            kind.rows += 1;
        } else if self.kinds.len() < LINES_MAX {
            self.kinds.push(Kind { essence, example: said.clone(), rows: 1 });
        }
        if self.lines.len() < LINES_MAX {
            self.lines.push(said);
            self.told += 1;
        }
    }

    /// A list is read, of which all rows are bad.
    pub(crate) fn end_useless(&mut self, name: &str, rows: u64, lead: Option<String>) {
        let (lines, told) = self.before;
        self.lines.truncate(lines);
        self.told = told;
        for kind in self.kinds.drain(..) {
            if self.lines.len() < LINES_MAX {
                self.told += kind.rows;
                self.lines.push(kind.words(rows));
            }
        }
        self.useless.push(name.to_owned());
        self.lead = self.lead.take().or(lead);
    }

    /// The lines, of `rows` bad rows in all.
    pub(crate) fn lines(&self, rows: u64) -> Vec<String> {
        let mut lines = self.lines.clone();
        if rows > self.told {
            let more = thousands(rows - self.told);
            lines.push(format!("and {more} more; --rejects FILE writes all of them to a file"));
        }
        lines
    }
}

impl Kind {
    fn words(self, rows: u64) -> String {
        let Self { example, rows: own, .. } = self;
        if own == 1 {
            return example;
        }
        format!("{} of {} rows have this fault: {example}", thousands(own), thousands(rows))
    }
}

/// The fault without what differs from row to row: what is quoted, and numbers.
fn essence(reject: &Reject) -> String {
    let reason = reject.reason();
    let words = reason.split('`').step_by(2).flat_map(str::split_whitespace);
    let same = words.filter(|word| !word.starts_with("U+") && !word.contains(is_digit));
    let words: Vec<&str> = same.collect();
    format!("{}: {}", reject.column, words.join(" "))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}
