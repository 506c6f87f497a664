//! Marks as they are made: a log belongs to the file, or does no more.
//!
//! Called by `opening`, and by `store` where a journal is closed. Deliberately absent: what a mark
//! is for (`mark`).

use rusqlite::Connection;

use crate::journal::JournalError;
use crate::journal::error::io_error;
use crate::journal::file::{Location, Salt};
use crate::journal::sql::connection::{LogMode, checkpoint};

use super::look::{Files, SeenFiles};
use super::mark::{Mark, Presence};
use super::runner_row;

/// Whether the last mark says that a log belongs to the file.
pub(in crate::journal) fn needs_log(db: &Connection) -> bool {
    runner_row::mark(db).is_ok_and(|mark| mark.is_some_and(|mark| mark.presence == Presence::Here))
}

/// Notes that the log that is there belongs to the file, or that it does no more. Something has to
/// be in it.
pub(in crate::journal) fn write(
    db: &Connection,
    location: &Location,
    seen: SeenFiles,
    presence: Presence,
) -> Result<(), JournalError> {
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let Some(Salt(log)) = log else { return Ok(()) };
    runner_row::set_mark(db, Mark { presence, nonce: nonce(db)?, log, after: seen.nonces })
}

/// Notes that the file is whole, and what is said now is what a log has to follow. To be believed
/// where no log is left; else [`write`] has to come after it.
pub(in crate::journal) fn write_left(db: &Connection) -> Result<SeenFiles, JournalError> {
    let nonce = nonce(db)?;
    let after = runner_row::mark(db)?.map_or([0; 2], |mark| mark.after);
    runner_row::set_mark(db, Mark { presence: Presence::Left, nonce, log: 0, after })?;
    Ok(SeenFiles { files: Files::Whole, nonces: [nonce, after[0]] })
}

/// Begins a log that somebody else than a runner is about to write into: with nothing but a mark
/// that names the one in the file, so that it is known for this file's even if its writer dies
/// before [`follow`]. A log that holds something is left as it is.
pub(in crate::journal) fn announce(
    db: &Connection,
    location: &Location,
) -> Result<(), JournalError> {
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let (None, Some(last)) = (log, runner_row::mark(db)?) else { return Ok(()) };
    if last.presence == Presence::Here {
        return Ok(());
    }
    let (presence, nonce) = (Presence::Left, nonce(db)?);
    runner_row::set_mark(db, Mark { presence, nonce, log: 0, after: [last.nonce; 2] })
}

/// Notes that a log that somebody else than a runner began goes with the file, which was whole
/// before it. One that has that mark already, or a runner's, is left as it is.
pub(in crate::journal) fn follow(db: &Connection, location: &Location) -> Result<(), JournalError> {
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let (Some(Salt(log)), Some(last)) = (log, runner_row::mark(db)?) else { return Ok(()) };
    if last.presence == Presence::Here || last.log == log {
        return Ok(());
    }
    // A log is begun again only once all of the last one is in the file, with its mark.
    let (presence, nonce) = (Presence::Left, nonce(db)?);
    let after = [last.nonce, last.after[0]];
    runner_row::set_mark(db, Mark { presence, nonce, log, after })
}

/// Leaves in order, once all of the log is in the file; whether nothing is in the log afterwards.
/// Only a log that was begun again holds this mark and nothing else.
pub(in crate::journal) fn leave(
    db: &Connection,
    location: &Location,
) -> Result<bool, JournalError> {
    let salt = || Salt::of(location).ok().flatten();
    let before = salt();
    let seen = write_left(db)?;
    let log = salt();
    // Without a file the log cannot be mistaken either.
    let alone = log != before || log.is_none();
    if alone && let Some(mark) = runner_row::mark(db)? {
        runner_row::set_mark(db, Mark { log: log.map_or(0, |Salt(log)| log), ..mark })?;
    }
    let empty = alone && checkpoint(db, LogMode::Emptied)?;
    if !empty {
        write(db, location, seen, Presence::Here)?;
    }
    Ok(empty)
}

/// Never 0, which means no mark.
fn nonce(db: &Connection) -> Result<i64, JournalError> {
    Ok(db.query_row("SELECT random() | 1", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::journal::log_mark::look::look;
    use crate::journal::sql::connection::{AtClose, at_close, connect, connect_to_file_alone};
    use crate::journal::{Journal, Runner};

    fn runner() -> Runner {
        let text = || String::from("x");
        let since = Timestamp::from_micros(0);
        Runner { pid: 1, host: text(), user: text(), command: text(), since }
    }

    /// A copy of a journal as it is on disk, with its log, in a folder that goes with the value.
    fn copied_with_log(path: &std::path::Path) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("journal.db");
        std::fs::copy(path, &copy).unwrap();
        let log = Location::find(path).unwrap().beside(Location::LOG);
        std::fs::copy(log, folder.path().join("journal.db-wal")).unwrap();
        (folder, copy)
    }

    /// A journal whose runner died while the log was moved into the file: some pages are in it, the
    /// first one too, and the last ones had no room on the disk.
    #[test]
    fn a_file_that_was_half_written_when_the_disk_was_full_is_whole_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let before = std::fs::metadata(&path).unwrap().len();
        journal
            .db()
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
        checkpoint(journal.db(), LogMode::Reused).unwrap();
        std::fs::copy(&path, &copy).unwrap();
        let half = std::fs::OpenOptions::new().write(true).open(&copy).unwrap();
        half.set_len(before + 4_096).unwrap();
        drop(half);
        let location = Location::find(&copy).unwrap();
        assert!(
            connect_to_file_alone(&location).and_then(|db| runner_row::mark(&db)).is_err(),
            "it is not half"
        );
        assert_eq!(look(&location).unwrap().files, Files::WholeWithLog);
        let shown = Journal::open_reader(&copy).unwrap();
        assert_eq!(shown.lost_log(), None);
        drop(shown);
        let again = Journal::open_runner(&copy, runner()).unwrap();
        let rows: i64 =
            again.db().query_row("SELECT count(*) FROM filler", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 400);
    }

    /// The row that names a runner takes the place of the last one's, which had the mark.
    #[test]
    fn a_runner_that_dies_before_its_log_is_marked_leaves_a_journal_that_opens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        drop(Journal::open_runner(&path, runner()).unwrap());
        let location = Location::find(&path).unwrap();
        let db = connect(&location).unwrap();
        at_close(&db, AtClose::LeaveLog).unwrap();
        runner_row::write(&db, &runner()).unwrap();
        let (_kept, copy) = copied_with_log(&path);
        assert_eq!(look(&Location::find(&copy).unwrap()).unwrap().files, Files::WholeWithLog);
        drop(Journal::open_runner(&copy, runner()).unwrap());
        db.execute_batch("CREATE TABLE more (x); INSERT INTO more VALUES (1)").unwrap();
        let (_kept, copy) = copied_with_log(&path);
        assert_eq!(look(&Location::find(&copy).unwrap()).unwrap().files, Files::LogForeign);
    }

    /// A plan, a `verify` or a `stop`, which write their rows without a runner.
    #[test]
    fn a_writer_that_dies_before_its_log_is_marked_leaves_a_journal_that_opens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        drop(Journal::open_runner(&path, runner()).unwrap());
        let location = Location::find(&path).unwrap();
        let db = connect(&location).unwrap();
        at_close(&db, AtClose::LeaveLog).unwrap();
        let copied = |expected: Files, step: &str| {
            let (copied, copy) = copied_with_log(&path);
            assert_eq!(look(&Location::find(&copy).unwrap()).unwrap().files, expected, "{step}");
            if expected == Files::WholeWithLog {
                drop(Journal::open_runner(&copy, runner()).unwrap());
            }
            (copied, copy)
        };
        announce(&db, &location).unwrap();
        let (_kept, copy) = copied(Files::WholeWithLog, "announced");
        // The same log beside a file that went on by itself is another's.
        drop(Journal::open_runner(&copy, runner()).unwrap());
        let log = location.beside(Location::LOG);
        std::fs::copy(log, copy.with_file_name("journal.db-wal")).unwrap();
        assert_eq!(look(&Location::find(&copy).unwrap()).unwrap().files, Files::LogForeign);
        follow(&db, &location).unwrap();
        copied(Files::WholeWithLog, "marked");
        db.execute_batch("CREATE TABLE more (x); INSERT INTO more VALUES (1)").unwrap();
        copied(Files::WholeWithLog, "written");
        follow(&db, &location).unwrap();
        copied(Files::WholeWithLog, "marked again");
    }

    #[test]
    fn a_runner_that_dies_while_it_leaves_has_left_a_whole_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let location = Location::find(&path).unwrap();
        let at_each_step = |expected: Files| {
            let (_kept, copy) = copied_with_log(&path);
            assert_eq!(look(&Location::find(&copy).unwrap()).unwrap().files, expected);
        };
        checkpoint(journal.db(), LogMode::Reused).unwrap();
        at_each_step(Files::WholeWithLog);
        write_left(journal.db()).unwrap();
        at_each_step(Files::WholeWithLog);
        let Some(Salt(log)) = Salt::of(&location).unwrap() else { panic!("no log") };
        let mark = runner_row::mark(journal.db()).unwrap().unwrap();
        runner_row::set_mark(journal.db(), Mark { log, ..mark }).unwrap();
        at_each_step(Files::WholeWithLog);
        checkpoint(journal.db(), LogMode::Reused).unwrap();
        at_each_step(Files::Whole);
        checkpoint(journal.db(), LogMode::Emptied).unwrap();
        at_each_step(Files::Whole);
    }
}
