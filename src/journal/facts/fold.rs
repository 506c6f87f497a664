//! Whether the rows of a batch are what its facts add up to.
//!
//! Called by `checks`, and where a journal continues without its log (`opening`). Deliberately
//! absent: a snapshot, which is the caller's.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{BatchId, Counts, Fact, MachineNumber, Standing};
use crate::journal::JournalError;
use crate::journal::sql::column::Fields;

use super::content::to_fact;
use super::{counts, history, standing};

/// Folds all facts of a batch's machines and compares: with their rows, with the counts, with the
/// owners of actions.
pub(in crate::journal) fn compare(db: &Connection, id: BatchId) -> Result<(), JournalError> {
    let sql = "SELECT total FROM batches WHERE id = ?1";
    let total = db.prepare_cached(sql)?.query_row([id.0], |row| Fields::of(row).whole());
    let total: u64 = total.optional()?.ok_or(JournalError::UnknownBatch { id })?;
    let counted = fold(db, id)?;
    if counted != counts::of(db, id)? || counted.total() != total {
        let what = format!("the counts of batch {id} are not those of its machines");
        return Err(JournalError::Damaged { what });
    }
    Ok(())
}

/// Walks machines and facts side by side, both in the order of the machines' numbers.
fn fold(db: &Connection, id: BatchId) -> Result<Counts, JournalError> {
    let mut facts = db.prepare_cached(
        "SELECT number, at, kind, content FROM facts
         WHERE batch = ?1 AND number IS NOT NULL ORDER BY number, id",
    )?;
    let mut facts = facts.query([id.0])?;
    let mut next = facts.next()?;
    let mut machines = db.prepare_cached(concat!(
        "SELECT m.number, ",
        standing::columns!(),
        " FROM machines AS m WHERE m.batch = ?1 ORDER BY m.number"
    ))?;
    let mut machines = machines.query([id.0])?;
    let mut counts = Counts::default();
    while let Some(row) = machines.next()? {
        let mut fields = Fields::of(row);
        let number = MachineNumber(fields.whole()?);
        let mut folded = Standing::NEW;
        while let Some(row) = next {
            let mut fields = Fields::of(row);
            if fields.whole::<u32>()? != number.0 {
                break;
            }
            let (at, fact) = history::read(&mut fields, to_fact)?;
            folded = folded.after(&fact, at).map_err(|source| JournalError::Forbidden {
                batch: id,
                number,
                source,
            })?;
            check_owner(db, &fact)?;
            next = facts.next()?;
        }
        if standing::read(&mut fields)? != folded {
            let what = format!("machine {} of batch {id} is not what its facts say", number.0);
            return Err(JournalError::Damaged { what });
        }
        counts.add(folded.state, 1);
    }
    if next.is_some() {
        let what = format!("batch {id} has facts about a machine that it does not have");
        return Err(JournalError::Damaged { what });
    }
    Ok(counts)
}

/// An action that was accepted has an owner: by it a look-up knows that the action is no answer.
fn check_owner(db: &Connection, fact: &Fact) -> Result<(), JournalError> {
    let Fact::Accepted { action, .. } = fact else { return Ok(()) };
    let sql = "SELECT COUNT(*) FROM actions WHERE action_id = ?1";
    let known: bool = db.prepare_cached(sql)?.query_row([action.as_str()], |row| row.get(0))?;
    if known { Ok(()) } else { Err(JournalError::damaged(format!("action {action} has no owner"))) }
}
