//! The runner's lock: a file beside the journal, locked for the life of the process.
//!
//! The system drops the lock with the process, however it ends; the file itself stays, since
//! removing it would race with the next runner. Who holds it stands in the journal: Windows lets
//! nobody read a locked file.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::JournalError;

/// Whoever asks whether the lock is held takes it, shared, for some microseconds. A runner that
/// starts in that moment tries again rather than being refused.
const TRIES: u32 = 1_000;

/// Takes the lock; none where another process has it.
pub(super) fn take(journal: &Path) -> Result<Option<File>, JournalError> {
    let path = beside(journal);
    let failed = |source| JournalError::Io { path: path.clone(), source };
    let file = open(&path).map_err(failed)?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
    Ok(None)
}

/// Whether a process has the lock now. Without a lock file, or one that may be read, nobody has.
pub(super) fn is_held(journal: &Path) -> bool {
    File::open(beside(journal))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

pub(super) fn beside(journal: &Path) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
