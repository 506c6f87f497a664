//! What a journal's files are together, seen before they are opened.
//!
//! Called by `opening`. Deliberately absent: what a mark is for (`mark`), and what follows.

use crate::journal::JournalError;
use crate::journal::error::io_error;
use crate::journal::file::{Location, Salt};
use crate::journal::sql::connection::{connect_to_file_alone, connect_to_resting_files};

use super::mark::{Mark, Presence};
use super::runner_row;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) enum Files {
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
pub(in crate::journal) struct SeenFiles {
    pub(in crate::journal) files: Files,
    /// That of the mark in the file, 0 where there is none.
    pub(super) nonce: i64,
}

/// Looks at the files as they are on disk, before `SQLite` makes one of them.
pub(in crate::journal) fn look(location: &Location) -> Result<SeenFiles, JournalError> {
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

fn look_once(location: &Location) -> Result<SeenFiles, JournalError> {
    let alone = connect_to_file_alone(location).and_then(|db| runner_row::mark(&db));
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
    Ok(SeenFiles { files, nonce: mark.map_or(0, |mark| mark.nonce) })
}

/// What a file is that cannot be read alone, beside a log: the disk was full, or the power went, in
/// the middle of moving the log into it. All that the file lacks is in the log. A log of another
/// file would not fit its pages, which is found when it is opened.
fn half_written(location: &Location, found: Salt) -> SeenFiles {
    match connect_to_resting_files(location).and_then(|db| runner_row::mark(&db)) {
        Ok(Some(Mark { presence: Presence::Here, log, after, .. })) if found.follows(Salt(log)) => {
            SeenFiles { files: Files::WholeWithLog, nonce: after[1] }
        }
        // By a version that knew no marks; or what is wrong is told when it is opened.
        _ => SeenFiles { files: Files::Whole, nonce: 0 },
    }
}

/// Whether a log continues a file that needs none: by the mark that is in the log.
fn follows(location: &Location, in_file: Option<Mark>, found: Salt) -> Files {
    let nonce = in_file.map_or(0, |mark| mark.nonce);
    match (in_file, connect_to_resting_files(location).and_then(|db| runner_row::mark(&db))) {
        // By a version of this program that knew no marks.
        (None, Ok(None)) => Files::Whole,
        // Its writer died before the mark could name its salt, or later.
        (_, Ok(Some(mark)))
            if mark.nonce != nonce
                && mark.after.contains(&nonce)
                && [Mark::UNKNOWN, found.0].contains(&mark.log) =>
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::journal::sql::connection::{LogMode, checkpoint};
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
}
