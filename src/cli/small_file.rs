//! Files that are read whole: settings, secrets, certificates.
//!
//! None is read further than its bound, and none that could keep the reader waiting: a pipe would
//! be waited for, and a device has no end. Deliberately absent: lists of machines (`list`), which
//! are as long as they are, and what a file means.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmallFileError {
    #[error("{0}")]
    Unreadable(io::Error),
    #[error("it is no file")]
    NoFile,
    /// The bound in KiB.
    #[error("it is larger than {}", size(*.0))]
    TooLarge(u64),
}

impl SmallFileError {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Unreadable(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// The whole file; an error where it has more than `kib_max` KiB.
pub(crate) fn read(path: &Path, kib_max: u64) -> Result<Vec<u8>, SmallFileError> {
    // Before it is opened: opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(SmallFileError::Unreadable)?.is_file() {
        return Err(SmallFileError::NoFile);
    }
    let bytes_max = kib_max << 10;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(SmallFileError::Unreadable)?;
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(SmallFileError::Unreadable)?;
    if bytes.len() as u64 > bytes_max {
        return Err(SmallFileError::TooLarge(kib_max));
    }
    Ok(bytes)
}

fn size(kib: u64) -> String {
    if kib.is_multiple_of(1024) { format!("{} MiB", kib >> 10) } else { format!("{kib} KiB") }
}
