//! Where a value comes from.

use std::fmt;
use std::path::PathBuf;

use crate::cli::paths::shown;

/// A line of a file, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileLine {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
}

impl fmt::Display for FileLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", shown(&self.file), self.line)
    }
}

/// Where a value comes from, in the order in which they win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SettingOrigin {
    /// The option of this name, without its hyphens.
    Option(String),
    /// The profile that is named: it wins over a variable that is left over from another tenant.
    Profile {
        name: String,
        at: FileLine,
    },
    /// The variable of this name.
    Environment(&'static str),
    /// The file, outside of the profiles.
    File(FileLine),
    Default,
}

impl SettingOrigin {
    /// For scripts.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Option(_) => "option",
            Self::Profile { .. } => "profile",
            Self::Environment(_) => "environment",
            Self::File(_) => "file",
            Self::Default => "default",
        }
    }

    /// How strong it is: 0 wins over everything.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Option(_) => 0,
            Self::Profile { .. } => 1,
            Self::Environment(_) => 2,
            Self::File(_) => 3,
            Self::Default => 4,
        }
    }

    pub(crate) const fn file_line(&self) -> Option<&FileLine> {
        match self {
            Self::Profile { at, .. } | Self::File(at) => Some(at),
            Self::Option(_) | Self::Environment(_) | Self::Default => None,
        }
    }
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => write!(f, "--{name}"),
            Self::Profile { name, at } => write!(f, "profile {name}, {at}"),
            Self::Environment(name) => f.write_str(name),
            Self::File(at) => at.fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}
