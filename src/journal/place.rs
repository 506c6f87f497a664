//! Whether the files at a journal's path are still those that were opened.
//!
//! On Unix a file can be moved or deleted under the process that has it open. Whatever is written
//! from then on is lost with the process, and a second runner could take a new lock file. So before
//! each transaction the runner looks, which costs two calls of the system beside a wait for the
//! disk. Deliberately absent: any of this on Windows, which lets nobody take an open file away.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use super::{JournalError, lock};

/// What the files were when they were opened.
#[derive(Debug)]
pub(super) struct Place {
    journal: Identity,
    lock: Identity,
}

type Identity = (u64, u64);

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
const fn identity(_: &Metadata) -> Identity {
    (0, 0)
}

impl Place {
    /// Remembers the files: the journal's by its path, the lock's by its handle.
    pub(super) fn of(journal: &Path, lock: &File) -> io::Result<Self> {
        let journal = identity(&journal.metadata()?);
        Ok(Self { journal, lock: identity(&lock.metadata()?) })
    }

    /// Fails unless both are still there.
    pub(super) fn check(&self, journal: &Path) -> Result<(), JournalError> {
        check(journal, self.journal)?;
        check(&lock::beside(journal), self.lock)
    }
}

fn check(path: &Path, expected: Identity) -> Result<(), JournalError> {
    let found = match path.metadata() {
        Ok(metadata) => Some(identity(&metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(JournalError::Io { path: path.to_owned(), source }),
    };
    if found == Some(expected) { Ok(()) } else { Err(JournalError::Gone { path: path.to_owned() }) }
}
