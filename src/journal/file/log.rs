//! The beginning of `SQLite`'s log, by which it is known whose it is.
//!
//! `SQLite` draws the salt of a new log at random, and counts it up by one each time that it begins
//! the log again. Nothing is read here that `SQLite` has a lock on.
//!
//! Deliberately absent: what is in the log.

use std::fs::File;
use std::io::{self, Read};

use super::Location;

/// <https://www.sqlite.org/fileformat2.html#walformat>: the header, and that of the first frame.
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// How often a log may have been begun again since its salt was noted: each time it held a thousand
/// pages or more. That two logs come so close by chance is one case in 65,536.
const RESTARTS_MAX: u32 = 1 << 16;

/// What a log is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) struct Salt(pub(in crate::journal) u32);

impl Salt {
    /// That of the log beside a journal; none where there is no log, or nothing in it.
    pub(in crate::journal) fn of(location: &Location) -> io::Result<Option<Self>> {
        let mut bytes = Vec::with_capacity(HEADER + FRAME_HEADER);
        let log = match File::open(location.beside(Location::LOG)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let length = log.metadata()?.len();
        log.take((HEADER + FRAME_HEADER) as u64).read_to_end(&mut bytes)?;
        Ok(read(&bytes, length))
    }

    /// Whether a log of this salt can have come of one that had `earlier`.
    pub(in crate::journal) const fn follows(self, earlier: Self) -> bool {
        self.0.wrapping_sub(earlier.0) < RESTARTS_MAX
    }
}

/// Reads the headers of a log of this length as `SQLite` does: without a whole first frame it takes
/// the log for an empty one.
fn read(bytes: &[u8], length: u64) -> Option<Salt> {
    const MAGIC: u32 = 0x377f_0682;
    let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let big_endian = match word(0)? ^ MAGIC {
        0 => false,
        1 => true,
        _ => return None,
    };
    let summed = |at: usize| {
        let word = word(at)?;
        Some(if big_endian { word } else { word.swap_bytes() })
    };
    let mut sum = (0_u32, 0_u32);
    for at in (0..24).step_by(8) {
        sum.0 = sum.0.wrapping_add(summed(at)?).wrapping_add(sum.1);
        sum.1 = sum.1.wrapping_add(summed(at + 4)?).wrapping_add(sum.0);
    }
    let sound = (word(24)?, word(28)?) == sum;
    let salts = (word(16)?, word(20)?);
    let begun = salts == (word(HEADER + 8)?, word(HEADER + 12)?);
    let whole = length >= (HEADER + FRAME_HEADER) as u64 + u64::from(word(8)?);
    (sound && begun && whole).then_some(Salt(salts.0))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn read_of(path: &std::path::Path) -> Option<Salt> {
        Salt::of(&Location::find(path).unwrap()).unwrap()
    }

    #[test]
    fn a_log_that_is_begun_again_follows_the_one_before_and_another_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let db = Connection::open(&path).unwrap();
        assert_eq!(read_of(&path), None, "there is none");
        db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x)").unwrap();
        let first = read_of(&path).unwrap();
        for again in 1..5 {
            db.execute_batch("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (1)").unwrap();
            let salt = read_of(&path).unwrap();
            assert_eq!(salt, Salt(first.0.wrapping_add(again)));
            assert!(salt.follows(first) && !first.follows(salt));
        }
        db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        assert_eq!(read_of(&path), None, "it is empty");
        drop(db);
        let db = Connection::open(&path).unwrap();
        db.execute_batch("INSERT INTO t VALUES (2)").unwrap();
        let other = read_of(&path).unwrap();
        assert!(!other.follows(first), "one in 65,536: {other:?} after {first:?}");
    }

    #[test]
    fn a_log_that_was_wiped_or_cut_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x)").unwrap();
        let bytes = std::fs::read(folder.path().join("a.db-wal")).unwrap();
        let length = bytes.len() as u64;
        assert!(read(&bytes, length).is_some());
        for cut in [0, 31, 32, 55, 56, 4151] {
            assert_eq!(read(&bytes[..cut], cut as u64), None, "{cut}");
        }
        for at in 0..32 {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            assert_eq!(read(&changed, length), None, "{at}");
        }
        assert_eq!(read(&vec![0; bytes.len()], length), None);
    }
}
