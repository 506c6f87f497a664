//! Opening: what the file is, who may use it, and how it is set up.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::io_error;
use super::file::{Handles, Location, Lock, Place, network};
use super::stage::Staging;
use super::{JournalError, Runner, runner, schema, stage};

/// How long a connection waits for another one that writes: `stop` beside a runner, or a runner
/// beside a checkpoint of a reader that closes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements that are kept ready: all of ours.
const STATEMENTS: usize = 64;

/// The journal: one `SQLite` file, with one writer.
#[derive(Debug)]
pub struct Journal {
    // First, so that it is closed before the lock is given back.
    pub(super) db: Connection,
    access: Access,
    pub(super) site: Option<Site>,
    pub(super) staging: Staging,
}

/// Where the file is, and what keeps `SQLite`'s locks on it: handles that outlive the connection.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) location: Location,
    handles: Handles,
}

#[derive(Debug)]
enum Access {
    /// Holds the lock for as long as it lives.
    Runner { _lock: Lock, place: Place },
    /// Nobody else can reach it.
    Memory,
    /// Reads, and asks a runner to stop.
    Reader,
}

/// What stands at a journal's path.
enum Found {
    Nothing,
    /// No byte in it: made, but nothing came of it.
    Empty(Handles),
    Ours(Handles),
}

impl Journal {
    /// Opens or makes the journal for the one process that may write it.
    ///
    /// Takes the lock first, makes folder and file (mode 0600) where they are missing, and brings
    /// an older schema up to date. From then on every commit is on disk when it returns. Links are
    /// followed: a journal is its file, by whatever name it is opened.
    ///
    /// # Errors
    /// [`JournalError::Locked`] names the process that has it. A file that is not ours, or newer,
    /// or has several names, is refused and not touched.
    pub fn open_runner(path: &Path, runner: Runner) -> Result<Self, JournalError> {
        let location = Location::find(path)?;
        examine(&location)?;
        let folder = location.folder();
        std::fs::create_dir_all(folder).map_err(|source| io_error(folder, source))?;
        if network::holds(folder) {
            return Err(JournalError::NetworkDrive { path: path.to_owned() });
        }
        location.check_names()?;
        let Some(mut lock) = Lock::take(&location)? else {
            return Err(JournalError::Locked { path: path.to_owned(), runner: holder(path) });
        };
        let handles = made(&location)?;
        if !lock.take_file(&location)? {
            return Err(JournalError::LockedElsewhere { path: path.to_owned() });
        }
        let mut db = connect(&location)?;
        check_pages(&db)?;
        set_up(&mut db, Some(location.real()))?;
        let mode: String =
            db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        if mode != "wal" {
            return Err(JournalError::NetworkDrive { path: path.to_owned() });
        }
        // With less than FULL a power cut could take back an intent whose request went out.
        db.pragma_update(None, "synchronous", "FULL")?;
        runner::write(&db, runner)?;
        let place = Place::of(&location, &lock).map_err(|source| io_error(path, source))?;
        let access = Access::Runner { _lock: lock, place };
        let site = Some(Site { location, handles });
        Ok(Self { db, access, site, staging: Staging::default() })
    }

    /// Opens the journal to read it, also beside a runner. All that it can write is
    /// [`request_stop`](Self::request_stop).
    ///
    /// # Errors
    /// [`JournalError::Missing`] where there is none yet; a file that is not ours, or newer, is
    /// refused.
    pub fn open_reader(path: &Path) -> Result<Self, JournalError> {
        let location = Location::find(path)?;
        let Found::Ours(handles) = examine(&location)? else {
            return Err(JournalError::Missing { path: path.to_owned() });
        };
        let db = connect(&location)?;
        schema::bridge(&db)?;
        let site = Some(Site { location, handles });
        Ok(Self { db, access: Access::Reader, site, staging: Staging::default() })
    }

    /// A journal that ends with the process: for rehearsals in virtual time.
    ///
    /// # Errors
    /// None in practice: `SQLite` would have to be without memory.
    pub fn in_memory() -> Result<Self, JournalError> {
        let mut db = Connection::open_in_memory()?;
        set_up(&mut db, None)?;
        Ok(Self::of_memory(db))
    }

    pub(super) fn of_memory(db: Connection) -> Self {
        Self { db, access: Access::Memory, site: None, staging: Staging::default() }
    }

    /// Where the file is, as it was named; none in memory.
    pub fn path(&self) -> Option<&Path> {
        self.site.as_ref().map(|site| site.location.named())
    }

    /// Whether a runner has the journal now.
    pub(super) fn has_runner(&self) -> bool {
        self.site.as_ref().is_some_and(|site| Lock::is_held(&site.location, &site.handles))
    }

    /// Begins a transaction that writes. Staged rows live in the temporary database, whose open
    /// transaction ends here: otherwise their reads and these writes would be one.
    pub(super) fn begin(&mut self) -> Result<Transaction<'_>, JournalError> {
        self.check_writable()?;
        if let (Access::Runner { place, .. }, Some(site)) = (&self.access, &self.site) {
            place.check(&site.location)?;
        }
        self.end_staging()?;
        Ok(self.db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    pub(super) fn check_writable(&self) -> Result<(), JournalError> {
        match self.access {
            Access::Runner { .. } | Access::Memory => Ok(()),
            Access::Reader => Err(JournalError::ReadOnly),
        }
    }
}

/// Looks at the first bytes alone: `SQLite` itself would touch a file merely by opening it, where
/// that one has a log beside it.
fn examine(location: &Location) -> Result<Found, JournalError> {
    let failed = |source| io_error(location.named(), source);
    let handles = match Handles::of(location.real()) {
        Ok(handles) => handles,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(source) => return Err(failed(source)),
    };
    let header = handles.beginning(100).map_err(failed)?;
    if header.is_empty() {
        return Ok(Found::Empty(handles));
    }
    let path = location.named();
    // https://www.sqlite.org/fileformat.html, "The Database Header".
    let number = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let ours =
        header.starts_with(b"SQLite format 3\0") && number(68) == Some(schema::APPLICATION_ID);
    match number(60).filter(|_| ours) {
        None | Some(0) => Err(JournalError::NotAJournal { path: path.to_owned() }),
        Some(version) => check_version(path, version).map(|()| Found::Ours(handles)),
    }
}

fn check_version(path: &Path, found: u32) -> Result<(), JournalError> {
    let known = schema::known();
    if found > known {
        return Err(JournalError::Newer { path: path.to_owned(), found, known });
    }
    Ok(())
}

/// The handles of the file, which is made where there is none. Once the lock is held, nobody else
/// makes it.
fn made(location: &Location) -> Result<Handles, JournalError> {
    match examine(location)? {
        Found::Empty(handles) | Found::Ours(handles) => Ok(handles),
        Found::Nothing => {
            let failed = |source| io_error(location.named(), source);
            create(location.real()).map_err(failed)?;
            Handles::of(location.real()).map_err(failed)
        }
    }
}

/// Makes the empty file. `SQLite` gives the files beside it (`-wal`, `-shm`) the same mode.
pub(super) fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn connect(location: &Location) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(location.real(), flags)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // The header of the file may be behind: a version may still be in the log.
    check_version(location.named(), schema::found(&db)?)?;
    Ok(db)
}

/// Looks whether every page can be one, before anything is written: a fifth of a second for a
/// hundred thousand machines. Above that it would take too long; damage is told when it is met, and
/// by `check`. A value that was changed within a page is told by the audit chain.
fn check_pages(db: &Connection) -> Result<(), JournalError> {
    const PAGES_MAX: i64 = 16_384;
    let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if pages > PAGES_MAX {
        return Ok(());
    }
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(JournalError::damaged(found)) }
}

/// What every connection that writes needs. At a path, an older file is copied before it changes.
pub(super) fn set_up(db: &mut Connection, path: Option<&Path>) -> Result<(), JournalError> {
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "foreign_keys", true)?;
    // 16 MiB: enough for the upper pages of a million machines, and little beside them.
    db.pragma_update(None, "cache_size", -16_384)?;
    schema::migrate(db, path)?;
    stage::prepare(db)
}

/// Who has the lock, as far as the journal tells.
fn holder(path: &Path) -> Option<Runner> {
    let view = Journal::open_reader(path).and_then(|journal| journal.runner());
    view.ok().flatten().map(|view| view.runner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn a_runner_waits_for_the_disk_and_checks_its_references() {
        let folder = tempfile::tempdir().unwrap();
        let text = || String::from("x");
        let since = Timestamp::from_micros(0);
        let runner = Runner { pid: 1, host: text(), user: text(), command: text(), since };
        let journal = Journal::open_runner(&folder.path().join("journal.db"), runner).unwrap();
        let number = |pragma| -> i64 {
            journal.db.pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
        };
        assert_eq!(number("synchronous"), 2, "FULL");
        assert_eq!(number("foreign_keys"), 1);
        let mode: String =
            journal.db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
