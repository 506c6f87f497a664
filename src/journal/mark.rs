//! Whether the file and the log beside it are the whole journal.
//!
//! What a runner writes is in `SQLite`'s log for a while, a file that can get lost by itself: it is
//! deleted as a leftover, or the file alone is copied. So a runner leaves a mark in the *file*: a
//! log belongs to it, and by which salt it is known. Once the runner has left in order, the file is
//! whole, and the mark says so. A mark without its log tells that facts are missing.
//!
//! A log that was left beside another file would be taken for that file's own, and ruin it. So a
//! mark also says which mark in the file it follows, and is only believed together with that one.
//!
//! The mark stands in the runner's sign of life. Called by `open`. Deliberately absent: what
//! follows (a fact that the batches were rolled back, which the engine heeds).

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::connection::{connect_to_file_alone, connect_to_resting_files};
use super::error::io_error;
use super::file::{Location, Salt};
use super::{JournalError, runner};

/// What a runner says of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    presence: Presence,
    /// Drawn with the mark.
    nonce: i64,
    /// The salt of the log in which it was written.
    log: u32,
    /// The nonces of the marks of which one stood in the file by then.
    after: [i64; 2],
}

/// Whether a log belongs to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Presence {
    /// It does: one of the mark's salt, or one that follows it.
    Here,
    /// The runner has left in order: the file is the whole journal.
    Left,
}

/// What a journal's files are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    /// All that was written.
    Whole,
    /// All that was written, as long as the log is left where it is.
    WholeWithLog,
    /// The log is gone, and what was in it.
    LogLost,
    /// The log is that of another file, or of another time.
    LogForeign,
}

/// What was seen of the files before they were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) files: Files,
    /// The nonce of the mark in the file, 0 where there is none; of two where it is one of them.
    pub(super) nonces: [i64; 2],
}

/// Looks at the files as they are on disk, before `SQLite` makes one of them.
pub(super) fn look(location: &Location) -> Result<Seen, JournalError> {
    /// Somebody who leaves writes the mark first and then deletes the log: between both looks.
    const LOOKS: u32 = 3;
    let mut seen = look_once(location)?;
    for _ in 1..LOOKS {
        if matches!(seen.files, Files::Whole | Files::WholeWithLog) {
            break;
        }
        std::thread::yield_now();
        seen = look_once(location)?;
    }
    Ok(seen)
}

fn look_once(location: &Location) -> Result<Seen, JournalError> {
    let mark = connect_to_file_alone(location).and_then(|db| of(&db)).unwrap_or_default();
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let files = match (mark, log) {
        (Some(Mark { presence: Presence::Here, .. }), None) => Files::LogLost,
        (Some(Mark { presence: Presence::Here, log, .. }), Some(found)) => {
            if found.follows(Salt(log)) { Files::WholeWithLog } else { Files::LogForeign }
        }
        (_, None) => Files::Whole,
        (mark, Some(found)) => follows(location, mark, found),
    };
    Ok(Seen { files, nonces: [mark.map_or(0, |mark| mark.nonce); 2] })
}

/// Whether a log goes on from a file that needs none: by the mark that is in the log.
fn follows(location: &Location, in_file: Option<Mark>, found: Salt) -> Files {
    match (in_file, connect_to_resting_files(location).and_then(|db| of(&db))) {
        // By a version of this program that knew no marks.
        (None, Ok(None)) => Files::Whole,
        (in_file, Ok(Some(mark)))
            if mark.log == found.0
                && mark.after.contains(&in_file.map_or(0, |mark| mark.nonce)) =>
        {
            Files::WholeWithLog
        }
        // What is wrong with such a file is told by whoever opens it.
        (None, Err(_)) => Files::Whole,
        _ => Files::LogForeign,
    }
}

/// The mark that a connection sees. None where a version of this program wrote last that knew none.
fn of(db: &Connection) -> Result<Option<Mark>, JournalError> {
    let sql = "SELECT heartbeat FROM runner";
    let json: Option<Option<String>> = db.query_row(sql, [], |row| row.get(0)).optional()?;
    Ok(json.flatten().and_then(|json| runner::mark_of(&json)))
}

/// Whether the last mark says that a log belongs to the file.
pub(super) fn needs_log(db: &Connection) -> bool {
    of(db).is_ok_and(|mark| mark.is_some_and(|mark| mark.presence == Presence::Here))
}

/// Notes that the log that is there belongs to the file, or that it does no more. Something has to
/// be in it.
pub(super) fn write(
    db: &Connection,
    location: &Location,
    seen: Seen,
    presence: Presence,
) -> Result<(), JournalError> {
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let Some(Salt(log)) = log else { return Ok(()) };
    runner::set_mark(db, Mark { presence, nonce: nonce(db)?, log, after: seen.nonces })
}

/// Notes that the file is whole, and what is said now is what a log has to follow. To be believed
/// where no log is left; else [`write`] has to come after it.
pub(super) fn write_left(db: &Connection) -> Result<Seen, JournalError> {
    let nonce = nonce(db)?;
    let after = of(db)?.map_or([0; 2], |mark| mark.after);
    runner::set_mark(db, Mark { presence: Presence::Left, nonce, log: 0, after })?;
    Ok(Seen { files: Files::Whole, nonces: [nonce, after[0]] })
}

/// Never 0, which stands for no mark.
fn nonce(db: &Connection) -> Result<i64, JournalError> {
    Ok(db.query_row("SELECT random() | 1", [], |row| row.get(0))?)
}
