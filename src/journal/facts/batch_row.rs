//! Whether a batch's own row is what its facts say: how it ended, its options, when it was sent,
//! and what it was made with.
//!
//! Deliberately absent: its machines and counts (`fold`).

use rusqlite::{Connection, params};

use crate::domain::{BatchFact, BatchId, End, Timestamp};
use crate::journal::JournalError;
use crate::journal::sql::column::{Fields, all_rows};

use super::content::to_batch_fact;
use super::{history, made_of};

/// The columns of a batch that facts project.
#[derive(Debug, Default, PartialEq, Eq)]
struct Projected {
    ended: Option<End>,
    ended_at: Option<Timestamp>,
    first_sent_at: Option<Timestamp>,
    last_sent_at: Option<Timestamp>,
}

/// Compares; the error names what differs.
pub(in crate::journal) fn compare(db: &Connection, id: BatchId) -> Result<(), JournalError> {
    let differs = |what: &str| Err(JournalError::damaged(format!("{what} of batch {id} changed")));
    let sql = "SELECT at, kind, content FROM facts
               WHERE batch = ?1 AND number IS NULL ORDER BY id";
    let facts = all_rows(db, sql, [id.0], |fields| history::read(fields, to_batch_fact))?;
    let mut expected = sent(db, id)?;
    let (mut made, mut options, mut canary) = (None, None, (0, None));
    for (at, fact) in facts {
        if let Some(end) = fact.sets_end() {
            (expected.ended, expected.ended_at) = (end, end.map(|_| at));
        }
        match fact {
            BatchFact::Created { made_of, options: first, .. } => {
                (made, options) = (made_of, first);
            }
            BatchFact::OptionsRemembered { options: later } => options = Some(later),
            BatchFact::CanaryChosen { machines, chosen } => canary = (machines, chosen),
            _ => {}
        }
    }
    let (found, remembered) = stored(db, id)?;
    if found != expected {
        return differs("the end or the times");
    }
    if options.is_some_and(|options| options != remembered) {
        return differs("the options");
    }
    if !is_canary(db, id, canary)? {
        return differs("the canary");
    }
    match made {
        Some(made) if made != made_of::hash(db, id)? => {
            differs("the list, the tenant or the comment")
        }
        _ => Ok(()),
    }
}

/// Whether the machines that go first are those of the last choice: how many, and which.
fn is_canary(
    db: &Connection,
    id: BatchId,
    (machines, chosen): (u64, Option<[u8; 32]>),
) -> Result<bool, JournalError> {
    let sql = "SELECT COUNT(*) FROM canaries WHERE batch = ?1";
    let found: u64 = db.prepare_cached(sql)?.query_row([id.0], |row| Fields::of(row).whole())?;
    let same = match chosen {
        Some(chosen) => chosen == made_of::canary(db, id)?,
        None => true,
    };
    Ok(found == machines && same)
}

/// The instants of its first and of its last POST, by the facts.
fn sent(db: &Connection, id: BatchId) -> Result<Projected, JournalError> {
    let sql = "SELECT (SELECT at FROM facts WHERE batch = ?1 AND kind = 'sending'
                       ORDER BY id LIMIT 1),
                      (SELECT MAX(at) FROM facts WHERE batch = ?1 AND kind = 'sending')";
    Ok(db.prepare_cached(sql)?.query_row(params![id.0], |row| {
        let mut fields = Fields::of(row);
        let (first_sent_at, last_sent_at) = (fields.time_or_none()?, fields.time_or_none()?);
        Ok(Projected { first_sent_at, last_sent_at, ..Projected::default() })
    })?)
}

fn stored(db: &Connection, id: BatchId) -> Result<(Projected, String), JournalError> {
    let sql = "SELECT ended, ended_at, first_sent_at, last_sent_at, options FROM batches
               WHERE id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id.0], |row| {
        let mut fields = Fields::of(row);
        let row = Projected {
            ended: fields.text_or_none(End::from_word)?,
            ended_at: fields.time_or_none()?,
            first_sent_at: fields.time_or_none()?,
            last_sent_at: fields.time_or_none()?,
        };
        Ok((row, fields.take()?))
    })?)
}
