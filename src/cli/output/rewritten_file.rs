//! A file that is written again and again, and read by another program at any moment.
//!
//! Each text replaces the one before it in one step. Deliberately absent: whether it may be written
//! at all (`outputs`, once).

use std::io::{self, Write};

use super::atomic_file::AtomicFile;
use super::target_file::TargetFile;

#[derive(Debug)]
pub(crate) struct RewrittenFile {
    pub(super) target: TargetFile,
}

impl RewrittenFile {
    /// Replaces what is there; everybody may read it.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        let folder = self.target.folder();
        let mut file = AtomicFile::beside(&self.target.path, folder)?.for_everyone()?;
        file.write_all(text.as_bytes())?;
        file.finish()
    }
}
