//! Marks as they are made: a log belongs to the file, or does no more.
//!
//! Called by `opening`, and by `store` where a journal is closed. Deliberately absent: what a mark
//! is for (`mark`).

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::journal::error::io_error;
use crate::journal::file::{Location, Salt};
use crate::journal::sql::connection::{LogMode, checkpoint};
use crate::journal::{JournalError, Runner};

use super::look::SeenFiles;
use super::mark::{Mark, Presence};
use super::runner_row;

/// Whether the last mark says that a log belongs to the file.
pub(in crate::journal) fn needs_log(db: &Connection) -> bool {
    runner_row::mark(db).is_ok_and(|mark| mark.is_some_and(|mark| mark.presence == Presence::Here))
}

/// Puts a runner in the place of the last one, in a log that is known for this file's but whose
/// salt is not known yet, if it begins here: [`name_log`] follows.
pub(in crate::journal) fn enter(
    db: &Connection,
    seen: SeenFiles,
    runner: &Runner,
) -> Result<Entered, JournalError> {
    let transaction = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    let last = runner_row::mark(&transaction)?.map_or(0, |mark| mark.nonce);
    let after = [last, seen.nonce];
    let mark = Mark { presence: Presence::Left, nonce: nonce(db)?, log: Mark::UNKNOWN, after };
    runner_row::write(&transaction, runner)?;
    runner_row::set_mark(&transaction, mark)?;
    transaction.commit()?;
    Ok(Entered(mark))
}

/// The mark that came with a runner's name.
pub(in crate::journal) struct Entered(Mark);

/// Notes that the log that is there belongs to the file from now on.
pub(in crate::journal) fn name_log(
    db: &Connection,
    location: &Location,
    Entered(mark): Entered,
) -> Result<(), JournalError> {
    let Some(Salt(log)) = salt(location)? else { return Ok(()) };
    runner_row::set_mark(db, Mark { presence: Presence::Here, log, ..mark })
}

/// Notes that the file is whole, and what is said now is what a log has to follow: where there is
/// none.
pub(in crate::journal) fn write_whole(db: &Connection) -> Result<(), JournalError> {
    let (presence, nonce) = (Presence::Left, nonce(db)?);
    runner_row::set_mark(db, Mark { presence, nonce, log: Mark::UNKNOWN, after: [0; 2] })
}

/// Whether [`join`] would note something.
pub(in crate::journal) fn lacks_mark(
    db: &Connection,
    location: &Location,
) -> Result<bool, JournalError> {
    let log = salt(location)?.map(|Salt(log)| log);
    let unmarked = |mark: Mark| mark.presence == Presence::Left && log != Some(mark.log);
    Ok(runner_row::mark(db)?.is_some_and(unmarked))
}

/// Makes a log that somebody else than a runner writes into known for this file's: in the
/// transaction of what is written, before it, so that a log never stands there without a mark; and
/// again afterwards, when it has its salt. Where the mark says that a log belongs to the file
/// anyway, as beside a runner, nothing is noted. Whether a runner is alive is not asked: one that
/// has left, and emptied the log, still is for a moment.
pub(in crate::journal) fn join(db: &Connection, location: &Location) -> Result<(), JournalError> {
    if !lacks_mark(db, location)? {
        return Ok(());
    }
    let Some(last) = runner_row::mark(db)? else { return Ok(()) };
    let (log, after) = match salt(location)? {
        // The file is whole, and the log begins here.
        None => (Mark::UNKNOWN, [last.nonce; 2]),
        // It began with the last mark, which had no salt to name; or it began again after that
        // one, which is in the file then.
        Some(Salt(log)) => (log, [last.nonce, last.after[1]]),
    };
    runner_row::set_mark(db, Mark { presence: Presence::Left, nonce: nonce(db)?, log, after })
}

/// Leaves in order, once all of the log is in the file; whether nothing is in the log afterwards.
/// Only a log that was begun again holds this mark and nothing else.
pub(in crate::journal) fn leave(
    db: &Connection,
    location: &Location,
) -> Result<bool, JournalError> {
    let before = salt(location)?;
    write_left(db, before)?;
    let log = salt(location)?;
    // Without a file the log cannot be mistaken either.
    let alone = log != before || log.is_none();
    if alone {
        name_left(db, log)?;
    }
    let empty = alone && checkpoint(db, LogMode::Emptied)?;
    if !empty && let Some(Salt(log)) = salt(location)? {
        change_mark(db, |last| {
            // Begun again, it follows nothing but what was in the file by then.
            let after = [last.nonce, if alone { last.nonce } else { last.after[1] }];
            Ok(Mark { presence: Presence::Here, nonce: nonce(db)?, log, after })
        })?;
    }
    Ok(empty)
}

/// The first step: this is in the log, which was `before` and may begin again here.
fn write_left(db: &Connection, before: Option<Salt>) -> Result<(), JournalError> {
    change_mark(db, |last| {
        let log = before.map_or(last.log, |Salt(log)| log);
        Ok(Mark { presence: Presence::Left, nonce: nonce(db)?, log, ..last })
    })
}

/// The second: it began again with that mark.
fn name_left(db: &Connection, log: Option<Salt>) -> Result<(), JournalError> {
    let log = log.map_or(Mark::UNKNOWN, |Salt(log)| log);
    change_mark(db, |mark| Ok(Mark { log, ..mark }))
}

/// Reads and writes as one: a plan may mark the log, too.
fn change_mark(
    db: &Connection,
    change: impl FnOnce(Mark) -> Result<Mark, JournalError>,
) -> Result<(), JournalError> {
    let transaction = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    if let Some(last) = runner_row::mark(&transaction)? {
        runner_row::set_mark(&transaction, change(last)?)?;
    }
    Ok(transaction.commit()?)
}

fn salt(location: &Location) -> Result<Option<Salt>, JournalError> {
    Salt::of(location).map_err(|source| io_error(&location.beside(Location::LOG), source))
}

/// Never 0, which means no mark.
fn nonce(db: &Connection) -> Result<i64, JournalError> {
    Ok(db.query_row("SELECT random() | 1", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::journal::log_mark::look::{Files, look};
    use crate::journal::sql::connection::{AtClose, at_close, connect, connect_to_file_alone};
    use crate::journal::{Changes, Journal};

    fn runner() -> Runner {
        let text = || String::from("x");
        let since = Timestamp::from_micros(0);
        Runner { pid: 1, host: text(), user: text(), command: text(), since }
    }

    /// A journal whose runner has left in order.
    fn left_journal() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        drop(Journal::open_runner(&path, runner()).unwrap());
        (folder, path)
    }

    fn looked(path: &std::path::Path) -> Files {
        look(&Location::find(path).unwrap()).unwrap().files
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

    #[test]
    fn a_runner_that_dies_before_its_log_is_named_leaves_a_journal_that_opens() {
        let (_folder, path) = left_journal();
        let location = Location::find(&path).unwrap();
        let db = connect(&location).unwrap();
        at_close(&db, AtClose::LeaveLog).unwrap();
        let entered = enter(&db, look(&location).unwrap(), &runner()).unwrap();
        let (_kept, copy) = copied_with_log(&path);
        assert_eq!(looked(&copy), Files::WholeWithLog);
        drop(Journal::open_runner(&copy, runner()).unwrap());
        // The same log beside a file that went on by itself is another's.
        let log = location.beside(Location::LOG);
        std::fs::copy(&log, copy.with_file_name("journal.db-wal")).unwrap();
        assert_eq!(looked(&copy), Files::LogForeign);
        name_log(&db, &location, entered).unwrap();
        std::fs::copy(&log, copy.with_file_name("journal.db-wal")).unwrap();
        assert_eq!(looked(&copy), Files::LogForeign);
        let (_kept, copy) = copied_with_log(&path);
        assert_eq!(looked(&copy), Files::WholeWithLog);
    }

    #[test]
    fn a_runner_that_dies_again_and_again_before_its_log_is_moved_leaves_a_journal_that_opens() {
        let (_folder, path) = left_journal();
        for _ in 0..4 {
            let location = Location::find(&path).unwrap();
            let db = connect(&location).unwrap();
            at_close(&db, AtClose::LeaveLog).unwrap();
            let entered = enter(&db, look(&location).unwrap(), &runner()).unwrap();
            assert_eq!(looked(&path), Files::WholeWithLog, "entered");
            name_log(&db, &location, entered).unwrap();
            assert_eq!(looked(&path), Files::WholeWithLog, "named");
        }
    }

    /// A plan, a `verify` or a `stop`, which write their rows without a runner.
    #[test]
    fn a_writer_that_dies_at_any_step_leaves_a_journal_that_opens() {
        let (_folder, path) = left_journal();
        let location = Location::find(&path).unwrap();
        let writes = |db: &Connection, text: &str| {
            let transaction =
                Transaction::new_unchecked(db, TransactionBehavior::Immediate).unwrap();
            join(&transaction, &location).unwrap();
            transaction.execute_batch(text).unwrap();
            transaction.commit().unwrap();
        };
        let copied = |step: &str| {
            let (copied, copy) = copied_with_log(&path);
            assert_eq!(looked(&copy), Files::WholeWithLog, "{step}");
            let again = Journal::open_runner(&copy, runner()).unwrap();
            let sql = "SELECT count(*) FROM more, large";
            let count: i64 = again.db().query_row(sql, [], |row| row.get(0)).unwrap();
            assert_eq!(count, 300, "{step}");
            drop(again);
            (copied, copy)
        };
        let db = connect(&location).unwrap();
        at_close(&db, AtClose::LeaveLog).unwrap();
        // As much as a plan writes in one transaction, and more: many pages.
        writes(
            &db,
            "CREATE TABLE large AS WITH RECURSIVE n (i) AS
                 (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
             SELECT hex(randomblob(200)) AS words FROM n;
             CREATE TABLE more (x); INSERT INTO more VALUES (1)",
        );
        let (_kept, copy) = copied("before the log is named");
        // The same log beside a file that went on by itself is another's.
        let log = location.beside(Location::LOG);
        std::fs::copy(log, copy.with_file_name("journal.db-wal")).unwrap();
        assert_eq!(looked(&copy), Files::LogForeign);
        writes(&db, "UPDATE more SET x = 2");
        copied("written again");
        join(&db, &location).unwrap();
        assert!(!lacks_mark(&db, &location).unwrap());
        copied("named");
        // Another program moves it into the file, so that it begins again.
        let other = connect(&location).unwrap();
        assert!(checkpoint(&other, LogMode::Reused).unwrap());
        writes(&db, "UPDATE more SET x = 3");
        join(&db, &location).unwrap();
        copied("begun again");
    }

    /// A plan beside a runner that leaves: it looks at the mark, not at who is alive.
    #[test]
    fn a_plan_that_dies_while_a_runner_leaves_has_left_a_journal_that_opens() {
        for step in 0..4 {
            let (_folder, path) = left_journal();
            let journal = Journal::open_runner(&path, runner()).unwrap();
            let location = Location::find(&path).unwrap();
            let mut plan = Journal::open_planner(&path, runner()).unwrap();
            let mut reads = |at: usize| {
                let calls: usize = if at == step { 3 } else { 0 };
                for at in 0..calls {
                    let at = Timestamp::from_micros(i64::try_from(at).unwrap());
                    let admits = |_: &Journal| Ok::<_, JournalError>(1);
                    plan.take_reads(at, &Changes::default(), admits).unwrap();
                    let (_kept, copy) = copied_with_log(&path);
                    let found = looked(&copy);
                    assert!(
                        matches!(found, Files::Whole | Files::WholeWithLog),
                        "{found:?} {step}"
                    );
                    drop(Journal::open_runner(&copy, runner()).unwrap());
                }
            };
            checkpoint(journal.db(), LogMode::Reused).unwrap();
            reads(0);
            let before = salt(&location).unwrap();
            write_left(journal.db(), before).unwrap();
            reads(1);
            name_left(journal.db(), salt(&location).unwrap()).unwrap();
            reads(2);
            assert!(checkpoint(journal.db(), LogMode::Emptied).unwrap());
            reads(3);
        }
    }

    #[test]
    fn a_runner_that_dies_while_it_leaves_has_left_a_whole_journal() {
        let (folder, path) = left_journal();
        let older = folder.path().join("older.db");
        std::fs::copy(&path, &older).unwrap();
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let location = Location::find(&path).unwrap();
        let at_each_step = |expected: Files| {
            let (_kept, copy) = copied_with_log(&path);
            assert_eq!(looked(&copy), expected);
        };
        checkpoint(journal.db(), LogMode::Reused).unwrap();
        at_each_step(Files::WholeWithLog);
        write_left(journal.db(), salt(&location).unwrap()).unwrap();
        at_each_step(Files::WholeWithLog);
        std::fs::copy(location.beside(Location::LOG), older.with_file_name("older.db-wal"))
            .unwrap();
        assert_eq!(looked(&older), Files::LogForeign, "an older file, and a log begun again");
        name_left(journal.db(), salt(&location).unwrap()).unwrap();
        at_each_step(Files::WholeWithLog);
        checkpoint(journal.db(), LogMode::Reused).unwrap();
        at_each_step(Files::Whole);
        checkpoint(journal.db(), LogMode::Emptied).unwrap();
        at_each_step(Files::Whole);
    }

    /// For whom dies while the log is emptied: it holds that mark and nothing else.
    #[test]
    fn a_runner_that_has_left_has_named_the_log_that_began_with_its_mark() {
        let (_folder, path) = left_journal();
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let location = Location::find(&path).unwrap();
        let Some(Salt(before)) = salt(&location).unwrap() else { panic!("there is no log") };
        drop(journal);
        let mark = connect_to_file_alone(&location).and_then(|db| runner_row::mark(&db)).unwrap();
        assert_eq!(mark.map(|mark| mark.log), Some(before.wrapping_add(1)));
    }

    /// Somebody reads at one instant for hours, so that nothing can be moved into the file.
    #[test]
    fn a_runner_that_leaves_while_somebody_reads_leaves_a_journal_that_opens() {
        let (_folder, path) = left_journal();
        let location = Location::find(&path).unwrap();
        let reader = connect(&location).unwrap();
        at_close(&reader, AtClose::LeaveLog).unwrap();
        // Something is in a log, and is read there.
        join(&reader, &location).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM batches").unwrap();
        for _ in 0..3 {
            let journal = Journal::open_runner(&path, runner()).unwrap();
            assert!(!leave(journal.db(), &location).unwrap(), "the reader was not in the way");
            let (_kept, copy) = copied_with_log(&path);
            assert_eq!(looked(&copy), Files::WholeWithLog);
            drop(Journal::open_runner(&copy, runner()).unwrap());
            drop(journal);
            assert_eq!(looked(&path), Files::WholeWithLog);
        }
    }
}
