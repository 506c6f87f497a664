//! Which kind of system a list names, in the words of many tools.

/// Of which day the page is that the tables here follow. A plan notes it.
pub const SYSTEMS_AS_OF: &str = "2026-08-11";

/// What Defender's offboarding call does with a system.
///
/// Microsoft's page for the call, as of 2026-08-11, names Windows 10 and 11, Windows Server 2012 R2
/// and later, macOS 14 and later, and the supported Linux distributions. Before that date it named
/// Windows alone, and so do many guides. Versions are left to Defender, but for Windows that is
/// older than any it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Windows that the page names.
    Windows,
    /// macOS or Linux.
    MacOrLinux,
    /// Anything else, such as iOS, Android, Chrome OS or Windows 7.
    Other,
    /// The list does not say, or only a version or `Unknown`.
    NotSaid,
}

/// Words that say nothing of a system, without spaces and signs: "not known", and what other
/// inventories keep in a column of that name.
const NOT_SAID: [&str; 30] = [
    "unknown",
    "unbekannt",
    "inconnu",
    "desconocido",
    "none",
    "null",
    "na",
    "notavailable",
    "x64",
    "x86",
    "x8664",
    "amd64",
    "arm64",
    "64bit",
    "32bit",
    "physical",
    "virtual",
    "virtualmachine",
    "vm",
    "vmware",
    "hyperv",
    "azure",
    "aws",
    "gcp",
    "desktop",
    "laptop",
    "server",
    "workstation",
    "client",
    "endpoint",
];

/// Windows that is older than any that the page names, or not for computers: what follows
/// `windows`.
const OLD_WINDOWS: [&str; 13] = [
    "7",
    "8",
    "xp",
    "vista",
    "95",
    "98",
    "2000",
    "phone",
    "ce",
    "mobile",
    "rt",
    "server2003",
    "server2008",
];

const MAC: [&str; 4] = ["macos", "osx", "macintosh", "darwin"];

const LINUX: [&str; 16] = [
    "linux",
    "ubuntu",
    "debian",
    "redhat",
    "rhel",
    "centos",
    "fedora",
    "suse",
    "sles",
    "rocky",
    "almalinux",
    "amazon2",
    "mariner",
    "raspbian",
    "linuxmint",
    "kali",
];

/// Not computers, though a word of theirs may look like one.
const MOBILE: [&str; 9] =
    ["android", "chromeos", "chromiumos", "ipados", "iphone", "ipad", "tvos", "watchos", "aosp"];

impl System {
    /// Of what a list says: `Windows10`, `Mac OS X`, `Ubuntu 22.04`, `Android (Personally-Owned
    /// Work Profile)` ...
    pub fn named(text: &str) -> Self {
        let text = squeezed(text);
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if !text.contains(char::is_alphabetic) || NOT_SAID.contains(&text.as_str()) {
            Self::NotSaid
        } else if let Some(version) = windows(&text) {
            let old = OLD_WINDOWS.iter().any(|old| version.starts_with(old));
            if old || text.ends_with("mobile") { Self::Other } else { Self::Windows }
        } else if has(&MOBILE) {
            Self::Other
        } else if has(&MAC) || has(&LINUX) || is_mac(&text) {
            Self::MacOrLinux
        } else {
            Self::Other
        }
    }
}

/// What follows the word for Windows, if there is one: also `Win10` and `W11`.
fn windows(text: &str) -> Option<&str> {
    if let Some((_, version)) = text.split_once("windows") {
        return Some(version);
    }
    let version = text.strip_prefix("win").or_else(|| text.strip_prefix('w'))?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

/// `Mac`, or Intune's `macMDM`.
fn is_mac(text: &str) -> bool {
    text == "mac" || text.starts_with("macmdm") || text == "applemac"
}

/// Letters and digits alone, in lower case.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
