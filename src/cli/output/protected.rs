//! What no output of a command may be: the journal, a file beside it, something that is read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::paths::{is_standard_stream, shown};
use crate::journal::{files_beside, is_database, journal_of};

use super::target_file::{TargetFile, same_name};

/// Bytes of a file that say what it is: more than a header of ours has.
const HEAD_BYTES: u64 = 64 * 1024;

/// The files of a command that must stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Protected {
    /// Where the journal is, or would be.
    pub(crate) journals: Vec<PathBuf>,
    /// What the command reads.
    pub(crate) inputs: Vec<PathBuf>,
}

impl Protected {
    /// What a file is that must not be written to, in words; none where it may be.
    pub(super) fn is_it(&self, target: &TargetFile) -> Option<String> {
        let of_journal = self.journals.iter().find_map(|path| is_of_journal(target, path));
        of_journal
            .or_else(|| is_of_other_journal(target))
            .or_else(|| self.inputs.iter().find_map(|path| is_input(target, path)))
    }
}

fn is_of_journal(target: &TargetFile, journal: &Path) -> Option<String> {
    let at = TargetFile::of(journal).ok()?;
    let name = shown(journal);
    if target.is(&at) {
        return Some(format!("the journal {name}"));
    }
    // The lock is beside the path that was given, SQLite's files beside the end of its links.
    let beside = files_beside(journal).chain(files_beside(&at.path));
    let beside = beside.filter_map(|path| TargetFile::of(&path).ok()).any(|file| target.is(&file));
    let named = |journal: &Path| is_named_after(&target.path, journal);
    let given = std::path::absolute(journal).is_ok_and(|path| named(&path));
    (beside || named(&at.path) || given).then(|| format!("a file of the journal {name}"))
}

/// Whether a path is that of a file beside a journal, there or not.
fn is_named_after(path: &Path, journal: &Path) -> bool {
    owner(path).is_some_and(|owner| same_name(&owner, journal))
}

/// The journal to which a file of this path would belong.
fn owner(path: &Path) -> Option<PathBuf> {
    let name = journal_of(path.file_name()?.to_str()?)?;
    Some(path.with_file_name(name))
}

/// A journal that this command does not use is protected, too.
fn is_of_other_journal(target: &TargetFile) -> Option<String> {
    let is_journal = |path: &Path| head(path).is_ok_and(|head| is_database(&head));
    if target.there.as_ref().is_some_and(std::fs::Metadata::is_file) && is_journal(&target.path) {
        return Some("a journal, or a copy of one".to_owned());
    }
    let owner = owner(&target.path).filter(|owner| owner.is_file() && is_journal(owner))?;
    Some(format!("a file of the journal {}", shown(&owner)))
}

fn is_input(target: &TargetFile, input: &Path) -> Option<String> {
    let path = if is_standard_stream(input) { Path::new("/dev/stdin") } else { input };
    let at = TargetFile::of(path).ok()?;
    target.is(&at).then(|| format!("{}, which is read", shown(input)))
}

pub(super) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}
