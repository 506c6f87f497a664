//! Why a protect list cannot be used.

use super::list::ProtectedKind;
use crate::domain::MachineIdError;

/// Why a text is not a protect list. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtectError {
    /// It is no TOML, or has keys or types that a protect list does not have.
    #[error("line {line}: {why}")]
    Toml { line: u64, why: String },
    /// No key at all.
    #[error("it protects nothing: there is no entry in it")]
    Empty,
    /// A key whose list has no entry.
    #[error("line {line}: `{key}` has no entry")]
    EmptyList { line: u64, key: &'static str },
    #[error("line {line}: an empty text in `{key}`")]
    EmptyEntry { line: u64, key: &'static str },
    #[error("line {line}: `{found}` is not a machine ID: {why}")]
    Id { line: u64, found: String, why: MachineIdError },
    /// Such a name would fit no machine.
    #[error("line {line}: `{found}` holds `{sign}`: only `*` and `?` stand for other characters")]
    Pattern { line: u64, found: String, sign: char },
    /// Nothing that is shown has such a character, so the entry would protect nothing.
    #[error("line {line}: `{found}` holds a character that cannot be seen")]
    Unseen { line: u64, found: String },
    #[error("line {line}: more than {max} entries")]
    TooMany { line: u64, max: usize },
    #[error("line {line}: more than {max} names with `*` or `?`")]
    TooManyPatterns { line: u64, max: usize },
}

impl ProtectError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Toml { .. } | Self::Empty => {
                let keys = ProtectedKind::ALL.map(|kind| format!("`{}`", kind.key()));
                let keys = keys.join(", ");
                format!(
                    "write lists of texts in quotes under {keys}, such as: names = [\"DC*\", \
                     \"srv-pay-??\"]"
                )
            }
            Self::EmptyList { key, .. } => format!("add an entry, or remove `{key}`"),
            Self::EmptyEntry { .. } => "remove it".to_owned(),
            Self::Id { .. } => {
                "write Defender's machine ID, `Device ID` in the portal's export; names go under \
                 `names`"
                    .to_owned()
            }
            Self::Pattern { .. } => {
                "write one pattern for each kind of name, such as: names = [\"DC*\", \"SQL-??\"]"
                    .to_owned()
            }
            Self::Unseen { .. } => "type it again instead of pasting it".to_owned(),
            Self::TooMany { .. } => "protect tags or device groups instead".to_owned(),
            Self::TooManyPatterns { .. } => {
                "use fewer and wider patterns, or whole names".to_owned()
            }
        }
    }
}
