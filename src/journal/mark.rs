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

use super::connection::{Log, checkpoint, connect_to_file_alone, connect_to_resting_files};
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
    let alone = connect_to_file_alone(location).and_then(|db| of(&db));
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let mark = match (alone, log) {
        (Ok(mark), _) => mark,
        (Err(_), Some(found)) => return Ok(half_written(location, found)),
        // What is wrong with such a file is told when it is opened.
        (Err(_), None) => None,
    };
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

/// What a file is that cannot be read alone, beside a log: the disk was full, or the power went, in
/// the middle of moving the log into it. All that the file lacks is in the log. A log of another
/// file would not fit its pages, which is found when it is opened.
fn half_written(location: &Location, found: Salt) -> Seen {
    match connect_to_resting_files(location).and_then(|db| of(&db)) {
        Ok(Some(Mark { presence: Presence::Here, nonce, log, after }))
            if found.follows(Salt(log)) =>
        {
            Seen { files: Files::WholeWithLog, nonces: [nonce, after[0]] }
        }
        // By a version that knew no marks; or what is wrong is told when it is opened.
        _ => Seen { files: Files::Whole, nonces: [0; 2] },
    }
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
        // Left in order, but for the deletion of the log, in which there is nothing but that mark.
        (Some(mark), Ok(Some(last))) if mark.nonce == last.nonce && mark.log == found.0 => {
            Files::Whole
        }
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

/// Leaves in order, once all of the log is in the file; whether nothing is in the log afterwards.
/// Only a log that was begun again holds this mark and nothing else.
pub(super) fn leave(db: &Connection, location: &Location) -> Result<bool, JournalError> {
    let salt = || Salt::of(location).ok().flatten();
    let before = salt();
    let seen = write_left(db)?;
    let log = salt();
    // Without a file the log cannot be mistaken either.
    let alone = log != before || log.is_none();
    if alone && let Some(mark) = of(db)? {
        runner::set_mark(db, Mark { log: log.map_or(0, |Salt(log)| log), ..mark })?;
    }
    let empty = alone && checkpoint(db, Log::Emptied)?;
    if !empty {
        write(db, location, seen, Presence::Here)?;
    }
    Ok(empty)
}

/// Never 0, which stands for no mark.
fn nonce(db: &Connection) -> Result<i64, JournalError> {
    Ok(db.query_row("SELECT random() | 1", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::journal::{Journal, Runner};

    /// A journal whose runner died while the log was moved into the file: some pages are in it, the
    /// first one too, and the last ones had no room on the disk.
    #[test]
    fn a_file_that_was_half_written_when_the_disk_was_full_is_whole_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let text = || String::from("x");
        let since = Timestamp::from_micros(0);
        let runner = || Runner { pid: 1, host: text(), user: text(), command: text(), since };
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let before = std::fs::metadata(&path).unwrap().len();
        journal
            .db
            .execute_batch(
                "CREATE TABLE filler AS WITH RECURSIVE n (i) AS
                     (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
                 SELECT i, hex(randomblob(200)) AS words FROM n",
            )
            .unwrap();
        let copied = tempfile::tempdir().unwrap();
        let copy = copied.path().join("journal.db");
        let log = Location::find(&path).unwrap().beside(Location::LOG);
        std::fs::copy(log, copied.path().join("journal.db-wal")).unwrap();
        checkpoint(&journal.db, Log::Reused).unwrap();
        std::fs::copy(&path, &copy).unwrap();
        let half = std::fs::OpenOptions::new().write(true).open(&copy).unwrap();
        half.set_len(before + 4_096).unwrap();
        drop(half);
        let location = Location::find(&copy).unwrap();
        assert!(connect_to_file_alone(&location).and_then(|db| of(&db)).is_err(), "it is not half");
        assert_eq!(look(&location).unwrap().files, Files::WholeWithLog);
        let shown = Journal::open_reader(&copy).unwrap();
        assert_eq!(shown.lost_log(), None);
        drop(shown);
        let again = Journal::open_runner(&copy, runner()).unwrap();
        let rows: i64 =
            again.db.query_row("SELECT count(*) FROM filler", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 400);
    }

    #[test]
    fn a_runner_that_dies_while_it_leaves_has_left_a_whole_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let text = || String::from("x");
        let since = Timestamp::from_micros(0);
        let runner = Runner { pid: 1, host: text(), user: text(), command: text(), since };
        let journal = Journal::open_runner(&path, runner).unwrap();
        let location = Location::find(&path).unwrap();
        let at_each_step = |expected: Files| {
            let copied = tempfile::tempdir().unwrap();
            let copy = copied.path().join("journal.db");
            std::fs::copy(&path, &copy).unwrap();
            let log = location.beside(Location::LOG);
            std::fs::copy(log, copied.path().join("journal.db-wal")).unwrap();
            assert_eq!(look(&Location::find(&copy).unwrap()).unwrap().files, expected);
        };
        checkpoint(&journal.db, Log::Reused).unwrap();
        at_each_step(Files::WholeWithLog);
        write_left(&journal.db).unwrap();
        at_each_step(Files::WholeWithLog);
        let Some(Salt(log)) = Salt::of(&location).unwrap() else { panic!("no log") };
        let mark = of(&journal.db).unwrap().unwrap();
        runner::set_mark(&journal.db, Mark { log, ..mark }).unwrap();
        at_each_step(Files::WholeWithLog);
        checkpoint(&journal.db, Log::Reused).unwrap();
        at_each_step(Files::Whole);
        checkpoint(&journal.db, Log::Emptied).unwrap();
        at_each_step(Files::Whole);
    }
}
