//! The environment, read in one place. An empty variable counts as not set: that is how shells and
//! schedulers take one away.

use std::path::PathBuf;

use crate::domain::text::escaped;

const CONFIG: &str = "MDE_OFFBOARD_CONFIG";

const PROFILE: &str = "MDE_OFFBOARD_PROFILE";

/// The file of settings.
pub(crate) fn config() -> Option<PathBuf> {
    path(CONFIG)
}

/// The profile, where no option names one.
pub(crate) fn profile() -> Option<String> {
    text(PROFILE)
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

/// The local time zone, as the person set it.
pub(crate) fn time_zone() -> Option<String> {
    text("TZ")
}

pub(crate) fn is_set(name: &str) -> bool {
    path(name).is_some()
}

const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What the platforms set that have managed identities.
pub(crate) const IDENTITY_ENDPOINT: &str = "IDENTITY_ENDPOINT";
pub(crate) const IDENTITY_HEADER: &str = "IDENTITY_HEADER";
pub(crate) const METADATA_HOST: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

/// The first variable that would count as not set although it is: this program reads it as text,
/// and it is not UTF-8. A path need not be.
pub(crate) fn not_text() -> Option<&'static str> {
    const OTHERS: [&str; 10] = [
        PROFILE,
        API_URL,
        AUTHORITY_URL,
        TENANT_ID,
        CLIENT_ID,
        TOKEN,
        CLIENT_SECRET,
        IDENTITY_ENDPOINT,
        IDENTITY_HEADER,
        METADATA_HOST,
    ];
    let is_text = |name: &&str| std::env::var_os(name).is_none_or(|value| value.to_str().is_some());
    OTHERS.into_iter().chain(PROXIES).find(|name| !is_text(name))
}

/// Proxies that the HTTP client finds by itself; their addresses may hold a password.
///
/// Each with the name of its variable.
pub(crate) fn proxies() -> impl Iterator<Item = (&'static str, String)> {
    PROXIES.into_iter().filter_map(|name| Some((name, text(name)?)))
}

/// Whether colour is unwanted (no-color.org: any value but an empty one).
pub(crate) fn no_color() -> bool {
    is_set("NO_COLOR")
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
    let user = name("USER")
        .or_else(|| name("LOGNAME"))
        .or_else(|| name("USERNAME"))
        .or_else(number)
        .unwrap_or_else(|| "unknown".to_owned());
    match name("USERDOMAIN") {
        Some(domain) => of_record(&format!("{domain}\\{user}")),
        None => of_record(&user),
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
    let host = name("COMPUTERNAME").or_else(|| name("HOSTNAME")).or_else(from_system);
    host.map_or_else(|| "this computer".to_owned(), |name| of_record(&name))
}

/// A variable that names a file, which need not be UTF-8.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name)?;
    let value = match value.to_str() {
        Some(text) => text.trim().into(),
        None => value,
    };
    Some(PathBuf::from(value)).filter(|path| !path.as_os_str().is_empty())
}

/// A variable that only names somebody or something, with other bytes than UTF-8 replaced.
fn name(name: &str) -> Option<String> {
    path(name).map(|value| value.to_string_lossy().into_owned())
}

/// A variable without white space around it; none where nothing is left. That it is UTF-8 is
/// checked at the start ([`not_text`]).
pub(crate) fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
