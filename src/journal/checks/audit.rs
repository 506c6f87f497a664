//! The audit: whether anything was changed since it was written.
//!
//! Called by `cli` for `audit verify`. Everything is read from one snapshot, beside a runner too.
//! Deliberately absent: what is no record (the limiter's history, the runner's row, requests to
//! stop), and whether the file is fit to run on (`check`).

use std::path::Path;

use crate::domain::hex;
use crate::journal::facts::chain_walk::{self, Seen};
use crate::journal::{ChainHead, Journal, JournalError};

use super::check::rows;
use super::finding::Finding;
use super::invariants;

/// A head that somebody noted earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedHead {
    /// How many facts there were, where that was noted.
    pub facts: Option<u64>,
    /// The first of its 64 hexadecimal digits, in lower case: all, or the first
    /// 12 at least.
    pub digits: String,
}

/// What an audit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub findings: Vec<Finding>,
    /// The head of the chain, which holds.
    pub head: Option<ChainHead>,
}

/// Computes the chain again, looks for a noted head in it, and compares every row with the facts.
///
/// # Errors
/// [`JournalError`] where the journal cannot be opened.
pub fn audit(path: &Path, noted: Option<&NotedHead>) -> Result<Audit, JournalError> {
    let journal = Journal::open_reader(path)?;
    let snapshot = journal.db().unchecked_transaction()?;
    let mut findings = Vec::new();
    let mut head = None;
    match chain_walk::look(&snapshot, noted.map(|noted| noted.digits.as_str())) {
        Ok(seen) => {
            findings.push(chain(&seen));
            findings.extend(noted.map(|noted| noted_head(noted, &seen)));
            let whole = ChainHead { rows: seen.facts, hash: seen.hash };
            head = Some(whole).filter(|_| seen.breaks == 0);
        }
        Err(error) => findings.push(Finding::failed(CHAIN, &error)),
    }
    findings.push(rows(&journal));
    findings.extend(invariants::ALL.map(|(name, ask)| Finding::of(name, ask(&snapshot, name))));
    Ok(Audit { findings, head })
}

const CHAIN: &str = "audit chain";

fn chain(seen: &Seen) -> Finding {
    let Some(first) = &seen.first else {
        let head = hex::encode(&seen.hash);
        return Finding::good(CHAIN, format!("{} facts, head {head}", seen.facts));
    };
    let more = match seen.breaks - (first.last.abs_diff(first.first) + 1) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Finding::bad(CHAIN, format!("{first}{more}"))
}

fn noted_head(noted: &NotedHead, seen: &Seen) -> Finding {
    const NAME: &str = "noted head";
    let compared = match noted.digits.len() {
        64.. => String::new(),
        fewer => format!("; only its first {fewer} digits of 64 were compared"),
    };
    match (seen.noted_at, noted.facts) {
        (Some(at), None) => {
            Finding::good(NAME, format!("it is the head after {at} facts{compared}"))
        }
        (Some(at), Some(facts)) if at == facts => {
            Finding::good(NAME, format!("it is the head after {at} facts, as noted"))
        }
        (Some(at), Some(facts)) => {
            let found = format!("noted after {facts} facts, and found after {at}");
            Finding::bad(NAME, found)
        }
        (None, _) => Finding::bad(
            NAME,
            format!(
                "it is not in this chain: facts up to it were changed or removed, or it is the \
                 head of another journal{compared}"
            ),
        ),
    }
}
