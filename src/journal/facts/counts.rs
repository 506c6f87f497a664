//! How many machines of a batch are in which state: kept, so that nobody has to count them.

use rusqlite::{Connection, params};

use crate::domain::{BatchId, Counts, State};
use crate::journal::JournalError;
use crate::journal::sql::column::Fields;

pub(in crate::journal) fn of(db: &Connection, id: BatchId) -> Result<Counts, JournalError> {
    let sql = "SELECT state, machines FROM counts WHERE batch = ?1";
    read(db, sql, id)
}

/// What a statement about one batch counts: rows of a state and a number.
pub(in crate::journal) fn read(
    db: &Connection,
    sql: &str,
    id: BatchId,
) -> Result<Counts, JournalError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let mut fields = Fields::of(row);
        counts.add(fields.text(State::from_word)?, fields.whole()?);
    }
    Ok(counts)
}

/// Adds to (or takes from) the number of machines in a state.
pub(in crate::journal) fn shift(
    db: &Connection,
    batch: BatchId,
    state: State,
    machines: i64,
) -> Result<(), JournalError> {
    if machines == 0 {
        return Ok(());
    }
    // Not an upsert: its row with a negative count would fail the check before it is merged.
    let sql = "UPDATE counts SET machines = machines + ?3 WHERE batch = ?1 AND state = ?2";
    let row = params![batch.0, state.word(), machines];
    if db.prepare_cached(sql)?.execute(row)? == 0 {
        let sql = "INSERT INTO counts (batch, state, machines) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}
