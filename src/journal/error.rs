//! Why the journal cannot be used: always exit code 8.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::domain::{Advice, BatchId, Forbidden, MachineNumber, Timestamp, quoted};

use super::{ChainBreak, Runner};

/// Why the journal cannot be used. After any of these nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file does not exist, and this caller does not create it.
    #[error("there is no journal at `{}`", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another process runs on it.
    #[error("`{}` is in use{}", path.display(), holder(runner.as_ref()))]
    Locked {
        /// The journal.
        path: PathBuf,
        /// Who has it, where that could be read.
        runner: Option<Runner>,
    },
    /// It is in use under another name: through a mount, or a link that was made since.
    #[error("`{}` is in use under another name", path.display())]
    LockedElsewhere {
        /// The journal, as it was named here.
        path: PathBuf,
    },
    /// Its file has several names: hard links. Each would have a log of its own.
    #[error("`{}` has {names} names{}, and the log of a journal is found by its name",
        path.display(), listed(others))]
    SeveralNames {
        /// The journal.
        path: PathBuf,
        /// How many names it has.
        names: u64,
        /// Those that are in the same folder.
        others: Vec<PathBuf>,
        /// That folder.
        folder: PathBuf,
    },
    /// The journal, or what lies beside it, is something that cannot be one; it was not opened.
    #[error("`{}` cannot be used: it is {kind}", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there, in words.
        kind: &'static str,
    },
    /// The file is something else; it was not touched.
    #[error("`{}` is not a journal of this program", path.display())]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// A later version of this program made it; it was not touched.
    #[error("`{}` has schema {found}, this program knows {known}",
        path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema's version.
        found: u32,
        /// The latest version that this program knows.
        known: u32,
    },
    /// What is in it cannot be.
    #[error("the journal is damaged: {what}")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// It cannot be written: the file's mode, its folder's, or it was opened for reading.
    #[error("the journal is read-only")]
    ReadOnly,
    /// No room for it.
    #[error("no space is left for the journal")]
    DiskFull,
    /// The disk, or what is in front of it: an I/O error, a quota, a limit on file sizes.
    #[error("the disk refused the journal")]
    Disk(#[source] rusqlite::Error),
    /// The file or one beside it (`-wal`, `-shm`) cannot be opened.
    #[error("the journal cannot be opened")]
    Unopened(#[source] rusqlite::Error),
    /// Another program holds it, one that does not heed the lock.
    #[error("another program has locked {}{}", named(path.as_deref()), by(locker.as_deref()))]
    Busy {
        /// The journal, where that is known.
        path: Option<PathBuf>,
        /// Which process it is, as far as the system tells.
        locker: Option<String>,
    },
    /// It was moved or deleted under its runner, or its lock was.
    #[error("`{}` was moved or deleted while it was in use", path.display())]
    Gone {
        /// The journal, or its lock.
        path: PathBuf,
    },
    /// `SQLite`'s log, or its shared memory, was moved or deleted under the runner.
    #[error("`{}` was moved or deleted while it was in use", path.display())]
    LogGone {
        /// The file that is gone.
        path: PathBuf,
        /// The journal to which it belongs.
        journal: PathBuf,
        /// Whether all that was known is in the journal's file now.
        saved: bool,
    },
    /// The journal's log is gone: this can only be shown.
    #[error("the log of `{}` is missing", journal.display())]
    LogLost {
        /// The journal.
        journal: PathBuf,
    },
    /// The log beside the journal is that of another file or of another time.
    #[error("`{0}-wal` does not belong to `{0}`", journal.display())]
    LogForeign {
        /// The journal.
        journal: PathBuf,
    },
    /// It goes on in a copy: this one sends nothing any more.
    #[error("`{}` was handed over to a copy at {at} by {by} on {host}; it no longer sends",
        path.display())]
    HandedOver {
        /// The journal.
        path: PathBuf,
        /// Where the copy was made.
        to: PathBuf,
        /// Who did it.
        by: String,
        /// On which computer.
        host: String,
        /// When.
        at: Timestamp,
    },
    /// A copy whose original may still send: this one may not.
    #[error("the hand-over to `{}` was not finished; it does not send yet", path.display())]
    HandOverOpen {
        /// The copy.
        path: PathBuf,
        /// The original.
        from: PathBuf,
    },
    /// A batch that is not there.
    #[error("there is no batch {id} in the journal")]
    UnknownBatch {
        /// Its number.
        id: BatchId,
    },
    /// Machines without a comment, which Defender requires.
    #[error("{machines} machines have no comment")]
    NoComment {
        /// How many.
        machines: u64,
    },
    /// A fact that cannot be, in the state in which the machine is: a defect.
    #[error("machine {} of batch {batch} cannot take a fact", number.0)]
    Forbidden {
        /// Its batch.
        batch: BatchId,
        /// Its place in it.
        number: MachineNumber,
        /// What was refused.
        source: Forbidden,
    },
    /// The file system has no shared memory, which several processes on one journal need.
    #[error("`{}` seems to be on a network drive", path.display())]
    NetworkDrive {
        /// The journal.
        path: PathBuf,
    },
    /// The audit chain does not hold: a fact was changed, removed or put in.
    #[error("the audit chain is broken: {found}")]
    ChainBroken {
        /// The first that was found.
        found: ChainBreak,
    },
    /// The file system refused something.
    #[error("`{}` cannot be used", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// `SQLite` refused something.
    #[error("SQLite refused the journal")]
    Sqlite(#[source] rusqlite::Error),
}

impl JournalError {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// What to do about it.
    pub fn hint(&self) -> Advice {
        match self {
            Self::Missing { .. } => "name the right one with --journal".into(),
            Self::Locked { .. } => {
                Advice::from("wait for it, or stop it with ").then_command("stop")
            }
            Self::LockedElsewhere { .. } => {
                "name the journal as that run does, or wait for it".into()
            }
            Self::SeveralNames { path, names, others, folder } => format!(
                "remove the other names{}, or continue with a copy of the file and of what \
                 is beside it",
                finding(path, folder, *names, others)
            )
            .into(),
            Self::NotAFile { .. } => "name a file with --journal".into(),
            Self::NotAJournal { .. } => "name another file with --journal".into(),
            Self::Newer { .. } => "use the newer version of it".into(),
            Self::Damaged { .. } => then_resume("replace it with an earlier copy, then ")
                .then(" finds at Defender what was sent since"),
            Self::ReadOnly | Self::Unopened(_) => {
                "give this user the right to write it and its folder".into()
            }
            Self::DiskFull => then_resume("make room, then "),
            Self::Disk(_) => then_resume(
                "check that the disk is there, has room and sets no limit on file sizes, then ",
            ),
            Self::Busy { .. } => then_resume(
                "end it or wait for it (a backup, a database browser), then run this again; to \
                 continue what is unfinished: ",
            ),
            Self::Gone { .. } => then_resume(
                "nothing more was sent: put it back, or a copy of it from before, then ",
            ),
            Self::LogGone { .. } | Self::LogLost { .. } | Self::LogForeign { .. } => {
                self.hint_about_log()
            }
            Self::HandedOver { to, .. } => format!(
                "continue with the copy, made as `{}`: only one of the two may send",
                to.display()
            )
            .into(),
            Self::HandOverOpen { path, from } => finishing(path, from),
            Self::UnknownBatch { .. } => Advice::command("batches").then(" lists them"),
            Self::NoComment { .. } => "give one for all with --comment".into(),
            Self::NetworkDrive { .. } => "name a file on a local disk with --journal".into(),
            Self::Io { .. } => {
                "give this user the right to read and write it, or name another file with --journal"
                    .into()
            }
            Self::ChainBroken { .. } => "send nothing from this journal: keep the file as it is, \
                                         and continue with an earlier copy"
                .into(),
            Self::Forbidden { .. } => defect(),
            Self::Sqlite(_) => {
                Advice::command("audit verify").then(" checks the file; keep a copy of it")
            }
        }
    }

    fn hint_about_log(&self) -> Advice {
        match self {
            Self::LogGone { journal, saved: true, .. } => then_resume(&format!(
                "nothing more was sent, and all that is known is in `{}`: then ",
                journal.display()
            )),
            Self::LogForeign { journal } => then_resume(&format!(
                "put those two files back that belong together, or move `{}-wal` away: then ",
                journal.display()
            ))
            .then(" asks Defender what was sent"),
            Self::LogLost { .. } => {
                Advice::command("resume").then(" asks Defender what was sent, and makes a new one")
            }
            _ => then_resume("nothing more was sent: ").then(" asks Defender what was sent"),
        }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::SystemIoFailure) => Self::Disk(error),
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::Unopened(error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy { path: None, locker: None }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::damaged(error.to_string())
            }
            _ if is_strange_value(&error) => Self::damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

fn is_strange_value(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
    )
}

impl From<rusqlite_migration::Error> for JournalError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => Self::damaged(other.to_string()),
        }
    }
}

/// An error of the system about one of the journal's files.
pub(super) fn io_error(path: &Path, source: io::Error) -> JournalError {
    JournalError::Io { path: path.to_owned(), source }
}

fn named(path: Option<&Path>) -> String {
    path.map_or_else(|| "the journal".to_owned(), |path| format!("`{}`", path.display()))
}

fn by(locker: Option<&str>) -> String {
    locker.map_or_else(String::new, |locker| format!(" ({locker})"))
}

/// The command that ends a hand-over, wherever it stopped.
fn finishing(copy: &Path, original: &Path) -> Advice {
    let path = |path: &Path| quoted(&path.display().to_string());
    let (copy, original) = (path(copy), path(original));
    let command = format!("journal copy {copy} --hand-over --journal {original}");
    Advice::from("finish it: ").then_command(command)
}

/// The other names in words; nothing where none is known.
fn listed(names: &[PathBuf]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.display())).collect();
    if names.is_empty() { String::new() } else { format!(", also {}", names.join(" and ")) }
}

fn defect() -> Advice {
    Advice::from(
        "nothing of it was recorded; keep the file and report this; what the journal has: ",
    )
    .then_command("status")
}

fn then_resume(first: &str) -> Advice {
    Advice::from(first).then_command("resume")
}

/// How names in other folders are found.
fn finding(path: &Path, folder: &Path, names: u64, others: &[PathBuf]) -> String {
    if others.len() as u64 + 1 >= names || cfg!(windows) {
        return String::new();
    }
    // Hard links are on the same disk, and seldom far away.
    let top = folder.parent().unwrap_or(folder);
    format!(" (`find {} -xdev -samefile {}` lists them)", top.display(), path.display())
}

fn holder(runner: Option<&Runner>) -> String {
    runner.map_or_else(String::new, |runner| format!(" by {runner}"))
}
