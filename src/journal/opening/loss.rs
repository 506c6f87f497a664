//! What follows when the log was lost: the batches continue as after an older copy was put back.
//!
//! Called by `open`. Deliberately absent: finding it out (`log_mark`), and asking Defender (the
//! engine, which reads the fact).

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{BatchFact, BatchId, Timestamp};
use crate::journal::JournalError;
use crate::journal::facts::writer::FactWriter;
use crate::journal::facts::{chain_walk, fold};
use crate::journal::file::Location;
use crate::journal::log_mark::leave;
use crate::journal::sql::column::all_rows;
use crate::journal::sql::connection::keep_statements;
use crate::journal::sql::schema;

/// Notes for each batch that is not over that a part of it is lost, and that there is no log any
/// more: in the file itself, and both or nothing. What is left must hold together: a copy that was
/// taken of the file while it was written may be a mixture.
pub(super) fn note(
    db: &mut Connection,
    location: &Location,
    at: Timestamp,
) -> Result<(), JournalError> {
    keep_statements(db);
    // No log: this must not depend on one. It needs the file for itself.
    db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    schema::migrate(db, Some(location.real()))?;
    chain_walk::verify(db).map_err(|error| match error {
        broken @ JournalError::ChainBroken { .. } => JournalError::damaged(broken.to_string()),
        other => other,
    })?;
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut writer = FactWriter::new(&transaction)?;
    for batch in unfinished(&transaction)? {
        fold::compare(&transaction, batch)?;
        writer.add_batch_fact(batch, at, &BatchFact::RolledBack { actions: 0 })?;
    }
    writer.finish()?;
    leave::write_whole(&transaction)?;
    Ok(transaction.commit()?)
}

/// Batches of which something was or may be sent again: all but those that came to a good end.
pub(super) fn unfinished(db: &Connection) -> Result<Vec<BatchId>, JournalError> {
    let sql = "SELECT DISTINCT batch FROM counts
               WHERE machines > 0 AND state NOT IN ('succeeded', 'skipped') ORDER BY batch";
    Ok(all_rows(db, sql, [], |fields| fields.take().map(BatchId))?)
}
