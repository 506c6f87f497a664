//! The line that closes a file to others on Windows, for a person to type.

use std::path::Path;

use crate::domain::quoted;
use crate::journal::access;

use super::paths::shown;

/// Takes away what the folder passes on, and lets in this user, the system and administrators: by
/// their numbers, since their names are translated.
pub(super) fn line_that_closes(path: &Path) -> String {
    let user = access::user_id().unwrap_or_else(|_| "S-1-3-4".to_owned());
    let rights = [&user, "S-1-5-18", "S-1-5-32-544"].map(|who| format!("*{who}:F"));
    format!("icacls {} /inheritance:r /grant:r {}", quoted(&shown(path)), rights.join(" "))
}
