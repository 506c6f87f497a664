//! Taking out what is not sent yet. Needs no connection, so `cancel` does it before it signs in.

use std::collections::HashSet;

use crate::domain::{BatchId, Fact, MachineId, Reason, State, Timestamp};
use crate::journal::{Changes, Entry, Filter, Journal, JournalError};

/// Facts in one commit: enough for speed, few enough for memory.
const FACTS_A_COMMIT: usize = 10_000;

/// Skips the queued machines of a batch, `only` some or all: none of them is sent any more.
///
/// # Errors
/// The journal cannot be written; what is withdrawn by then stays so.
pub fn withdraw_queued(
    journal: &mut Journal,
    batch: BatchId,
    only: Option<&HashSet<MachineId>>,
    at: Timestamp,
) -> Result<(), JournalError> {
    let filter =
        Filter { states: vec![State::Queued], machines: only.cloned(), ..Filter::default() };
    let mut facts = Vec::new();
    journal.each_machine(batch, &filter, |machine| {
        let fact = Fact::Skipped { reason: Reason::Withdrawn };
        facts.push(Entry { batch, number: machine.number, at, fact });
    })?;
    for facts in facts.chunks(FACTS_A_COMMIT) {
        journal.commit(&Changes { facts: facts.to_vec(), ..Changes::default() })?;
    }
    Ok(())
}
