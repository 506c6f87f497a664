//! The limiter's history: calls, pauses, and the clocks. The limiter counts, not the journal.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::{
    Call, CallId, Freeze, History, LimitGroup, Phantoms, ServerClock, Stamp, Tenant, Timestamp,
    Window,
};
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError, QuotaOwner};

use super::changes::Changes;
use super::quotas::COUNTED;

impl Journal {
    /// The number of the next call: above all that are kept.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn next_call(&self) -> Result<CallId, JournalError> {
        let sql = "SELECT MAX(COALESCE(MAX(id), 0), 0) + 1 FROM calls";
        Ok(self.db().prepare_cached(sql)?.query_row([], |row| row.get(0).map(CallId))?)
    }

    /// What earlier processes left for the limiter, of the app and the tenant that this journal
    /// counts for. Of each group's calls the last `most`, and all
    /// that have no receipt: a ledger never needs more than its largest limit. Not by their age,
    /// since a clock that was set says nothing of it.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn history(&self, most: u32) -> Result<History, JournalError> {
        self.history_of(most, &LimitGroup::ALL, self.quota())
    }

    /// The same for who looks on: of the app that made a tenant's newest call.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn history_in(&self, tenant: &Tenant, most: u32) -> Result<History, JournalError> {
        let quota = self.last_quota_of(tenant)?;
        self.history_of(most, &LimitGroup::ALL, Some(&quota))
    }

    pub(super) fn history_of(
        &self,
        most: u32,
        groups: &[LimitGroup],
        quota: Option<&QuotaOwner>,
    ) -> Result<History, JournalError> {
        let whose = QuotaOwner::columns(quota);
        let mut history = History {
            freezes: self.freezes(whose)?,
            phantoms: self.phantoms(whose)?,
            server_clock: self.server_clock()?,
            ..History::default()
        };
        for group in groups {
            history.calls.extend(self.last_calls(whose, *group, most)?);
        }
        Ok(history)
    }

    fn last_calls(
        &self,
        [realm, tenant, app]: [&str; 3],
        group: LimitGroup,
        most: u32,
    ) -> Result<Vec<Call>, JournalError> {
        let sql = format!(
            "{COUNTED}, own AS NOT MATERIALIZED (SELECT * FROM calls
                 WHERE limit_group = ?4 AND quota IN (SELECT id FROM counted))
             SELECT id, sent_at, receipt_at, receipt_boot, receipt_since_boot FROM own
             WHERE receipt_at IS NULL
                 OR id >= COALESCE((SELECT id FROM own WHERE id >= 0
                        ORDER BY id DESC LIMIT 1 OFFSET ?5), 0)
                 OR (id < 0 AND id <= COALESCE(
                        (SELECT id FROM own WHERE id < 0 ORDER BY id LIMIT 1 OFFSET ?5), -1))
             ORDER BY id"
        );
        let row = params![realm, tenant, app, group.word(), most.saturating_sub(1)];
        Ok(all_rows(self.db(), &sql, row, |fields| {
            let id = CallId(fields.take()?);
            let sent_at = fields.time()?;
            Ok(Call { id, group, sent_at, receipt: fields.stamp_or_none()? })
        })?)
    }

    fn freezes(&self, whose: [&str; 3]) -> Result<Vec<Freeze>, JournalError> {
        let sql = format!(
            "{COUNTED} SELECT limit_group, streak, until, until_boot, until_since_boot
             FROM freezes WHERE quota IN (SELECT id FROM counted) ORDER BY limit_group, quota"
        );
        Ok(all_rows(self.db(), &sql, whose, |fields| {
            let (group, streak) = (fields.text(LimitGroup::from_word)?, fields.whole()?);
            Ok(Freeze { group, streak, until: fields.stamp()? })
        })?)
    }

    fn phantoms(&self, whose: [&str; 3]) -> Result<Vec<Phantoms>, JournalError> {
        let sql = format!(
            "{COUNTED} SELECT limit_group, \"limit\", window_micros, calls,
                 until, until_boot, until_since_boot
             FROM phantoms WHERE quota IN (SELECT id FROM counted)
             ORDER BY limit_group, window_micros, quota"
        );
        Ok(all_rows(self.db(), &sql, whose, |fields| {
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
pub(super) fn write(
    db: &Connection,
    quota: Option<&QuotaOwner>,
    changes: &Changes,
) -> Result<(), JournalError> {
    if !changes.clock_gained.is_zero() {
        move_forwards(db, changes.clock_gained)?;
    }
    let Changes { calls, freezes, phantoms, .. } = changes;
    let counts = !(calls.is_empty() && freezes.is_empty() && phantoms.is_empty());
    let quota = if counts { QuotaOwner::number(db, quota)? } else { 0 };
    for Call { id, group, sent_at, receipt } in calls {
        let sql = "INSERT INTO calls
                       (id, limit_group, sent_at, receipt_at, receipt_boot, receipt_since_boot,
                        quota)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let (wall, boot, since) = stored_or_none(receipt.as_ref());
        let call = params![id.0, group.word(), sent_at.as_micros(), wall, boot, since, quota];
        db.prepare_cached(sql)?.execute(call)?;
    }
    for (id, receipt) in &changes.receipts {
        let sql = "UPDATE calls SET receipt_at = ?2, receipt_boot = ?3, receipt_since_boot = ?4
                   WHERE id = ?1";
        let (wall, boot, since) = stored(receipt);
        db.prepare_cached(sql)?.execute(params![id.0, wall, boot, since])?;
    }
    for Freeze { group, until, streak } in freezes {
        let sql = "INSERT OR REPLACE INTO freezes
                       (limit_group, until, streak, until_boot, until_since_boot, quota)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let (wall, boot, since) = stored(until);
        db.prepare_cached(sql)?.execute(params![group.word(), wall, streak, boot, since, quota])?;
    }
    for Phantoms { group, window, calls, until } in phantoms {
        let sql = "INSERT OR REPLACE INTO phantoms (limit_group, \"limit\", window_micros, calls,
                       until, until_boot, until_since_boot, quota)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (wall, boot, since) = stored(until);
        let micros = micros(window.duration());
        let row = params![group.word(), window.limit(), micros, calls, wall, boot, since, quota];
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
