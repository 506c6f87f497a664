//! The runner's row: who runs, its sign of life, and the mark that stands in that one.
//!
//! Deliberately absent: what a mark means (`mark`), and whether the runner is alive.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::domain::{BatchId, Timestamp, Window};
use crate::event::{Wait, WaitReason};
use crate::journal::sql::column::Fields;
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
        let heartbeat = fields.text_or_none(read_sign)?.and_then(|sign| sign.heartbeat);
        Ok(RunnerView { runner, alive, heartbeat })
    });
    Ok(view.optional()?)
}

/// Puts a sign of life into the row; the mark and a request to stop stay.
pub(in crate::journal) fn give(db: &Connection, heartbeat: &Heartbeat) -> Result<(), JournalError> {
    let (log, stop) = stored(db)?.map_or((None, None), |it| (it.log, it.stop));
    store(db, &Stored { log, stop, ..Stored::from(heartbeat) })
}

/// Notes in the runner's row what there is to say of the log.
pub(super) fn set_mark(db: &Connection, mark: Mark) -> Result<(), JournalError> {
    let sql = "SELECT since FROM runner";
    let since: Option<i64> = db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    let Some(at) = since else { return Ok(()) };
    let none = Stored {
        at,
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

/// The request to the runner, if there is one.
pub(in crate::journal) fn stop(db: &Connection) -> Result<Option<StopRequest>, JournalError> {
    let stop = stored(db)?.and_then(|stored| stored.stop);
    Ok(stop.map(|StoredStop { by, at }| StopRequest { by, at: Timestamp::from_micros(at) }))
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

/// A heartbeat as it is stored: times in microseconds.
#[derive(Serialize, Deserialize)]
struct Stored {
    at: i64,
    batch: i64,
    waiting: Option<StoredWait>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    last_send_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop: Option<StoredStop>,
}

#[derive(Serialize, Deserialize)]
struct StoredStop {
    by: String,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredWait {
    #[serde(flatten)]
    reason: StoredReason,
    until: i64,
    machines: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
enum StoredReason {
    Window { limit: u32, micros: u64 },
    RetryAfter,
    Backoff,
    Network { since: i64, gives_up_at: i64 },
    SignIn { since: i64, gives_up_at: i64 },
    Settle,
    Busy,
    Actions,
}

impl From<&Heartbeat> for Stored {
    fn from(heartbeat: &Heartbeat) -> Self {
        Self {
            at: heartbeat.at.as_micros(),
            batch: heartbeat.batch.0,
            waiting: heartbeat.waiting.map(|wait| StoredWait {
                reason: wait.reason.into(),
                until: wait.until.as_micros(),
                machines: wait.machines,
            }),
            said: heartbeat.said.clone(),
            last_send_at: heartbeat.last_send_at.map(Timestamp::as_micros),
            log: None,
            stop: None,
        }
    }
}

impl From<WaitReason> for StoredReason {
    fn from(reason: WaitReason) -> Self {
        match reason {
            WaitReason::Window(window) => Self::Window {
                limit: window.limit(),
                micros: u64::try_from(window.duration().as_micros()).unwrap_or(u64::MAX),
            },
            WaitReason::RetryAfter => Self::RetryAfter,
            WaitReason::Backoff => Self::Backoff,
            WaitReason::Network { since, gives_up_at } => {
                Self::Network { since: since.as_micros(), gives_up_at: gives_up_at.as_micros() }
            }
            WaitReason::SignIn { since, gives_up_at } => {
                Self::SignIn { since: since.as_micros(), gives_up_at: gives_up_at.as_micros() }
            }
            WaitReason::Settle => Self::Settle,
            WaitReason::Busy => Self::Busy,
            WaitReason::Actions => Self::Actions,
        }
    }
}

impl StoredReason {
    fn read(self) -> Option<WaitReason> {
        let time = Timestamp::from_micros;
        Some(match self {
            Self::Window { limit, micros } => {
                WaitReason::Window(Window::new(limit, Duration::from_micros(micros)).ok()?)
            }
            Self::RetryAfter => WaitReason::RetryAfter,
            Self::Backoff => WaitReason::Backoff,
            Self::Network { since, gives_up_at } => {
                WaitReason::Network { since: time(since), gives_up_at: time(gives_up_at) }
            }
            Self::SignIn { since, gives_up_at } => {
                WaitReason::SignIn { since: time(since), gives_up_at: time(gives_up_at) }
            }
            Self::Settle => WaitReason::Settle,
            Self::Busy => WaitReason::Busy,
            Self::Actions => WaitReason::Actions,
        })
    }
}

/// What stands in a runner's row.
struct Sign {
    /// None before the runner works on a batch.
    heartbeat: Option<Heartbeat>,
}

fn read_sign(json: &str) -> Option<Sign> {
    let stored: Stored = serde_json::from_str(json).ok()?;
    if stored.batch == NO_BATCH {
        return Some(Sign { heartbeat: None });
    }
    let waiting = match stored.waiting {
        None => None,
        Some(wait) => Some(Wait {
            reason: wait.reason.read()?,
            until: Timestamp::from_micros(wait.until),
            machines: wait.machines,
        }),
    };
    let heartbeat = Heartbeat {
        at: Timestamp::from_micros(stored.at),
        batch: BatchId(stored.batch),
        waiting,
        said: stored.said,
        last_send_at: stored.last_send_at.map(Timestamp::from_micros),
    };
    Some(Sign { heartbeat: Some(heartbeat) })
}
