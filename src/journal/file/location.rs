//! Where a journal truly is, after all links are followed.
//!
//! Everything beside the journal (its log, its lock) is found by the name of its file. So two names
//! would be two journals to this program and one file to the system: links are followed to their
//! end, and a file with several names is refused. Only ordinary files are taken: a FIFO would be
//! waited for without an end.
//!
//! Deliberately absent: one file at two places through a mount, which only the lock sees.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use crate::journal::JournalError;
use crate::journal::error::io_error;

#[cfg(unix)]
use super::identity::FileIdentity;
use super::names;

/// Links that are followed one after the other: as many as Linux follows.
const LINKS_MAX: u32 = 40;

/// A journal's place, by the name that was given and by its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journal) struct Location {
    named: PathBuf,
    real: PathBuf,
}

impl Location {
    pub(in crate::journal) const LOCK: &str = names::LOCK;
    pub(in crate::journal) const LOG: &str = names::LOG;
    pub(in crate::journal) const SHARED_MEMORY: &str = names::SHARED_MEMORY;
    pub(in crate::journal) const CHANGE_LOG: &str = names::CHANGE_LOG;

    /// Finds it; nothing has to be there yet. What is there has to be an ordinary file.
    pub(in crate::journal) fn find(named: &Path) -> Result<Self, JournalError> {
        let real = resolve(named, LINKS_MAX).map_err(|source| io_error(named, source))?;
        let location = Self { named: named.to_owned(), real: plain(real) };
        check_kind(&location.real)?;
        names::files_beside(&location.real).try_for_each(|path| check_kind(&path))?;
        Ok(location)
    }

    /// As it was given: for words.
    pub(in crate::journal) fn named(&self) -> &Path {
        &self.named
    }

    /// The file itself.
    pub(in crate::journal) fn real(&self) -> &Path {
        &self.real
    }

    pub(in crate::journal) fn folder(&self) -> &Path {
        let folder = self.real.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    /// A file beside it, by the ending that is added to its name.
    pub(in crate::journal) fn beside(&self, ending: &str) -> PathBuf {
        names::beside(&self.real, ending)
    }

    /// Refuses a file that has other names: hard links.
    pub(in crate::journal) fn check_names(&self) -> Result<(), JournalError> {
        let names = names(&self.real).map_err(|source| io_error(&self.named, source))?;
        if names < 2 {
            return Ok(());
        }
        let (path, folder) = (self.real.clone(), self.folder().to_owned());
        Err(JournalError::SeveralNames { path, names, others: self.other_names(), folder })
    }

    /// Those of its other names that are in the same folder.
    #[cfg(unix)]
    fn other_names(&self) -> Vec<PathBuf> {
        let Ok(own) = self.real.metadata().map(|metadata| FileIdentity::of(&metadata)) else {
            return Vec::new();
        };
        let files = self.folder().read_dir().into_iter().flatten().flatten();
        let others = files.filter(|file| {
            let same = file.metadata().is_ok_and(|metadata| FileIdentity::of(&metadata) == own);
            same && self.real.file_name() != Some(&file.file_name())
        });
        let mut others: Vec<PathBuf> = others.map(|file| file.path()).collect();
        others.sort();
        others
    }

    #[cfg(not(unix))]
    const fn other_names(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// The path without links. Of a file that is not there its folder counts, and of a link that leads
/// nowhere yet the place to which it leads.
fn resolve(path: &Path, links: u32) -> io::Result<PathBuf> {
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if let (Ok(target), true) = (path.read_link(), links > 0) {
        return resolve(&folder.join(target), links - 1);
    }
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it has no file name"));
    };
    match folder.canonicalize() {
        // Windows only says that nothing was found, as of a folder that is still to be made.
        Ok(folder) if !folder.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
        Ok(folder) => Ok(folder.join(name)),
        // Folders that are still to be made have no links in them.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(resolve(folder, links)?.join(name))
        }
        Err(error) => Err(error),
    }
}

/// Windows resolves to `\\?\C:\...`, which few programs take and nobody wants to read. A long path
/// stays so: without it, Windows would not find the file, nor those beside it.
#[cfg(windows)]
fn plain(path: PathBuf) -> PathBuf {
    use std::path::{Component, Prefix};
    /// Of the 260 that Windows takes, with room for the endings of the files beside.
    const PLAIN_LENGTH_MAX: usize = 230;
    if path.as_os_str().len() > PLAIN_LENGTH_MAX {
        return path;
    }
    let mut components = path.components();
    let Some(Component::Prefix(prefix)) = components.next() else { return path };
    let Prefix::VerbatimDisk(letter) = prefix.kind() else { return path };
    let mut plain = PathBuf::from(format!("{}:", char::from(letter)));
    plain.push(components.as_path());
    plain
}

#[cfg(not(windows))]
const fn plain(path: PathBuf) -> PathBuf {
    path
}

fn check_kind(path: &Path) -> Result<(), JournalError> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(metadata) => {
            let kind = kind(metadata.file_type());
            Err(JournalError::NotAFile { path: path.to_owned(), kind })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(io_error(path, source)),
    }
}

#[cfg(unix)]
fn kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "a device" }
}

/// How many names a file has; one where there is no file.
#[cfg(unix)]
fn names(path: &Path) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(1),
        found => found.map(|metadata| metadata.nlink()),
    }
}

#[cfg(windows)]
fn names(path: &Path) -> io::Result<u64> {
    use winapi_util::{Handle, file::information};
    match Handle::from_path(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(1),
        opened => Ok(information(opened?)?.number_of_links()),
    }
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_where_it_is_short_enough_and_leads_to_a_disk() {
        let long = format!(r"\\?\C:\{}a.db", "folder\\".repeat(40));
        for (found, expected) in [
            (r"\\?\C:\data\a.db", r"C:\data\a.db"),
            (r"C:\data\a.db", r"C:\data\a.db"),
            (r"\\?\UNC\server\share\a.db", r"\\?\UNC\server\share\a.db"),
            (long.as_str(), long.as_str()),
        ] {
            assert_eq!(plain(PathBuf::from(found)), Path::new(expected));
        }
    }
}
