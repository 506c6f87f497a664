//! Whether the files at a journal's path are still those that were opened.
//!
//! On Unix a file can be moved or deleted under the process that has it open. All that is written
//! from then on is lost with the process, and a second runner could take a new lock file. The log
//! and the shared memory of `SQLite` are part of the journal and are watched like it. So before
//! each transaction the runner looks, which costs four calls of the system beside a wait for the
//! disk. Deliberately absent: any of this on Windows, which lets nobody take an open file away.

use std::io;
use std::path::{Path, PathBuf};

use crate::journal::JournalError;
use crate::journal::error::io_error;

use crate::journal::file::identity::FileIdentity;
use crate::journal::file::{Location, Lock};

#[derive(Debug)]
pub(in crate::journal) struct OpenedFiles {
    journal: FileIdentity,
    lock: FileIdentity,
    log: FileIdentity,
    shared_memory: FileIdentity,
}

impl OpenedFiles {
    /// Remembers the files: the lock's by its handle, all others by their paths. `SQLite` has made
    /// its own by the first write.
    pub(in crate::journal) fn of(location: &Location, lock: &Lock) -> Result<Self, JournalError> {
        let at = |path: &Path| match path.metadata() {
            Ok(metadata) => Ok(FileIdentity::of(&metadata)),
            Err(source) => Err(io_error(path, source)),
        };
        let lock = lock.beside().metadata();
        let lock = lock.map_err(|source| io_error(&location.beside(Location::LOCK), source))?;
        Ok(Self {
            journal: at(location.real())?,
            lock: FileIdentity::of(&lock),
            log: at(&location.beside(Location::LOG))?,
            shared_memory: at(&location.beside(Location::SHARED_MEMORY))?,
        })
    }

    /// Which of the files is not there any more; none where all are.
    pub(in crate::journal) fn lost(
        &self,
        location: &Location,
    ) -> Result<Option<PathBuf>, JournalError> {
        let files = [
            (location.real().to_owned(), self.journal),
            (location.beside(Location::LOCK), self.lock),
            (location.beside(Location::LOG), self.log),
            (location.beside(Location::SHARED_MEMORY), self.shared_memory),
        ];
        for (path, expected) in files {
            match path.metadata() {
                Ok(metadata) if FileIdentity::of(&metadata) == expected => {}
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(&path, error));
                }
                _ => return Ok(Some(path)),
            }
        }
        Ok(None)
    }
}
