//! Where a bench puts its files.

use tempfile::TempDir;

/// A folder that is gone with its guard: below `target/`, which lies on a disk, or below the folder
/// that was named, as in `cargo bench --bench durable -- /dev/shm`.
pub(crate) fn temporary() -> TempDir {
    // Cargo adds options of its own.
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let place = named.unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").to_owned());
    tempfile::tempdir_in(place).expect("a folder")
}
