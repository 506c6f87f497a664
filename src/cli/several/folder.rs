//! The journals of a folder.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::journal::{is_journal, journal_of};

/// What is in a folder itself; folders in it are left alone.
pub(super) struct JournalFolder {
    /// Journals of any version, by name, and files that cannot be read: one may be a journal.
    pub(super) journals: Vec<PathBuf>,
    /// How many other files there are that belong to none of them.
    pub(super) others: u64,
}

impl JournalFolder {
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut names = BTreeSet::new();
        for entry in folder.read_dir()? {
            let entry = entry?;
            // A link counts as what it leads to; what leads nowhere is no file.
            if entry.path().metadata().is_ok_and(|metadata| metadata.is_file()) {
                names.insert(entry.file_name());
            }
        }
        let (beside, own): (Vec<_>, Vec<_>) =
            names.iter().partition(|name| owner(name).is_some_and(|owner| names.contains(owner)));
        let is_ours = |name: &&OsStr| is_journal(&folder.join(name)).unwrap_or(true);
        let own: Vec<&OsStr> = own.into_iter().map(AsRef::as_ref).collect();
        let own = own.into_iter().filter(|name| !is_half_made(name));
        let (ours, mut others): (Vec<&OsStr>, Vec<&OsStr>) = own.partition(is_ours);
        let of_others = beside.into_iter().map(AsRef::as_ref);
        others.extend(
            of_others.filter(|name| owner(name).is_none_or(|owner| !ours.contains(&owner))),
        );
        let journals = ours.into_iter().map(|name| folder.join(name)).collect();
        Ok(Self { journals, others: others.len() as u64 })
    }
}

/// The name of the journal to which a file of this name would belong.
fn owner(name: &OsStr) -> Option<&OsStr> {
    name.to_str().and_then(journal_of).map(AsRef::as_ref)
}

/// A copy that is being made, or that was never finished.
fn is_half_made(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".mde-offboard-") && name.ends_with(b".part")
}
