//! Which journals a command is about.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::paths::shown;
use crate::cli::plurals::counted;
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};
use crate::domain::text::plural;

use super::folder::JournalFolder;

/// The journals that were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Journals {
    /// One, by its file; it need not be there.
    One(PathBuf),
    /// Several, or those of a folder, each once, in the order in which they were named.
    Several(Vec<PathBuf>),
}

impl Journals {
    /// Looks into the folders that are named, and says how many files in them are no journals.
    pub(crate) fn find(named: Vec<PathBuf>, screen: Screen) -> Result<Self, Failure> {
        if let [one] = named.as_slice()
            && !one.is_dir()
        {
            return Ok(Self::One(one.clone()));
        }
        let mut all = Vec::new();
        for path in &named {
            if path.is_dir() {
                let folder = JournalFolder::read(path).map_err(|error| unread(path, &error))?;
                tell_others(path, folder.others, screen);
                all.extend(folder.journals);
            } else {
                all.push(path.clone());
            }
        }
        each_once(&mut all);
        if all.is_empty() {
            let places: Vec<String> = named.iter().map(|path| shown(path)).collect();
            let said = format!("there is no journal in {}", places.join(" or "));
            let hint = "name another folder, or a file, with --journal; folders in it are not \
                        searched";
            return Err(Failure::new(Exit::Usage, said).hint(hint));
        }
        Ok(Self::Several(all))
    }
}

/// Adds those that have come into the folders that are named since `known` were found. One that is
/// known keeps its place, also where it is gone; a folder that cannot be read has no new ones.
pub(crate) fn add_new(known: &mut Vec<PathBuf>, named: &[PathBuf]) {
    let folders = named.iter().filter(|path| path.is_dir());
    let found = folders.filter_map(|folder| JournalFolder::read(folder).ok());
    let found: Vec<PathBuf> = found.flat_map(|folder| folder.journals).collect();
    known.extend(found);
    each_once(known);
}

/// A file has many names, and counts once.
fn each_once(journals: &mut Vec<PathBuf>) {
    let mut known = HashSet::new();
    journals.retain(|path| known.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
}

/// Why a command takes no folder, and not more than one journal; none where it got one file.
pub(crate) fn refuse_several(named: &[PathBuf]) -> Option<Failure> {
    let said = match named {
        [] => return None,
        [one] if !one.is_dir() => return None,
        [one] => format!("{} is a folder, and this command takes one journal", shown(one)),
        all => {
            let count = counted(all.len() as u64, "journal");
            format!("{count} are named, and this command takes one")
        }
    };
    let hint = "name one file with --journal; only `status`, `report`, `serve` and `batches` take \
                several, or a folder of them";
    Some(Failure::new(Exit::Usage, said).hint(hint))
}

fn tell_others(folder: &Path, others: u64, screen: Screen) {
    if others > 0 {
        let are = plural(others, "is no journal, and was", "are no journals, and were");
        let (files, folder) = (counted(others, "other file"), shown(folder));
        screen.note(&format!("note: {files} in {folder} {are} left alone\n"));
    }
}

fn unread(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Journal, format!("{} cannot be read", shown(folder)))
        .caused_by(error)
        .hint("give this user the right to read it, or name the journals one by one")
}
