//! What to do about a file that cannot be written, by what the system says of it.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::cli::failure::Unadvised;
use crate::cli::paths::shown_output;
use crate::cli::{Exit, Failure};

/// That a file cannot be written; what follows, the command knows.
pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Unadvised {
    let said = format!("{} cannot be written", shown_output(path));
    Failure::new(Exit::Error, said).caused_by(error)
}

/// What to check, for an error of writing or one that was caused by it.
pub(crate) fn write_advice(error: &(dyn Error + 'static)) -> &'static str {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return by_kind(error.kind());
        }
        cause = error.source();
    }
    by_kind(ErrorKind::Other)
}

const fn by_kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::WriteZero => "the disk is full: make room on it",
        ErrorKind::QuotaExceeded => "your share of the disk is used up: make room in it",
        ErrorKind::FileTooLarge => "raise the limit on the size of files (`ulimit -f`)",
        ErrorKind::PermissionDenied => "give this user the right to write there",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only: name a file on another one",
        ErrorKind::NotFound | ErrorKind::NotADirectory => "check that its folder is still there",
        ErrorKind::TimedOut => "check the disk, or the program that reads the file",
        _ => "check the disk and the folder",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_folder_that_is_gone() {
        for (kind, word) in [
            (ErrorKind::StorageFull, "disk is full"),
            (ErrorKind::QuotaExceeded, "your share"),
            (ErrorKind::NotFound, "folder"),
            (ErrorKind::PermissionDenied, "the right to write"),
        ] {
            assert!(write_advice(&io::Error::from(kind)).contains(word), "{kind}");
        }
    }
}
