//! Whether others can read or change a file that is for its user alone.
//!
//! Deliberately absent: Windows, where lists of rights decide that this program does not read; a
//! profile's own folders let nobody else in.

use std::path::Path;

use crate::cli::checking::item::CheckItem;
use crate::cli::paths::shown;
use crate::domain::quoted;

/// Rights of others to read it, or to change it.
pub(super) const ANY: u32 = 0o077;

/// Rights of others to change it.
pub(super) const WRITE: u32 = 0o022;

/// An item where others have one of these rights; none where they have not, or there is no file.
pub(super) fn open_to_others(path: &Path, rights: u32, what: &str) -> Option<CheckItem> {
    let mode = mode(path)?;
    if mode & rights == 0 {
        return None;
    }
    let can = if mode & rights & WRITE == 0 { "read" } else { "change" };
    let name = shown(path);
    let safe = format!("{:03o}", mode & 0o700 & !0o111);
    let advice = format!("chmod {safe} {}", quoted(&name));
    let found = format!("{name}: others can {can} {what} (mode {mode:04o})");
    Some(CheckItem::warned("file modes", found, advice))
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().ok().map(|metadata| metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
const fn mode(_: &Path) -> Option<u32> {
    None
}
