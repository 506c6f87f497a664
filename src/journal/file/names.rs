//! Which files belong to a journal, by their names and by their first bytes.
//!
//! Called by `cli`, which lets nothing be written over one of them, and where one is made or looked
//! for. Deliberately absent: opening or following links; a path is taken as it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(super) const LOCK: &str = ".lock";
pub(super) const LOG: &str = "-wal";
pub(super) const SHARED_MEMORY: &str = "-shm";
pub(super) const CHANGE_LOG: &str = "-journal";

/// What the files beside a journal are called, after its own name: the runner's lock, `SQLite`'s
/// log, its shared memory, and the log that it keeps while the file itself is changed.
const BESIDE: [&str; 4] = [LOCK, LOG, SHARED_MEMORY, CHANGE_LOG];

/// A copy from before a newer version of the program changed the file: `.schema-2`, and with
/// [`PART`] after it while it is made.
const COPY: &str = ".schema-";
const PART: &str = ".part";

/// How every database of `SQLite` begins.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// The files that may be beside a journal, in its folder. Copies of older versions are not listed:
/// they are databases themselves.
pub fn files_beside(journal: &Path) -> impl Iterator<Item = PathBuf> {
    BESIDE.into_iter().map(|ending| beside(journal, ending))
}

/// A file beside a journal, by the ending that is added to its name.
pub(super) fn beside(journal: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(journal);
    name.push(ending);
    PathBuf::from(name)
}

/// The copy of a journal of an older schema, and the one that is being made.
pub(in crate::journal) fn copies(journal: &Path, version: u32) -> (PathBuf, PathBuf) {
    let ending = format!("{COPY}{version}");
    (beside(journal, &ending), beside(journal, &format!("{ending}{PART}")))
}

/// The name of the journal to which a file of this name would belong: `journal.db` for
/// `journal.db-wal`. None where no journal has such a file.
pub fn journal_of(name: &str) -> Option<&str> {
    let journal = match BESIDE.into_iter().find_map(|ending| name.strip_suffix(ending)) {
        Some(journal) => journal,
        None => {
            let (journal, version) = name.rsplit_once(COPY)?;
            let version = version.strip_suffix(PART).unwrap_or(version);
            version.parse::<u32>().ok()?;
            journal
        }
    };
    (!journal.is_empty()).then_some(journal)
}

/// Whether a file that begins like this is a database: a journal, or a copy of one.
pub fn is_database(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(DATABASE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_of_a_file_is_known_by_the_name() {
        for name in ["j.db-wal", "j.db-shm", "j.db-journal", "j.db.lock", "j.db.schema-2"] {
            assert_eq!(journal_of(name), Some("j.db"), "{name}");
        }
        assert_eq!(journal_of("j.db.schema-12.part"), Some("j.db"));
        for name in ["j.db", "-wal", "j.db.schema-", "j.db.schema-new", "report.csv"] {
            assert_eq!(journal_of(name), None, "{name}");
        }
    }
}
