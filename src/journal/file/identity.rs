//! What a file is, under any name: its device and its number there.

use std::fs::Metadata;

/// The same for two names of one file, and for no two files that exist at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentity {
    device: u64,
    number: u64,
}

impl FileIdentity {
    #[cfg(target_os = "linux")]
    pub(super) const fn device(self) -> u64 {
        self.device
    }

    #[cfg(target_os = "linux")]
    pub(super) const fn number(self) -> u64 {
        self.number
    }

    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: metadata.dev(), number: metadata.ino() }
    }

    /// Not told by the standard library; Windows lets nobody take an open file away.
    #[cfg(not(unix))]
    pub(super) const fn of(_: &Metadata) -> Self {
        Self { device: 0, number: 0 }
    }
}
