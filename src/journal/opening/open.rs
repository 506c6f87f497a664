//! Opening: what the file is, who may use it, and how it is set up.

use std::io;
use std::path::Path;

use rusqlite::Connection;

use crate::journal::error::io_error;
use crate::journal::file::{Handles, Location, Lock, OpenedFiles, Salt, network, private};
use crate::journal::log_mark::leave;
use crate::journal::log_mark::look::{self, Files, SeenFiles};
use crate::journal::sql::connection::{
    AtClose, LogMode, at_close, check_pages, checkpoint, connect, connect_to_file_alone,
    connect_to_resting_files, keep_statements,
};
use crate::journal::sql::lock_wait::LockWait;
use crate::journal::sql::schema;
use crate::journal::staging::rows;
use crate::journal::store::Site;
use crate::journal::{Journal, JournalError, Runner};

use super::loss;
use super::may_send::{check_may_plan, check_may_send};

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
    /// followed: a journal is its file, under any name.
    ///
    /// # Errors
    /// [`JournalError::Locked`] names the process that has it. A file that is not ours, or newer,
    /// or has several names, is refused and not touched.
    pub fn open_runner(path: &Path, runner: Runner) -> Result<Self, JournalError> {
        let location = Location::find(path)?;
        examine(&location)?;
        let folder = location.folder();
        private::make_folders(folder).map_err(|source| io_error(folder, source))?;
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
        let seen = look::look(&location)?;
        if seen.files == Files::LogForeign {
            return Err(JournalError::LogForeign { journal: location.real().to_owned() });
        }
        let set_out = || set_out(&location, seen, &runner);
        let db = LockWait::RUNNER.wait(Some(&location), set_out)?;
        private::match_beside(&location);
        let place = OpenedFiles::of(&location, &lock)?;
        log_opened("to run batches, with the lock", path, schema::known());
        Ok(Self::of_runner(db, Site { location, handles, seen }, lock, place))
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
        let seen = look(&location, &handles)?;
        let db = match seen.files {
            Files::Whole | Files::WholeWithLog => {
                LockWait::READER.wait(Some(&location), || connect_to_read(&location, &handles))?
            }
            // To open the log of another file, or to begin a new one, would change what is there.
            Files::LogLost | Files::LogForeign => connect_to_file_alone(&location)?,
        };
        let version = schema::found(&db)?;
        check_version(path, version)?;
        log_opened("to read", path, version);
        if seen.files == Files::WholeWithLog {
            at_close(&db, AtClose::LeaveLog)?;
        }
        schema::bridge(&db)?;
        Ok(Self::of_reader(db, Site { location, handles, seen }))
    }

    /// Opens the journal for a plan, also beside a runner: it reads, stages in tables of its own,
    /// and notes its calls. An older file, and one that lost its log, is opened by `runner` first.
    ///
    /// # Errors
    /// [`JournalError::Missing`] where there is none yet; otherwise as for a runner.
    pub fn open_planner(path: &Path, runner: Runner) -> Result<Self, JournalError> {
        let location = Location::find(path)?;
        let Found::Ours(handles) = examine(&location)? else {
            return Err(JournalError::Missing { path: path.to_owned() });
        };
        location.check_names()?;
        if network::holds(location.folder()) {
            return Err(JournalError::NetworkDrive { path: path.to_owned() });
        }
        let seen = look(&location, &handles)?;
        match seen.files {
            Files::Whole | Files::WholeWithLog => {}
            Files::LogLost => drop(Self::open_runner(path, runner.clone())?),
            Files::LogForeign => {
                return Err(JournalError::LogForeign { journal: location.real().to_owned() });
            }
        }
        let connected = || LockWait::RUNNER.wait(Some(&location), || connect(&location));
        let mut db = connected()?;
        check_version(path, schema::found(&db)?)?;
        if schema::found(&db)? < schema::known() {
            drop(db);
            drop(Self::open_runner(path, runner)?);
            db = connected()?;
        }
        check_may_plan(&db, &location)?;
        at_close(&db, AtClose::LeaveLog)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        // A log that is moved into the file while it plans would begin again with another salt than
        // its mark names. A plan writes some pages for each call, and moves them at its end.
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        rows::prepare(&db)?;
        private::match_beside(&location);
        log_opened("for a plan", path, schema::known());
        Ok(Self::of_planner(db, Site { location, handles, seen }))
    }

    /// The same where there was no journal when the plan began: one is made.
    ///
    /// # Errors
    /// As for a runner.
    pub fn make_for_planner(path: &Path, runner: Runner) -> Result<Self, JournalError> {
        match Self::open_runner(path, runner.clone()) {
            // Where a runner was faster, it is there as well.
            Ok(_) | Err(JournalError::Locked { .. }) => Self::open_planner(path, runner),
            Err(error) => Err(error),
        }
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
}

fn log_opened(purpose: &str, path: &Path, schema: u32) {
    let path = path.display().to_string();
    tracing::debug!(target: "mde_offboard::journal", path, schema, "opened {purpose}");
}

/// A runner's connection, once the file is as it needs it: of the latest version, with a log that
/// the file knows of. To be done again where another program was in the way.
fn set_out(
    location: &Location,
    seen: SeenFiles,
    runner: &Runner,
) -> Result<Connection, JournalError> {
    let mut db = connect(location)?;
    // The header of the file may be behind: a version may still be in the log.
    check_version(location.named(), schema::found(&db)?)?;
    check_pages(&db)?;
    check_may_send(&db, location)?;
    if seen.files == Files::LogLost {
        loss::note(&mut db, location, runner.since)?;
    }
    set_up(&mut db, Some(location.real()))?;
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(JournalError::NetworkDrive { path: location.named().to_owned() });
    }
    // With less than FULL a power cut could take back an intent whose request went out.
    db.pragma_update(None, "synchronous", "FULL")?;
    let entered = leave::enter(&db, seen, runner)?;
    leave::name_log(&db, location, entered)?;
    // Where a reader is in the way, the mark gets into the file later.
    checkpoint(&db, LogMode::Reused)?;
    at_close(&db, AtClose::LeaveLog)?;
    Ok(db)
}

/// What a reader sees of the files. Beside a runner that is not asked: it writes them meanwhile,
/// and watches over them.
fn look(location: &Location, handles: &Handles) -> Result<SeenFiles, JournalError> {
    /// A runner may begin or end between two looks.
    const LOOKS: u32 = 3;
    let mut seen = look::look(location)?;
    for _ in 0..LOOKS {
        if matches!(seen.files, Files::Whole | Files::WholeWithLog) {
            break;
        }
        if Lock::is_held_beside(location) {
            seen.files = Files::WholeWithLog;
            return Ok(seen);
        }
        if Lock::is_held(location, handles) {
            return Err(JournalError::LockedElsewhere { path: location.named().to_owned() });
        }
        seen = look::look(location)?;
    }
    Ok(seen)
}

/// A connection that can read. Where this user may write nothing, `SQLite` cannot make the shared
/// memory that it needs; as long as nobody runs, it can do without. So it can on a disk that is
/// full, or that has no shared memory.
fn connect_to_read(location: &Location, handles: &Handles) -> Result<Connection, JournalError> {
    let probed = |db: Connection| schema::found(&db).map(|_| db);
    let shared = |db: Connection| {
        // In a folder of many people it would make a log and a shared memory that are this user's,
        // and keep the journal's owner from running it.
        let rests = db.is_readonly("main")? && !Lock::is_held(location, handles);
        if rests { Err(JournalError::ReadOnly) } else { Ok(db) }
    };
    let refused = match connect(location).and_then(shared).and_then(probed) {
        Err(
            refused @ (JournalError::Unopened(_) | JournalError::ReadOnly | JournalError::Disk(_)),
        ) => refused,
        connected => return connected,
    };
    if is_half_changed(location) {
        return Err(refused);
    }
    let log = Salt::of(location);
    let log = log.map_err(|source| io_error(&location.beside(Location::LOG), source))?;
    let db = match log {
        Some(_) => connect_to_resting_files(location),
        None => connect_to_file_alone(location),
    };
    let db = db.and_then(probed)?;
    // Also where it has begun meanwhile.
    if Lock::is_held(location, handles) { Err(refused) } else { Ok(db) }
}

/// Whether somebody died while the file itself was changed, and what it was before is in the log of
/// that change. Only who may write can undo it.
fn is_half_changed(location: &Location) -> bool {
    let log = std::fs::metadata(location.beside(Location::CHANGE_LOG));
    log.is_ok_and(|log| log.len() > 0)
}

/// Whether a file is a journal of this program, of any version. It is not opened as one.
///
/// # Errors
/// [`JournalError`] where it cannot be read, or is no ordinary file.
pub fn is_journal(path: &Path) -> Result<bool, JournalError> {
    match examine(&Location::find(path)?) {
        Ok(Found::Ours(_)) | Err(JournalError::Newer { .. }) => Ok(true),
        Ok(Found::Nothing | Found::Empty(_)) | Err(JournalError::NotAJournal { .. }) => Ok(false),
        Err(error) => Err(error),
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
            private::make_file(location.real()).map_err(failed)?;
            Handles::of(location.real()).map_err(failed)
        }
    }
}

/// What every connection that writes needs. At a path, an older file is copied before it changes.
pub(super) fn set_up(db: &mut Connection, path: Option<&Path>) -> Result<(), JournalError> {
    keep_statements(db);
    db.pragma_update(None, "foreign_keys", true)?;
    // 16 MiB: enough for the upper pages of a million machines, and little beside them.
    db.pragma_update(None, "cache_size", -16_384)?;
    schema::migrate(db, path)?;
    rows::prepare(db)
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

    fn runner() -> Runner {
        let text = || String::from("x");
        let since = Timestamp::from_micros(0);
        Runner { pid: 1, host: text(), user: text(), command: text(), since }
    }

    #[test]
    fn a_runner_waits_for_the_disk_and_checks_its_references() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open_runner(&folder.path().join("journal.db"), runner()).unwrap();
        let number = |pragma| -> i64 {
            journal.db().pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
        };
        assert_eq!(number("synchronous"), 2, "FULL");
        assert_eq!(number("foreign_keys"), 1);
        let mode: String =
            journal.db().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn a_plan_leaves_its_log_as_it_is_until_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let plan = Journal::make_for_planner(&path, runner()).unwrap();
        let pages: i64 =
            plan.db().pragma_query_value(None, "wal_autocheckpoint", |row| row.get(0)).unwrap();
        assert_eq!(pages, 0, "never moved");
    }

    /// The journal was begun again without its lost log, but what came then is not in the file yet.
    #[test]
    fn a_runner_that_dies_again_after_the_log_was_lost_leaves_a_journal_that_opens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        drop(journal);
        let location = Location::find(&copy).unwrap();
        let seen = look::look(&location).unwrap();
        assert_eq!(seen.files, Files::LogLost);
        let mut db = connect(&location).unwrap();
        loss::note(&mut db, &location, runner().since).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        at_close(&db, AtClose::LeaveLog).unwrap();
        let entered = leave::enter(&db, seen, &runner()).unwrap();
        assert_eq!(look::look(&location).unwrap().files, Files::WholeWithLog, "entered");
        leave::name_log(&db, &location, entered).unwrap();
        assert_eq!(look::look(&location).unwrap().files, Files::WholeWithLog, "named");
        drop(db);
        drop(Journal::open_runner(&copy, runner()).unwrap());
    }
}
