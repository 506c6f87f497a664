//! The runner's lock, held for the life of the process.
//!
//! There are two. A file beside the journal is locked on all systems, by every version of this
//! program. On Linux the journal's file itself is locked too: one file at two places, as a mount
//! makes it, has two files beside it and one lock. Windows would let nobody read what is locked;
//! elsewhere the lock would keep out `SQLite` itself.
//!
//! The system drops a lock with the process, however it ends; the file beside stays, since removing
//! it would race with the next runner. The journal says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::journal::JournalError;
use crate::journal::error::io_error;

use super::{Handles, Location, private};

/// To ask whether the lock is held is to take it, shared, for some microseconds. A runner that
/// starts in that moment tries again rather than being refused.
const TRIES: u32 = 1_000;

/// Both locks, until it is dropped.
#[derive(Debug)]
pub(in crate::journal) struct Lock {
    beside: File,
    handles: Option<Handles>,
}

impl Lock {
    /// Takes the lock beside a journal, which need not be there yet; none where another process has
    /// it.
    pub(in crate::journal) fn take(location: &Location) -> Result<Option<Self>, JournalError> {
        let path = location.beside(Location::LOCK);
        let beside = open(&path).map_err(|source| io_error(&path, source))?;
        let taken = try_often(|| match beside.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(source)) => Err(source),
        });
        let taken = taken.map_err(|source| io_error(&path, source))?;
        Ok(taken.then_some(Self { beside, handles: None }))
    }

    /// Locks the file itself as well; whether nobody had it, under any name.
    pub(in crate::journal) fn take_file(
        &mut self,
        location: &Location,
    ) -> Result<bool, JournalError> {
        let failed = |source| io_error(location.named(), source);
        let handles = Handles::of(location.real()).map_err(failed)?;
        let taken = try_often(|| handles.lock()).map_err(failed)?;
        self.handles = taken.then_some(handles);
        Ok(taken)
    }

    pub(super) const fn beside(&self) -> &File {
        &self.beside
    }

    /// Whether a process has the lock of a journal now.
    pub(in crate::journal) fn is_held(location: &Location, handles: &Handles) -> bool {
        handles.is_locked() || Self::is_held_beside(location)
    }

    /// Whether one has it by this very name. Without a lock file, or one that may be read, nobody
    /// has.
    pub(in crate::journal) fn is_held_beside(location: &Location) -> bool {
        let path = location.beside(Location::LOCK);
        path.is_file()
            && File::open(path)
                .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(handles) = &self.handles {
            handles.unlock();
        }
    }
}

fn try_often(mut take: impl FnMut() -> io::Result<bool>) -> io::Result<bool> {
    for _ in 0..TRIES {
        if take()? {
            return Ok(true);
        }
        std::thread::yield_now();
    }
    Ok(false)
}

fn open(path: &Path) -> io::Result<File> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    match private::make_file(path) {
        // Another runner was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            OpenOptions::new().read(true).write(true).open(path)
        }
        made => made,
    }
}
