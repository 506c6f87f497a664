//! The user's own folders, in which journals and the configuration are where nothing else is
//! named.
//!
//! On Windows their variables count first, as people and scripts write them: a file that is
//! `$env:LOCALAPPDATA\mde-offboard\default.db` to PowerShell is the same to this program. Where one
//! is missing, the system is asked.

use std::path::PathBuf;

use directories::BaseDirs;

use super::environment;

/// In it the program has a folder with journals: `%LOCALAPPDATA%`, `~/.local/share`. None: there
/// is no home folder.
pub(crate) fn data() -> Option<PathBuf> {
    named("LOCALAPPDATA").or_else(|| Some(BaseDirs::new()?.data_local_dir().to_owned()))
}

/// In it the program has a folder with its configuration: `%APPDATA%`, `~/.config`.
pub(crate) fn configuration() -> Option<PathBuf> {
    named("APPDATA").or_else(|| Some(BaseDirs::new()?.config_dir().to_owned()))
}

/// What a variable of Windows names; one that is not absolute names no folder, as with XDG's.
fn named(variable: &str) -> Option<PathBuf> {
    if cfg!(windows) { environment::path(variable).filter(|path| path.is_absolute()) } else { None }
}
