//! Which files belong to a journal, by their names and by their first bytes.
//!
//! Called by `cli`, which lets nothing be written over one of them. Deliberately absent: opening
//! or following links; a path is taken as it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the files beside a journal are called, behind its own name: `SQLite`'s log, index and
/// rollback journal, and the runner's lock.
const BESIDE: [&str; 4] = ["-wal", "-shm", "-journal", ".lock"];

/// A copy from before a newer version of the program changed the file: `.schema-2`, and with
/// `.part` behind it while it is made.
const COPY: &str = ".schema-";

/// How every database of `SQLite` begins.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// The files that may be beside a journal, in its folder. Copies of older versions are not listed:
/// they are databases themselves.
pub fn files_beside(journal: &Path) -> impl Iterator<Item = PathBuf> {
    BESIDE.into_iter().map(move |ending| {
        let mut name = OsString::from(journal);
        name.push(ending);
        PathBuf::from(name)
    })
}

/// The name of the journal to which a file of this name would belong: `journal.db` for
/// `journal.db-wal`. None where no journal has such a file.
pub fn journal_of(name: &str) -> Option<&str> {
    let journal = match BESIDE.into_iter().find_map(|ending| name.strip_suffix(ending)) {
        Some(journal) => journal,
        None => {
            let (journal, version) = name.rsplit_once(COPY)?;
            let version = version.strip_suffix(".part").unwrap_or(version);
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
