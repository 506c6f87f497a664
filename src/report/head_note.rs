//! The head of an audit chain as a small text that can be mailed, printed and read years later.
//!
//! One line a thing, in this order. Deliberately absent: files, and looking for the head.

use crate::domain::{Timestamp, hex};
use crate::journal::{ChainHead, NotedHead};

/// Who reads one looks for this line: what a mail has around it is passed over.
const FIRST: &str = "mde-offboard audit head";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadNote {
    /// Name of the journal's file.
    pub journal: String,
    pub head: ChainHead,
    pub at: Timestamp,
}

impl HeadNote {
    /// Five lines. Ends with a line end.
    pub fn to_text(&self) -> String {
        let Self { journal, head: ChainHead { rows, hash }, at } = self;
        let hash = hex::encode(hash);
        format!("{FIRST}\njournal {journal}\nfacts {rows}\nhash {hash}\ntime {at}\n")
    }

    /// What is needed to find the head again; none where the text holds no whole note.
    pub fn parse(text: &str) -> Option<NotedHead> {
        let text = text.trim_start_matches('\u{feff}');
        // A mail may quote it.
        let mut lines = text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim());
        lines.find(|line| *line == FIRST)?;
        let mut value = |name: &str| {
            let line = lines.next()?;
            line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned)
        };
        value("journal")?;
        let facts = value("facts")?.parse().ok()?;
        let hash: [u8; 32] = hex::decode(&value("hash")?)?;
        Some(NotedHead { facts: Some(facts), digits: hex::encode(&hash) })
    }

    /// Whether a file that begins like this is a note.
    pub fn is_in(text: &str) -> bool {
        text.lines().next() == Some(FIRST)
    }
}
