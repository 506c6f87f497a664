//! A file that appears whole, or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[cfg(windows)]
use crate::journal::access;

/// Most names that are tried for a file that is not whole yet: others may have been left behind by
/// processes that were killed.
const NAMES_MAX: u32 = 1_000;

/// What is written gets its name when it is whole; what was there before stays until then.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    out: BufWriter<File>,
    place: Option<BothNames>,
}

/// Two names in one folder.
#[derive(Debug)]
struct BothNames {
    part: PathBuf,
    path: PathBuf,
}

impl AtomicFile {
    /// Begins a file beside the place of the whole one, for its user alone.
    pub(super) fn beside(path: &Path, folder: &Path) -> io::Result<Self> {
        let (file, part) = begin(folder)?;
        let place = Some(BothNames { part, path: path.to_owned() });
        Ok(Self { out: BufWriter::new(file), place })
    }

    /// Lets everybody read it once it has its name: another program is to.
    pub(super) fn for_everyone(self) -> io::Result<Self> {
        #[cfg(unix)]
        if self.place.is_some() {
            use std::os::unix::fs::PermissionsExt;
            self.out.get_ref().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        }
        #[cfg(windows)]
        if let Some(place) = &self.place {
            access::let_everyone_read(&place.part);
        }
        Ok(self)
    }

    /// Writes to something that has no name to give.
    pub(super) fn stream(file: File) -> Self {
        Self { out: BufWriter::new(file), place: None }
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        let Some(BothNames { part, path }) = self.place.take() else { return Ok(()) };
        let named = self.out.get_ref().sync_all().and_then(|()| std::fs::rename(&part, &path));
        if named.is_err() {
            remove(&part);
        }
        named
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(BothNames { part, .. }) = &self.place {
            remove(part);
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether a file can be made in a folder.
pub(super) fn probe(folder: &Path) -> io::Result<()> {
    begin(folder).map(|(_, part)| remove(&part))
}

fn begin(folder: &Path) -> io::Result<(File, PathBuf)> {
    let process = std::process::id();
    let mut last = io::Error::from(ErrorKind::AlreadyExists);
    for number in 0..NAMES_MAX {
        let part = folder.join(format!(".mde-offboard-{process}-{number}.part"));
        match private(OpenOptions::new().write(true).create_new(true), &part) {
            Ok(file) => return Ok((file, part)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Makes the folder of a file, for its user alone, with those above it that are missing.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a new file for its user alone, under any umask.
#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = options.mode(0o600).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

/// The same on Windows, in any folder.
#[cfg(windows)]
pub(super) fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.open(path)?;
    access::keep_private(path);
    Ok(file)
}

fn remove(part: &Path) {
    // What cannot be removed is a file too many, and no reason to fail.
    drop(std::fs::remove_file(part));
}
