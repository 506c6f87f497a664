//! The journal and the place where it is: intact, writable, with room, and for its user alone.

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::paths::shown;
use crate::cli::{Context, Exit, Failure};
use crate::domain::Advice;
use crate::journal::access::Others;
use crate::journal::{self, Finding, files_beside};

use super::file_mode;
use super::findings::refusal;
use super::item::CheckItem;

const NAME: &str = "journal";

/// Room for a large batch with all its facts, the log beside it, and the copy that a newer version
/// of this program makes first.
const ROOM_MIN: u64 = 500_000_000;

/// Whether the calls of the checks can be noted in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalState {
    Usable,
    /// It is not there yet, or something is wrong with it.
    Absent,
}

/// One line where all is well, and one a thing that is not. Nothing is made or changed.
pub(crate) fn journal_items(context: &Context) -> Result<(Vec<CheckItem>, JournalState), Failure> {
    let path = context.journal_path()?;
    let findings = journal::check(&path);
    let wrong: Vec<&Finding> = findings.iter().filter(|finding| !finding.ok).collect();
    if !wrong.is_empty() {
        let item = |finding: &&Finding| {
            let failure = refusal(finding, wrong.len(), findings.len());
            CheckItem::failed_with(finding.name, finding.found.clone(), failure)
        };
        return Ok((wrong.iter().map(item).collect(), JournalState::Absent));
    }
    let exists = path.exists();
    let folder = folder_there(&path);
    if let Err(error) = written_to(&path, &folder) {
        let place = if exists { shown(&path) } else { shown(&folder) };
        let said = format!("{place} cannot be written");
        let failure = Failure::new(Exit::Journal, said).caused_by(&error).hint(
            "give this user the right to read and write it, or name another file with --journal",
        );
        return Ok((vec![CheckItem::failed(NAME, failure)], JournalState::Absent));
    }
    let (found, state) = if exists && !is_empty(&path) {
        let holds = findings.first().map_or("", |finding| &finding.found);
        (format!("{holds}, intact"), JournalState::Usable)
    } else {
        (format!("{}, new", shown(&path)), JournalState::Absent)
    };
    let mut items = vec![with_room(found, fs4::available_space(&folder).ok(), &folder)];
    let files = std::iter::once(path.clone()).chain(files_beside(&path));
    let modes = files.filter_map(|file| {
        file_mode::open_to_others(&file, Others::Read, "what was done to which machine")
    });
    items.extend(modes);
    Ok((items, state))
}

fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() == 0)
}

/// The folder, or the first one above it that is there already.
fn folder_there(path: &Path) -> PathBuf {
    let above = path.ancestors().skip(1);
    let mut above = above.filter(|folder| !folder.as_os_str().is_empty() && folder.is_dir());
    above.next().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Tries it, since modes do not tell: of a disk that is mounted for reading, say. The file of the
/// try has no name, or loses it at once.
fn written_to(path: &Path, folder: &Path) -> io::Result<()> {
    if path.exists() {
        std::fs::OpenOptions::new().write(true).open(path)?;
    }
    tempfile::tempfile_in(folder).map(drop)
}

fn with_room(found: String, free: Option<u64>, folder: &Path) -> CheckItem {
    let Some(free) = free else { return CheckItem::fine(NAME, found) };
    let found = format!("{found}, {} free", size(free));
    if free >= ROOM_MIN {
        return CheckItem::fine(NAME, found);
    }
    let said = format!("only {} are free in {}", size(free), shown(folder));
    let advice = Advice::from("make room, or name a file on another disk with --journal");
    CheckItem::failed_with(NAME, found, Failure::new(Exit::Journal, said).hint(advice))
}

/// In the units of disks: 1 GB is a thousand million bytes.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        1_000_000_000..10_000_000_000 => {
            format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10)
        }
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_with_too_little_room_fails_with_what_is_free() {
        let item = |free| with_room("j.db, new".to_owned(), free, Path::new("data"));
        for (free, words) in [
            (500_000_000, "j.db, new, 500 MB free"),
            (2_350_000_000, "j.db, new, 2.3 GB free"),
            (212_999_999_999, "j.db, new, 212 GB free"),
        ] {
            assert!(item(Some(free)).failure().is_none());
            assert_eq!(item(Some(free)).found, words);
        }
        let full = item(Some(499_999_999));
        let failure = full.failure().unwrap();
        assert_eq!((failure.exit, full.found.as_str()), (Exit::Journal, "j.db, new, 499 MB free"));
        assert!(failure.message.contains("499 MB are free in data"), "{}", failure.message);
        assert!(item(None).failure().is_none(), "where the system does not tell");
    }
}
