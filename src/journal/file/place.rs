//! Whether the files at a journal's path are still those that were opened.
//!
//! On Unix a file can be moved or deleted under the process that has it open. Whatever is written
//! from then on is lost with the process, and a second runner could take a new lock file. So before
//! each transaction the runner looks, which costs two calls of the system beside a wait for the
//! disk. Deliberately absent: any of this on Windows, which lets nobody take an open file away.

use std::io;
use std::path::Path;

use crate::journal::JournalError;
use crate::journal::error::io_error;

use super::identity::Identity;
use super::{Location, Lock};

/// What the files were when they were opened.
#[derive(Debug)]
pub(in crate::journal) struct Place {
    journal: Identity,
    lock: Identity,
}

impl Place {
    /// Remembers the files: the journal's by its path, the lock's by its handle.
    pub(in crate::journal) fn of(location: &Location, lock: &Lock) -> io::Result<Self> {
        let journal = Identity::of(&location.real().metadata()?);
        Ok(Self { journal, lock: Identity::of(&lock.beside().metadata()?) })
    }

    /// Fails unless both are still there.
    pub(in crate::journal) fn check(&self, location: &Location) -> Result<(), JournalError> {
        check(location.real(), self.journal)?;
        check(&location.beside(Location::LOCK), self.lock)
    }
}

fn check(path: &Path, expected: Identity) -> Result<(), JournalError> {
    let found = match path.metadata() {
        Ok(metadata) => Some(Identity::of(&metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(io_error(path, source)),
    };
    if found == Some(expected) { Ok(()) } else { Err(JournalError::Gone { path: path.to_owned() }) }
}
