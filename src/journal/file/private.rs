//! Files and folders for the user alone, under any umask, and in any folder.
//!
//! Called for everything that this program makes beside a journal. `SQLite` gives its own files the
//! mode of the journal on Unix; on Windows that is done here. Deliberately absent: what is there
//! already, whose modes and rights a person chose.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use super::Location;
#[cfg(windows)]
use super::access;

/// Makes a folder and those above it that are missing (0700).
pub(in crate::journal) fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        make_folders(above)?;
    }
    let mut builder = DirBuilder::new();
    builder.recursive(false);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Another process was faster, and this is its folder.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made.and_then(|()| restrict_folder(folder)),
    }
}

/// Makes an empty file (0600) that is not there yet.
pub(in crate::journal) fn make_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    restrict(&file, path)?;
    Ok(file)
}

/// Gives the files that `SQLite` made beside a journal what the journal has.
pub(in crate::journal) fn match_beside(location: &Location) {
    #[cfg(windows)]
    for ending in [Location::LOG, Location::SHARED_MEMORY] {
        let beside = location.beside(ending);
        if beside.exists() {
            access::give_rights_of(location.real(), &beside);
        }
    }
    // Elsewhere `SQLite` has done so.
    let _ = location;
}

/// A umask can take rights away from the user too.
#[cfg(unix)]
fn restrict_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(unix)]
fn restrict(file: &File, _: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

/// Nothing is in it yet, and nobody else can have opened it for longer than a moment.
#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix, where it can fail")]
fn restrict_folder(folder: &Path) -> io::Result<()> {
    access::keep_private(folder);
    Ok(())
}

#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix, where it can fail")]
fn restrict(_: &File, path: &Path) -> io::Result<()> {
    access::keep_private(path);
    Ok(())
}
