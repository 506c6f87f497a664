//! The environment, read in one place. An empty variable counts as not set: that is how shells and
//! schedulers take one away.

use std::path::PathBuf;

use crate::domain::text::escaped;

/// The file of settings.
pub(crate) fn config() -> Option<PathBuf> {
    text("MDE_OFFBOARD_CONFIG").map(PathBuf::from)
}

/// The profile, where no option names one.
pub(crate) fn profile() -> Option<String> {
    text("MDE_OFFBOARD_PROFILE")
}

pub(crate) const JOURNAL: &str = "MDE_OFFBOARD_JOURNAL";

pub(crate) const API_URL: &str = "MDE_OFFBOARD_API_URL";

/// Base address of the sign-in.
pub(crate) const AUTHORITY_URL: &str = "AZURE_AUTHORITY_HOST";

pub(crate) const TENANT_ID: &str = "AZURE_TENANT_ID";

pub(crate) const CLIENT_ID: &str = "AZURE_CLIENT_ID";

/// A token that somebody else fetched. Who reads it wraps it at once.
pub(crate) const TOKEN: &str = "MDE_OFFBOARD_TOKEN";

/// The app's secret, likewise.
pub(crate) const CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";

/// Where the app's certificate is, with its private key.
pub(crate) const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";

/// Where the token of a workload identity is.
pub(crate) const FEDERATED_TOKEN: &str = "AZURE_FEDERATED_TOKEN_FILE";

pub(crate) fn is_set(name: &str) -> bool {
    text(name).is_some()
}

/// Proxies that the HTTP client finds by itself; their addresses may hold a password.
///
/// Each with the name of its variable.
pub(crate) fn proxies() -> impl Iterator<Item = (&'static str, String)> {
    const NAMES: [&str; 6] =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    NAMES.into_iter().filter_map(|name| Some((name, text(name)?)))
}

/// Whether colour is unwanted (no-color.org: any value but an empty one).
pub(crate) fn no_color() -> bool {
    text("NO_COLOR").is_some()
}

/// Whether the terminal says that it cannot move its cursor.
pub(crate) fn is_dumb_terminal() -> bool {
    text("TERM").is_some_and(|terminal| terminal == "dumb")
}

/// Longest name of a person or a computer that is kept, in characters: Windows allows 104 and 15,
/// Linux 32 and 64.
const NAME_CHARS_MAX: usize = 120;

/// Who is at the keyboard, for the record: fit to be stored and shown.
pub(crate) fn user() -> String {
    let name = text("USER")
        .or_else(|| text("LOGNAME"))
        .or_else(|| text("USERNAME"))
        .or_else(number)
        .unwrap_or_else(|| "unknown".to_owned());
    match text("USERDOMAIN") {
        Some(domain) => of_record(&format!("{domain}\\{name}")),
        None => of_record(&name),
    }
}

fn of_record(name: &str) -> String {
    let kept: String = name.chars().take(NAME_CHARS_MAX).collect();
    escaped(&kept)
}

/// The user's number, for schedulers that set no name.
#[cfg(unix)]
fn number() -> Option<String> {
    let process = std::fs::metadata("/proc/self").ok()?;
    Some(format!("user {}", std::os::unix::fs::MetadataExt::uid(&process)))
}

#[cfg(not(unix))]
fn number() -> Option<String> {
    None
}

/// Which computer this is, for the record: fit to be stored and shown.
pub(crate) fn host() -> String {
    let from_system = || {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    };
    let name = text("COMPUTERNAME").or_else(|| text("HOSTNAME")).or_else(from_system);
    name.map_or_else(|| "this computer".to_owned(), |name| of_record(&name))
}

/// A variable without white space around it; none where nothing is left.
pub(crate) fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
