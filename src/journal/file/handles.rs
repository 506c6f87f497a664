//! Handles of a journal's file beside `SQLite`'s own.
//!
//! On Unix the system drops all of a process's locks on a file as soon as the process closes *any*
//! handle of it, `SQLite`'s locks included. So all code that looks into the file or locks it shares
//! the handles that are kept here, one set per file and process. They are opened before `SQLite`
//! opens the file, and closed after it has closed it.
//!
//! The rule is one of the whole process, so this is one of the few things here that are, too.
//! Deliberately absent: Windows, where each handle has its own locks.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::identity::FileIdentity;

static OPEN: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

struct Entry {
    identity: FileIdentity,
    users: usize,
    pair: Arc<Pair>,
}

/// Two handles, since a lock belongs to a handle: one asks for what the other has.
#[derive(Debug)]
struct Pair {
    runner: Mutex<Lockable>,
    asker: File,
}

#[derive(Debug)]
struct Lockable {
    file: File,
    locked: bool,
}

/// Shares the handles of one file, until it is dropped.
#[derive(Debug)]
pub(in crate::journal) struct Handles {
    /// None once it is dropped.
    pair: Option<Arc<Pair>>,
}

impl Handles {
    /// Those of the file at a path, which has to be there. Reading is enough.
    pub(in crate::journal) fn of(path: &Path) -> io::Result<Self> {
        let mut open = open();
        let known = |open: &mut Vec<Entry>, identity| {
            let entry = open.iter_mut().find(|entry| entry.identity == identity)?;
            entry.users += 1;
            Some(Self { pair: Some(Arc::clone(&entry.pair)) })
        };
        let identity = FileIdentity::of(&path.metadata()?);
        if cfg!(unix)
            && let Some(handles) = known(&mut open, identity)
        {
            return Ok(handles);
        }
        let asker = File::open(path)?;
        let runner = Mutex::new(Lockable { file: File::open(path)?, locked: false });
        let pair = Arc::new(Pair { runner, asker });
        open.push(Entry { identity, users: 1, pair: Arc::clone(&pair) });
        Ok(Self { pair: Some(pair) })
    }

    #[cfg(unix)]
    pub(in crate::journal) fn beginning(&self, length: usize) -> io::Result<Vec<u8>> {
        use std::os::unix::fs::FileExt;
        let mut bytes = vec![0; length];
        let mut read = 0;
        loop {
            match self.pair().asker.read_at(&mut bytes[read..], read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(read);
        Ok(bytes)
    }

    #[cfg(windows)]
    pub(in crate::journal) fn beginning(&self, length: usize) -> io::Result<Vec<u8>> {
        use std::os::windows::fs::FileExt;
        let mut bytes = vec![0; length];
        let mut read = 0;
        loop {
            match self.pair().asker.seek_read(&mut bytes[read..], read as u64)? {
                0 => break,
                more => read += more,
            }
        }
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Locks the file itself; whether nobody else had it. Only on Linux, where this lock and
    /// `SQLite`'s do not know of each other.
    pub(super) fn lock(&self) -> io::Result<bool> {
        if !cfg!(target_os = "linux") {
            return Ok(true);
        }
        let mut runner = runner(self.pair());
        if runner.locked {
            return Ok(false);
        }
        match runner.file.try_lock() {
            Ok(()) => {
                runner.locked = true;
                Ok(true)
            }
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Gives back what [`lock`](Self::lock) took.
    pub(super) fn unlock(&self) {
        let mut runner = runner(self.pair());
        if runner.locked {
            // The system would do it at the end of the process; there is nothing to be done here.
            drop(runner.file.unlock());
            runner.locked = false;
        }
    }

    /// Whether a runner, of this process or another one, has locked the file itself.
    pub(super) fn is_locked(&self) -> bool {
        if !cfg!(target_os = "linux") {
            return false;
        }
        if runner(self.pair()).locked {
            return true;
        }
        match self.pair().asker.try_lock_shared() {
            Ok(()) => {
                drop(self.pair().asker.unlock());
                false
            }
            Err(error) => matches!(error, std::fs::TryLockError::WouldBlock),
        }
    }

    fn pair(&self) -> &Pair {
        self.pair.as_deref().expect("it is only taken away by the drop")
    }
}

impl Drop for Handles {
    /// The last one closes them, before anybody else can open the file again.
    fn drop(&mut self) {
        let mut open = open();
        let pair = self.pair.take();
        let same = |entry: &Entry| pair.as_ref().is_some_and(|pair| Arc::ptr_eq(pair, &entry.pair));
        if let Some(place) = open.iter().position(same) {
            open[place].users -= 1;
            if open[place].users == 0 {
                open.swap_remove(place);
            }
        }
        drop(pair);
    }
}

fn open() -> MutexGuard<'static, Vec<Entry>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn runner(pair: &Pair) -> MutexGuard<'_, Lockable> {
    pair.runner.lock().unwrap_or_else(PoisonError::into_inner)
}
