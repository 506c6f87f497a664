//! The limiter's history: calls and pauses. The limiter counts them, not the journal.

use rusqlite::{Connection, params};

use crate::domain::{Call, CallId, Freeze, LimitGroup, Timestamp};

use super::column::Fields;
use super::{Journal, JournalError};

impl Journal {
    /// The number of the next call: above all that are kept.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn next_call(&self) -> Result<CallId, JournalError> {
        let sql = "SELECT COALESCE(MAX(id), 0) + 1 FROM calls";
        Ok(self.db.prepare_cached(sql)?.query_row([], |row| row.get(0).map(CallId))?)
    }

    /// Calls that have no receipt, or whose send or receipt is not before `since`; oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn calls_since(&self, since: Timestamp) -> Result<Vec<Call>, JournalError> {
        let sql = "SELECT id, limit_group, sent_at, receipt_at FROM calls
                   WHERE receipt_at IS NULL OR receipt_at >= ?1 OR sent_at >= ?1
                   ORDER BY sent_at, id";
        let mut statement = self.db.prepare_cached(sql)?;
        let calls = statement.query_map([since.as_micros()], |row| {
            let mut fields = Fields::of(row);
            Ok(Call {
                id: CallId(fields.take()?),
                group: fields.text(group_of)?,
                sent_at: fields.time()?,
                receipt_at: fields.time_or_none()?,
            })
        })?;
        Ok(calls.collect::<Result<_, _>>()?)
    }

    /// The pauses that servers asked for, also those that are over; at most one a group.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn freezes(&self) -> Result<Vec<Freeze>, JournalError> {
        let sql = "SELECT limit_group, until, streak FROM freezes ORDER BY limit_group";
        let mut statement = self.db.prepare_cached(sql)?;
        let freezes = statement.query_map([], |row| {
            let mut fields = Fields::of(row);
            Ok(Freeze {
                group: fields.text(group_of)?,
                until: fields.time()?,
                streak: fields.whole()?,
            })
        })?;
        Ok(freezes.collect::<Result<_, _>>()?)
    }

    /// Forgets calls whose receipt is before `before`. One without a receipt is kept: it may still
    /// be under way.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be removed.
    pub fn purge_calls(&mut self, before: Timestamp) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        let sql = "DELETE FROM calls WHERE receipt_at < ?1";
        transaction.prepare_cached(sql)?.execute([before.as_micros()])?;
        Ok(transaction.commit()?)
    }
}

/// Writes new calls, then receipts, then pauses.
pub(super) fn write(
    db: &Connection,
    calls: &[Call],
    receipts: &[(CallId, Timestamp)],
    freezes: &[Freeze],
) -> Result<(), JournalError> {
    for Call { id, group, sent_at, receipt_at } in calls {
        let sql = "INSERT INTO calls (id, limit_group, sent_at, receipt_at)
                   VALUES (?1, ?2, ?3, ?4)";
        let receipt_at = receipt_at.map(Timestamp::as_micros);
        let call = params![id.0, word(*group), sent_at.as_micros(), receipt_at];
        db.prepare_cached(sql)?.execute(call)?;
    }
    for (id, at) in receipts {
        let sql = "UPDATE calls SET receipt_at = ?2 WHERE id = ?1";
        db.prepare_cached(sql)?.execute(params![id.0, at.as_micros()])?;
    }
    for Freeze { group, until, streak } in freezes {
        let sql = "INSERT OR REPLACE INTO freezes (limit_group, until, streak) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(params![word(*group), until.as_micros(), streak])?;
    }
    Ok(())
}

const fn word(group: LimitGroup) -> &'static str {
    match group {
        LimitGroup::Posts => "posts",
        LimitGroup::Reads => "reads",
        LimitGroup::Cancels => "cancels",
    }
}

fn group_of(text: &str) -> Option<LimitGroup> {
    LimitGroup::ALL.into_iter().find(|group| word(*group) == text)
}
