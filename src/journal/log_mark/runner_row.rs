//! The runner's row: who runs, its sign of life, and the mark that the sign holds.
//!
//! Deliberately absent: what a mark means (`mark`), and whether the runner is alive.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::domain::{BatchId, Timestamp, Window};
use crate::event::{Wait, WaitReason};
use crate::journal::sql::column::Fields;
use crate::journal::sql::stored::{DurationShape, MaybeTimeShape, TimeShape, stored};
use crate::journal::{Heartbeat, JournalError, Runner, RunnerView, StopRequest};

use super::mark::Mark;

/// Puts a new runner in the place of the last one.
pub(in crate::journal) fn write(db: &Connection, runner: &Runner) -> Result<(), JournalError> {
    let Runner { pid, host, user, command, since } = runner;
    db.execute(
        "INSERT OR REPLACE INTO runner (id, pid, host, user, command, since)
         VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![pid, host, user, command, since.as_micros()],
    )?;
    Ok(())
}

/// The last runner, whether it is `alive` or not; none where there never was one.
pub(in crate::journal) fn view(
    db: &Connection,
    alive: bool,
) -> Result<Option<RunnerView>, JournalError> {
    let sql = "SELECT pid, host, user, command, since, heartbeat FROM runner";
    let view = db.prepare_cached(sql)?.query_row([], |row| {
        let mut fields = Fields::of(row);
        let runner = Runner {
            pid: fields.whole()?,
            host: fields.take()?,
            user: fields.take()?,
            command: fields.take()?,
            since: fields.time()?,
        };
        let heartbeat = fields.text_or_none(read_sign)?.and_then(|Sign(heartbeat)| heartbeat);
        Ok(RunnerView { runner, alive, heartbeat })
    });
    Ok(view.optional()?)
}

/// Puts a sign of life into the row; the mark and a request to stop stay.
pub(in crate::journal) fn give(db: &Connection, heartbeat: &Heartbeat) -> Result<(), JournalError> {
    let (log, stop) = stored(db)?.map_or((None, None), |it| (it.log, it.stop));
    let Heartbeat { at, batch, waiting, said, last_send_at } = heartbeat.clone();
    let waiting = waiting.map(StoredWait);
    store(db, &Stored { at, batch: batch.0, waiting, said, last_send_at, log, stop })
}

/// Notes in the runner's row what there is to say of the log.
pub(super) fn set_mark(db: &Connection, mark: Mark) -> Result<(), JournalError> {
    let sql = "SELECT since FROM runner";
    let since: Option<i64> = db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    let Some(at) = since else { return Ok(()) };
    let none = Stored {
        at: Timestamp::from_micros(at),
        batch: NO_BATCH,
        waiting: None,
        said: None,
        last_send_at: None,
        log: None,
        stop: None,
    };
    let stored = stored(db)?.unwrap_or(none);
    store(db, &Stored { log: Some(mark), ..stored })
}

/// Notes in the runner's row that it is to stop. One statement, since the runner writes there too.
pub(in crate::journal) fn set_stop(
    db: &Connection,
    request: &StopRequest,
) -> Result<(), JournalError> {
    let sql = "UPDATE runner SET heartbeat = json_set(
                   coalesce(heartbeat, json_object(
                       'at', since, 'batch', ?3, 'waiting', NULL, 'last_send_at', NULL)),
                   '$.stop', json_object('by', ?1, 'at', ?2))";
    let row = params![request.by, request.at.as_micros(), NO_BATCH];
    db.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

pub(in crate::journal) fn stop(db: &Connection) -> Result<Option<StopRequest>, JournalError> {
    let stop = stored(db)?.and_then(|stored| stored.stop);
    Ok(stop.map(|StoredStop(request)| request))
}

/// The mark that a connection sees. None where a version of this program wrote last that knew none.
pub(super) fn mark(db: &Connection) -> Result<Option<Mark>, JournalError> {
    let sql = "SELECT heartbeat FROM runner";
    let json: Option<Option<String>> = db.query_row(sql, [], |row| row.get(0)).optional()?;
    Ok(json.flatten().and_then(|json| serde_json::from_str::<Stored>(&json).ok()?.log))
}

fn stored(db: &Connection) -> Result<Option<Stored>, JournalError> {
    let sql = "SELECT heartbeat FROM runner";
    let json = db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    let json: Option<String> = json.flatten();
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

fn store(db: &Connection, stored: &Stored) -> Result<(), JournalError> {
    let json = serde_json::to_string(stored).expect("numbers and texts become JSON");
    db.prepare_cached("UPDATE runner SET heartbeat = ?1")?.execute([json])?;
    Ok(())
}

/// In the place of a batch's number, before a runner works on one.
const NO_BATCH: i64 = 0;

/// A heartbeat as it is stored, with what else is in the runner's row.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(with = "TimeShape")]
    at: Timestamp,
    batch: i64,
    waiting: Option<StoredWait>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    #[serde(default, with = "MaybeTimeShape")]
    last_send_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop: Option<StoredStop>,
}

#[derive(Serialize, Deserialize)]
struct StoredStop(#[serde(with = "StopShape")] StopRequest);

#[derive(Serialize, Deserialize)]
#[serde(remote = "StopRequest")]
struct StopShape {
    by: String,
    #[serde(with = "TimeShape")]
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredWait(#[serde(with = "WaitShape")] Wait);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Wait")]
struct WaitShape {
    #[serde(flatten, with = "WaitReasonShape")]
    reason: WaitReason,
    #[serde(with = "TimeShape")]
    until: Timestamp,
    machines: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "WaitReason", tag = "reason", rename_all = "snake_case")]
enum WaitReasonShape {
    Window(#[serde(with = "WindowShape")] Window),
    RetryAfter,
    ReadsPaused {
        #[serde(default, with = "MaybeTimeShape")]
        gives_up_at: Option<Timestamp>,
    },
    Backoff,
    Network {
        #[serde(with = "TimeShape")]
        since: Timestamp,
        #[serde(with = "TimeShape")]
        gives_up_at: Timestamp,
    },
    SignIn {
        #[serde(with = "TimeShape")]
        since: Timestamp,
        #[serde(with = "TimeShape")]
        gives_up_at: Timestamp,
    },
    Settle,
    Busy,
    Actions,
    Between {
        hours: Option<String>,
    },
    Canary {
        succeeded: u64,
        of: u64,
    },
}

#[derive(Serialize, Deserialize)]
struct StoredWindow {
    limit: u32,
    #[serde(with = "DurationShape")]
    micros: Duration,
}

stored!(
    WindowShape: Window as StoredWindow,
    |window| StoredWindow { limit: window.limit(), micros: window.duration() },
    |window| Window::new(window.limit, window.micros).ok()
);

/// None before the runner works on a batch.
struct Sign(Option<Heartbeat>);

fn read_sign(json: &str) -> Option<Sign> {
    let Stored { at, batch, waiting, said, last_send_at, .. } = serde_json::from_str(json).ok()?;
    let waiting = waiting.map(|StoredWait(wait)| wait);
    let heartbeat = Heartbeat { at, batch: BatchId(batch), waiting, said, last_send_at };
    Some(Sign((batch != NO_BATCH).then_some(heartbeat)))
}
