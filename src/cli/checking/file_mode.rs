//! Whether others can read or change a file that is for its user alone.

use std::path::Path;

use crate::cli::checking::item::CheckItem;
use crate::cli::paths::shown;
#[cfg(unix)]
use crate::domain::quoted;
use crate::journal::access::Others;

/// An item where others can do this or more; none where they cannot, or there is no file.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path, least: Others, what: &str) -> Option<CheckItem> {
    use std::os::unix::fs::PermissionsExt;
    const ANY: u32 = 0o077;
    const CHANGE: u32 = 0o022;
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    let rights = if least == Others::Read { ANY } else { CHANGE };
    if mode & rights == 0 {
        return None;
    }
    let can = if mode & rights & CHANGE == 0 { "read" } else { "change" };
    let name = shown(path);
    let safe = format!("{:03o}", mode & 0o700 & !0o111);
    let advice = format!("chmod {safe} {}", quoted(&name));
    let found = format!("{name}: others can {can} {what} (mode {mode:04o})");
    Some(CheckItem::warned("file modes", found, advice))
}

/// The same by the list of rights that Windows has.
#[cfg(windows)]
pub(super) fn open_to_others(path: &Path, least: Others, what: &str) -> Option<CheckItem> {
    use crate::cli::private_file::line_that_closes;
    use crate::journal::access::others;
    let can = others(path).filter(|can| *can >= least)?;
    let can = if can == Others::Read { "read" } else { "change" };
    let found = format!("{}: others can {can} {what}", shown(path));
    Some(CheckItem::warned("file modes", found, line_that_closes(path)))
}
