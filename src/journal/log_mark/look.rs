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
    /// The nonce of the mark in the file, 0 where there is none; of two where it is one of them.
    pub(super) nonces: [i64; 2],
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
    Ok(SeenFiles { files, nonces: [mark.map_or(0, |mark| mark.nonce); 2] })
}

/// What a file is that cannot be read alone, beside a log: the disk was full, or the power went, in
/// the middle of moving the log into it. All that the file lacks is in the log. A log of another
/// file would not fit its pages, which is found when it is opened.
fn half_written(location: &Location, found: Salt) -> SeenFiles {
    match connect_to_resting_files(location).and_then(|db| runner_row::mark(&db)) {
        Ok(Some(Mark { presence: Presence::Here, nonce, log, after }))
            if found.follows(Salt(log)) =>
        {
            SeenFiles { files: Files::WholeWithLog, nonces: [nonce, after[0]] }
        }
        // By a version that knew no marks; or what is wrong is told when it is opened.
        _ => SeenFiles { files: Files::Whole, nonces: [0; 2] },
    }
}

/// Whether a log continues a file that needs none: by the mark that is in the log.
fn follows(location: &Location, in_file: Option<Mark>, found: Salt) -> Files {
    match (in_file, connect_to_resting_files(location).and_then(|db| runner_row::mark(&db))) {
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
        // Somebody else than a runner died after the mark that says which file its log follows.
        (Some(in_file), Ok(Some(mark)))
            if mark.nonce != in_file.nonce
                && mark.after.contains(&in_file.nonce)
                && has_one_row(location) =>
        {
            Files::WholeWithLog
        }
        // A runner died between the row that names it, which has no mark, and its mark.
        (Some(Mark { presence: Presence::Left, .. }), Ok(None)) if has_one_row(location) => {
            Files::WholeWithLog
        }
        (None, Err(_)) => Files::Whole,
        _ => Files::LogForeign,
    }
}

/// Whether nothing is in the log but one page: no more than who began it.
fn has_one_row(location: &Location) -> bool {
    /// The headers of a log and of a frame (<https://www.sqlite.org/fileformat2.html#walformat>),
    /// and the largest page of a journal.
    const BYTES_MAX: u64 = 32 + 24 + 4_096;
    let log = std::fs::metadata(location.beside(Location::LOG));
    log.is_ok_and(|log| log.len() <= BYTES_MAX)
}
