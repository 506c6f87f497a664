//! The limiter's history: calls, pauses, and the clocks. The limiter counts, not the journal.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::{
    Call, CallId, Freeze, History, LimitGroup, Phantoms, ServerClock, Stamp, Timestamp, Window,
};
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError};

use super::changes::Changes;

impl Journal {
    /// The number of the next call: above all that are kept.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn next_call(&self) -> Result<CallId, JournalError> {
        let sql = "SELECT MAX(COALESCE(MAX(id), 0), 0) + 1 FROM calls";
        Ok(self.db().prepare_cached(sql)?.query_row([], |row| row.get(0).map(CallId))?)
    }

    /// What earlier processes left for the limiter. Of each group's calls the last `most`, and all
    /// that have no receipt: a ledger never needs more than its largest limit. Not by their age,
    /// since a clock that was set says nothing of it.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn history(&self, most: u32) -> Result<History, JournalError> {
        self.history_of(most, &LimitGroup::ALL)
    }

    pub(super) fn history_of(
        &self,
        most: u32,
        groups: &[LimitGroup],
    ) -> Result<History, JournalError> {
        let mut history = History {
            freezes: self.freezes()?,
            phantoms: self.phantoms()?,
            server_clock: self.server_clock()?,
            ..History::default()
        };
        for group in groups {
            history.calls.extend(self.last_calls(*group, most)?);
        }
        Ok(history)
    }

    fn last_calls(&self, group: LimitGroup, most: u32) -> Result<Vec<Call>, JournalError> {
        let sql = "SELECT id, sent_at, receipt_at, receipt_boot, receipt_since_boot FROM calls
                   WHERE limit_group = ?1 AND (receipt_at IS NULL
                       OR id >= COALESCE((SELECT id FROM calls WHERE limit_group = ?1 AND id >= 0
                              ORDER BY id DESC LIMIT 1 OFFSET ?2), 0)
                       OR (id < 0 AND id <= COALESCE(
                              (SELECT id FROM calls WHERE limit_group = ?1 AND id < 0
                               ORDER BY id LIMIT 1 OFFSET ?2), -1)))
                   ORDER BY id";
        Ok(all_rows(self.db(), sql, params![group.word(), most.saturating_sub(1)], |fields| {
            let id = CallId(fields.take()?);
            let sent_at = fields.time()?;
            Ok(Call { id, group, sent_at, receipt: fields.stamp_or_none()? })
        })?)
    }

    fn freezes(&self) -> Result<Vec<Freeze>, JournalError> {
        let sql = "SELECT limit_group, streak, until, until_boot, until_since_boot FROM freezes
                   ORDER BY limit_group";
        Ok(all_rows(self.db(), sql, [], |fields| {
            let (group, streak) = (fields.text(LimitGroup::from_word)?, fields.whole()?);
            Ok(Freeze { group, streak, until: fields.stamp()? })
        })?)
    }

    fn phantoms(&self) -> Result<Vec<Phantoms>, JournalError> {
        let sql = "SELECT limit_group, \"limit\", window_micros, calls,
                          until, until_boot, until_since_boot
                   FROM phantoms ORDER BY limit_group, window_micros";
        Ok(all_rows(self.db(), sql, [], |fields| {
            let group = fields.text(LimitGroup::from_word)?;
            let (limit, micros) = (fields.whole()?, fields.whole()?);
            let window = Window::new(limit, Duration::from_micros(micros));
            let window = window.map_err(|_| fields.strange((limit, micros)))?;
            Ok(Phantoms { group, window, calls: fields.whole()?, until: fields.stamp()? })
        })?)
    }

    fn server_clock(&self) -> Result<Option<ServerClock>, JournalError> {
        let sql = "SELECT date, wall FROM server_clock";
        let clock = self.db().prepare_cached(sql)?.query_row([], |row| {
            let mut fields = Fields::of(row);
            Ok(ServerClock { date: fields.time()?, wall: fields.time()? })
        });
        Ok(clock.optional()?)
    }

    /// Forgets calls whose receipt is before `before`, but for the newest [`Self::CALLS_KEPT`]: a
    /// clock that was set far ahead must not take what the limiter needs.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be removed.
    pub fn purge_calls(&mut self, before: Timestamp) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        let sql = "DELETE FROM calls
                   WHERE receipt_at < ?1
                       AND (id BETWEEN 0 AND (SELECT MAX(id) FROM calls) - ?2
                            OR id BETWEEN (SELECT MIN(id) FROM calls) + ?2 AND -1)";
        let row = params![before.as_micros(), Self::CALLS_KEPT];
        transaction.prepare_cached(sql)?.execute(row)?;
        Ok(transaction.commit()?)
    }

    /// Calls that are never purged: far more than Defender's limits let through in an hour.
    pub const CALLS_KEPT: u32 = 20_000;
}

/// Writes new calls, then receipts, then what 429s led to, then the clocks.
pub(super) fn write(db: &Connection, changes: &Changes) -> Result<(), JournalError> {
    if !changes.clock_gained.is_zero() {
        move_forwards(db, changes.clock_gained)?;
    }
    for Call { id, group, sent_at, receipt } in &changes.calls {
        let sql = "INSERT INTO calls
                       (id, limit_group, sent_at, receipt_at, receipt_boot, receipt_since_boot)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let (wall, boot, since) = stored_or_none(receipt.as_ref());
        let call = params![id.0, group.word(), sent_at.as_micros(), wall, boot, since];
        db.prepare_cached(sql)?.execute(call)?;
    }
    for (id, receipt) in &changes.receipts {
        let sql = "UPDATE calls SET receipt_at = ?2, receipt_boot = ?3, receipt_since_boot = ?4
                   WHERE id = ?1";
        let (wall, boot, since) = stored(receipt);
        db.prepare_cached(sql)?.execute(params![id.0, wall, boot, since])?;
    }
    for Freeze { group, until, streak } in &changes.freezes {
        let sql = "INSERT OR REPLACE INTO freezes
                       (limit_group, until, streak, until_boot, until_since_boot)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let (wall, boot, since) = stored(until);
        db.prepare_cached(sql)?.execute(params![group.word(), wall, streak, boot, since])?;
    }
    for Phantoms { group, window, calls, until } in &changes.phantoms {
        let sql = "INSERT OR REPLACE INTO phantoms (limit_group, \"limit\", window_micros, calls,
                       until, until_boot, until_since_boot)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let (wall, boot, since) = stored(until);
        let micros = micros(window.duration());
        let row = params![group.word(), window.limit(), micros, calls, wall, boot, since];
        db.prepare_cached(sql)?.execute(row)?;
    }
    if let Some(ServerClock { date, wall }) = &changes.server_clock {
        let sql = "INSERT OR REPLACE INTO server_clock (id, date, wall) VALUES (1, ?1, ?2)";
        db.prepare_cached(sql)?.execute(params![date.as_micros(), wall.as_micros()])?;
    }
    Ok(())
}

/// Brings what is there onto a wall clock that was set forwards.
fn move_forwards(db: &Connection, gained: Duration) -> Result<(), JournalError> {
    for sql in [
        "UPDATE calls SET receipt_at = receipt_at + ?1",
        "UPDATE freezes SET until = until + ?1",
        "UPDATE phantoms SET until = until + ?1",
        "UPDATE server_clock SET wall = wall + ?1",
    ] {
        db.prepare_cached(sql)?.execute([micros(gained)])?;
    }
    Ok(())
}

/// A stamp as its three columns: wall time, which start of the computer, time since then.
fn stored(stamp: &Stamp) -> (i64, Option<&[u8]>, Option<i64>) {
    let boot = stamp.boot.as_ref().map(|time| &time.boot.as_bytes()[..]);
    (stamp.wall.as_micros(), boot, stamp.boot.map(|time| micros(time.since)))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn stored_or_none(stamp: Option<&Stamp>) -> (Option<i64>, Option<&[u8]>, Option<i64>) {
    stamp.map_or((None, None, None), |stamp| {
        let (wall, boot, since) = stored(stamp);
        (Some(wall), boot, since)
    })
}
