//! Files and folders for the user alone, under any umask.
//!
//! Called for everything that this program makes beside a journal; `SQLite` gives its own files the
//! mode of the journal. Deliberately absent: what is there already, whose modes a person chose, and
//! Windows, where a file inherits the rights of its folder.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

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
    restrict(&file)?;
    Ok(file)
}

/// A umask can take rights away from the user too.
#[cfg(unix)]
fn restrict_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(unix)]
fn restrict(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
const fn restrict_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
const fn restrict(_: &File) -> io::Result<()> {
    Ok(())
}
