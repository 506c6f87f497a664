//! Connections to the journal's file, and what each of them needs.
//!
//! Called by `opening`, `store` and `log_mark`. Deliberately absent: who may use the file, and what
//! is in it.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::journal::JournalError;
use crate::journal::file::Location;

use super::lock_wait::SLICE;

/// Statements that are kept ready: all of ours.
const STATEMENTS: usize = 64;

pub(in crate::journal) fn connect(location: &Location) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(location.real(), flags)?;
    db.busy_timeout(SLICE)?;
    keep_statements(&db);
    Ok(db)
}

/// A connection to the file alone, as if there were no log. It makes no file and takes no lock, so
/// it is for a file that nobody writes, or for a look that may fail.
pub(in crate::journal) fn connect_to_file_alone(
    location: &Location,
) -> Result<Connection, JournalError> {
    connect_quietly(location, "immutable=1")
}

/// A connection to the file and its log that makes no file and takes no lock either: what the log
/// holds is looked up in memory. For files that nobody writes; the log has to be there.
pub(in crate::journal) fn connect_to_resting_files(
    location: &Location,
) -> Result<Connection, JournalError> {
    /// `SQLite`'s ways to files without locks.
    const WITHOUT_LOCKS: &str = if cfg!(windows) { "vfs=win32-none" } else { "vfs=unix-none" };
    let db = connect_quietly(location, WITHOUT_LOCKS)?;
    // Otherwise it would fold the log, since nobody seems to be there.
    at_close(&db, AtClose::LeaveLog)?;
    // https://www.sqlite.org/wal.html#use_of_wal_without_shared_memory
    db.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    Ok(db)
}

fn connect_quietly(location: &Location, how: &str) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let db = Connection::open_with_flags(uri(location.real(), how), flags)?;
    keep_statements(&db);
    Ok(db)
}

pub(in crate::journal) fn keep_statements(db: &Connection) {
    db.set_prepared_statement_cache_capacity(STATEMENTS);
}

/// Whether the last connection that closes moves the log into the file, and deletes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) enum AtClose {
    /// It does, as `SQLite` has it.
    FoldLog,
    /// The log stays: the file says that there is one.
    LeaveLog,
}

pub(in crate::journal) fn at_close(db: &Connection, what: AtClose) -> Result<(), JournalError> {
    let leave = what == AtClose::LeaveLog;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave)?;
    Ok(())
}

/// What becomes of the log once it is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) enum LogMode {
    /// It is written over from its beginning.
    Reused,
    /// Nothing is left in it.
    Emptied,
}

/// Moves what is in the log into the file, and waits for the disk; whether all of that was done. A
/// reader may be in the way: a report that nobody reads to its end looks at one instant of the
/// journal for hours.
pub(in crate::journal) fn checkpoint(db: &Connection, log: LogMode) -> Result<bool, JournalError> {
    let how = match log {
        LogMode::Reused => "FULL",
        LogMode::Emptied => "TRUNCATE",
    };
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (busy, log, moved): (bool, i64, i64) =
        db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], row)?;
    Ok(!busy && log == moved)
}

/// Looks whether every page can be one, before anything is written: a fifth of a second for a
/// hundred thousand machines. Above that it would take too long; damage is told when it is met, and
/// by `check`. A value that was changed within a page is told by the audit chain.
pub(in crate::journal) fn check_pages(db: &Connection) -> Result<(), JournalError> {
    const PAGES_MAX: i64 = 16_384;
    let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if pages > PAGES_MAX {
        return Ok(());
    }
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(JournalError::damaged(found)) }
}

/// A path as `SQLite` takes it with parameters: <https://www.sqlite.org/uri.html>.
fn uri(path: &Path, query: &str) -> String {
    let mut uri = String::from("file:");
    // An absolute path on Windows begins with its drive, and a URI with a slash.
    if cfg!(windows) && path.is_absolute() {
        uri.push('/');
    }
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'.' | b'-' | b'_' | b':' => uri.push(char::from(*byte)),
            letter if letter.is_ascii_alphanumeric() => uri.push(char::from(*letter)),
            other => write!(uri, "%{other:02X}").expect("a string takes every text"),
        }
    }
    format!("{uri}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_of_a_file_becomes_a_uri_that_leads_to_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["plain.db", "a b.db", "50%.db", "why?.db", "#1.db", "größe.db", "a&b=c.db"] {
            if cfg!(windows) && name.contains('?') {
                continue;
            }
            let path = folder.path().join(name);
            let made = Connection::open(&path).unwrap();
            made.execute_batch("PRAGMA user_version = 7").unwrap();
            drop(made);
            let db = connect_to_file_alone(&Location::find(&path).unwrap()).unwrap();
            let version: i64 =
                db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            assert_eq!(version, 7, "{name}");
        }
    }
}
