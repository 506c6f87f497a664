//! Which file a path leads to, under any name: also one that is not there yet.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Most links in a row that are followed, as the system does.
const LINKS_MAX: usize = 40;

#[derive(Debug, Clone)]
pub(super) struct TargetFile {
    /// Without links: the folder is there.
    pub(super) path: PathBuf,
    /// What is there, if anything is.
    pub(super) there: Option<Metadata>,
}

impl TargetFile {
    /// Follows a path to its end.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        match std::fs::metadata(path) {
            Ok(there) => Ok(Self { path: path.canonicalize()?, there: Some(there) }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let last = last_link(path.to_owned());
                let Some(name) = last.file_name() else {
                    return Err(ErrorKind::InvalidFilename.into());
                };
                Ok(Self { path: folder(&last).canonicalize()?.join(name), there: None })
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        folder(&self.path)
    }

    /// Whether both are one file, or would be.
    pub(super) fn is(&self, other: &Self) -> bool {
        let both = self.there.is_some() && other.there.is_some();
        both && same_file(self, other) || same_name(&self.path, &other.path)
    }
}

/// The end of links that lead nowhere.
fn last_link(mut path: PathBuf) -> PathBuf {
    for _ in 0..LINKS_MAX {
        match std::fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => break,
        }
    }
    path
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// By device and number, so that a hard link is seen through.
#[cfg(unix)]
fn same_file(one: &TargetFile, two: &TargetFile) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |file: &TargetFile| file.there.as_ref().map(|it| (it.dev(), it.ino()));
    identity(one) == identity(two)
}

/// By volume and number. Of a file that cannot be opened now the name has to do.
#[cfg(windows)]
fn same_file(one: &TargetFile, two: &TargetFile) -> bool {
    use winapi_util::{Handle, file::information};
    let identity = |file: &TargetFile| {
        let information = Handle::from_path_any(&file.path).and_then(information).ok()?;
        Some((information.volume_serial_number(), information.file_index()))
    };
    identity(one).is_some_and(|one| identity(two) == Some(one))
}

/// Whether two whole paths are one. Windows and macOS do not tell capitals.
pub(super) fn same_name(one: &Path, two: &Path) -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        let lower = |path: &Path| path.to_string_lossy().to_lowercase();
        lower(one) == lower(two)
    } else {
        one == two
    }
}
