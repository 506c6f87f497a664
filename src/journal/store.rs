//! The journal while it is open: the connection, who may write, and what keeps its files together.
//!
//! All acts on a journal import this, and it imports none of them. Deliberately absent: how it is
//! opened (`opening`), and what is in it.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::JournalError;
use super::file::{Handles, Location, Lock, OpenedFiles};
use super::log_mark::leave;
use super::log_mark::look::{Files, SeenFiles};
use super::quota_owner::QuotaOwner;
use super::sql::connection::{AtClose, LogMode, at_close, checkpoint};
use super::sql::lock_wait::LockWait;
use super::staging::rows::{self, Staging};

/// The journal: one `SQLite` file, with one writer.
#[derive(Debug)]
pub struct Journal {
    // First, so that it is closed before the lock is given back.
    db: Connection,
    access: Access,
    site: Option<Site>,
    staging: Staging,
    patience: LockWait,
    /// Whose windows calls count in; none: nobody has said.
    quota: Option<QuotaOwner>,
}

/// Where the file is, and what keeps `SQLite`'s locks on it: handles that outlive the connection.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) location: Location,
    pub(super) handles: Handles,
    pub(super) seen: SeenFiles,
}

#[derive(Debug)]
enum Access {
    /// Holds the lock for as long as it lives.
    Runner {
        _lock: Lock,
        place: OpenedFiles,
        /// Once it has left: whether the file is whole.
        left: Cell<Option<bool>>,
    },
    /// Nobody else can reach it.
    Memory,
    /// Reads, and asks a runner to stop.
    Reader,
    /// Reads, has temporary tables of its own, and notes its calls.
    Planner,
}

impl Journal {
    /// The runner's, which holds the lock from now on.
    pub(super) fn of_runner(db: Connection, site: Site, lock: Lock, place: OpenedFiles) -> Self {
        let access = Access::Runner { _lock: lock, place, left: Cell::new(None) };
        let (site, staging, patience) = (Some(site), Staging::default(), LockWait::RUNNER);
        Self { db, access, site, staging, patience, quota: None }
    }

    pub(super) fn of_reader(db: Connection, site: Site) -> Self {
        let (access, site, staging) = (Access::Reader, Some(site), Staging::default());
        Self { db, access, site, staging, patience: LockWait::READER, quota: None }
    }

    pub(super) fn of_planner(db: Connection, site: Site) -> Self {
        let (access, site, staging) = (Access::Planner, Some(site), Staging::default());
        Self { db, access, site, staging, patience: LockWait::RUNNER, quota: None }
    }

    pub(super) fn of_memory(db: Connection) -> Self {
        let (access, staging) = (Access::Memory, Staging::default());
        Self { db, access, site: None, staging, patience: LockWait::RUNNER, quota: None }
    }

    /// The connection. Who writes by it begins a transaction ([`begin`](Self::begin)).
    pub(super) const fn db(&self) -> &Connection {
        &self.db
    }

    /// What is staged, and the connection that sees it.
    pub(super) const fn staging(&mut self) -> (&Connection, &mut Staging) {
        (&self.db, &mut self.staging)
    }

    /// Whose windows calls count in.
    pub(super) const fn quota(&self) -> Option<&QuotaOwner> {
        self.quota.as_ref()
    }

    pub(super) fn set_quota(&mut self, quota: QuotaOwner) {
        self.quota = Some(quota);
    }

    /// Where the file is, as it was named; none in memory.
    pub fn path(&self) -> Option<&Path> {
        self.site.as_ref().map(|site| site.location.named())
    }

    /// The file itself, without links; none in memory.
    pub(super) fn file(&self) -> Option<&Path> {
        self.site.as_ref().map(|site| site.location.real())
    }

    pub(super) fn has_runner(&self) -> bool {
        self.site.as_ref().is_some_and(|site| Lock::is_held(&site.location, &site.handles))
    }

    /// After a write of somebody who is no runner: the log that it may have begun has its salt now.
    pub(super) fn mark_written(&self) -> Result<(), JournalError> {
        match (&self.access, &self.site) {
            (Access::Planner | Access::Reader, Some(site))
                if leave::lacks_mark(&self.db, &site.location)? =>
            {
                Ok(self.begin_beside()?.commit()?)
            }
            _ => Ok(()),
        }
    }

    /// Begins a transaction of somebody who may be no runner: a log that it begins is known for
    /// this file's from its first row on.
    pub(super) fn begin_beside(&self) -> Result<Transaction<'_>, JournalError> {
        self.end_staging()?;
        self.patiently(|| {
            self.check_place()?;
            let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
            if let (Access::Planner | Access::Reader, Some(site)) = (&self.access, &self.site) {
                leave::join(&transaction, &site.location)?;
            }
            Ok(transaction)
        })
    }

    pub(super) const fn is_planner(&self) -> bool {
        matches!(self.access, Access::Planner)
    }

    /// Whether a runner has the journal while this one plans.
    pub(super) fn is_beside_runner(&self) -> bool {
        self.is_planner() && self.has_runner()
    }

    /// Fails where one of the files was taken away; what is known is saved into the journal's file
    /// before, if that can be done.
    pub(super) fn check_place(&self) -> Result<(), JournalError> {
        let (Access::Runner { place, .. }, Some(site)) = (&self.access, &self.site) else {
            return Ok(());
        };
        let Some(path) = place.lost(&site.location)? else { return Ok(()) };
        let journal = site.location.real().to_owned();
        let beside = path != journal && path != site.location.beside(Location::LOCK);
        // Without the journal or its lock another runner may be there, but for a lock on the file.
        let alone = beside || cfg!(target_os = "linux");
        let saved = if alone { self.leave() } else { self.note_left(false) };
        Err(if beside {
            JournalError::LogGone { path, journal, saved }
        } else {
            JournalError::Gone { path }
        })
    }

    /// Leaves in order: the file becomes the whole journal, and says so. Whether it did.
    fn leave(&self) -> bool {
        let Access::Runner { left, .. } = &self.access else { return false };
        if let Some(left) = left.get() {
            return left;
        }
        let Some(Site { location, .. }) = &self.site else { return false };
        let fold = || -> Result<bool, JournalError> {
            self.end_staging()?;
            Ok(checkpoint(&self.db, LogMode::Reused)? && leave::leave(&self.db, location)?)
        };
        // Where it fails, the mark in the file or the one in the log says that they go together.
        let whole = fold().unwrap_or(false);
        self.note_left(whole)
    }

    fn note_left(&self, whole: bool) -> bool {
        if let Access::Runner { left, .. } = &self.access {
            left.set(Some(whole));
        }
        whole
    }

    pub(super) fn check_writable(&self) -> Result<(), JournalError> {
        match self.access {
            Access::Runner { .. } | Access::Memory => Ok(()),
            Access::Planner | Access::Reader => Err(JournalError::ReadOnly),
        }
    }

    /// Fails for a reader, which has no tables for what is staged.
    pub(super) fn check_stages(&self) -> Result<(), JournalError> {
        if self.is_planner() { Ok(()) } else { self.check_writable() }
    }

    /// The log that is missing, or that is not this journal's; none where the journal is whole.
    /// What was written last is not in it.
    pub fn lost_log(&self) -> Option<PathBuf> {
        let site = self.site.as_ref()?;
        let lost = matches!(site.seen.files, Files::LogLost | Files::LogForeign);
        lost.then(|| site.location.beside(Location::LOG))
    }

    /// Fails where nothing can be written for want of the log.
    pub(super) fn check_log(&self) -> Result<(), JournalError> {
        match &self.site {
            Some(site) if self.lost_log().is_some() && self.check_writable().is_err() => {
                Err(JournalError::LogLost { journal: site.location.real().to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// From now on a lock of another program is waited for no longer than some seconds where
    /// `hurried` holds: somebody asked for the end.
    pub fn hurry_when(&mut self, hurried: impl Fn() -> bool + Send + 'static) {
        self.patience.hurry_when(hurried);
    }

    /// Waits for a lock of another program this many seconds at most; at least one.
    pub const fn wait_at_most(&mut self, seconds: u32) {
        self.patience.wait_at_most(seconds);
    }

    pub(super) fn end_staging(&self) -> Result<(), JournalError> {
        rows::end(&self.db)
    }

    /// Reads several things as they are at one instant, also while a runner writes. The
    /// instant is that of the first read.
    ///
    /// # Errors
    /// Those of `read`, and where no read can begin.
    pub fn at_one_instant<T, E: From<JournalError>>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        // What reads staged rows, or is called by such a read, has an open transaction already.
        if !self.db.is_autocommit() {
            return read(self);
        }
        let begun = Transaction::new_unchecked(&self.db, TransactionBehavior::Deferred);
        let transaction = begun.map_err(JournalError::from)?;
        let found = read(self)?;
        transaction.commit().map_err(JournalError::from)?;
        Ok(found)
    }

    /// Begins a transaction that writes. Staged rows live in the temporary database, whose open
    /// transaction ends here: otherwise their reads and these writes would be one.
    pub(super) fn begin(&mut self) -> Result<Transaction<'_>, JournalError> {
        self.check_writable()?;
        self.begin_calls()
    }

    /// Begins one for calls alone, which a plan makes as well.
    pub(super) fn begin_calls(&self) -> Result<Transaction<'_>, JournalError> {
        self.check_stages()?;
        self.check_place()?;
        self.begin_beside()
    }

    /// Does something for which another program may have to be waited for.
    pub(super) fn patiently<T>(
        &self,
        attempt: impl FnMut() -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.patience.wait(self.site.as_ref().map(|site| &site.location), attempt)
    }
}

impl Drop for Journal {
    /// Where the file could not be made whole, its mark stays and so does the log. A reader may
    /// have been there for longer than a runner, and then be the last one.
    fn drop(&mut self) {
        let close = match self.access {
            Access::Memory => return,
            Access::Runner { .. } => self.leave().then_some(AtClose::FoldLog),
            Access::Reader => leave::needs_log(&self.db).then_some(AtClose::LeaveLog),
            Access::Planner if leave::needs_log(&self.db) => Some(AtClose::LeaveLog),
            Access::Planner => Some(AtClose::FoldLog),
        };
        // If that fails, the log is folded or stays; either way nothing is lost.
        drop(close.map(|what| at_close(&self.db, what)));
    }
}
