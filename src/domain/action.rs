//! Defender's own record of an accepted request.

use std::fmt;

use super::{MachineId, Timestamp, text};

/// ID of a machine action: a GUID in all that was seen, kept as the opaque text it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an action ID: 1 to 64 letters, digits and dashes expected", .0.escape_debug())]
pub struct ActionIdError(String);

impl ActionId {
    /// Reads an ID of 1 to 64 ASCII letters, digits and dashes: it becomes part of a URL's path.
    ///
    /// # Errors
    /// [`ActionIdError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, ActionIdError> {
        let fits = (1..=64).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(ActionIdError(text.chars().take(80).collect()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where an action stands. The first six are documented ("`MachineAction` resource type");
/// anything else that the server says is kept and followed on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ActionStatus {
    Pending,
    InProgress,
    /// Done: the sensor is off.
    Succeeded,
    Failed,
    /// The machine did not connect in time.
    TimedOut,
    Cancelled,
    /// A word that this program does not know, as [`ActionStatus::from_word`] keeps it.
    Other(String),
}

/// Longest unknown word that is kept, in characters; the longest documented one has 16.
const WORD_CHARS_MAX: usize = 64;

impl ActionStatus {
    const DOCUMENTED: [Self; 6] = [
        Self::Pending,
        Self::InProgress,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
    ];

    /// From Defender's word (`TimeOut` is its spelling); the case of letters does not matter. An
    /// unknown one is made fit to be stored and shown, and cut to 64 characters; doing it twice
    /// changes nothing.
    pub fn from_word(word: &str) -> Self {
        let known = Self::DOCUMENTED.iter().find(|known| known.word().eq_ignore_ascii_case(word));
        known.cloned().unwrap_or_else(|| Self::Other(text::word(word, WORD_CHARS_MAX)))
    }

    pub fn word(&self) -> &str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimedOut => "TimeOut",
            Self::Cancelled => "Cancelled",
            Self::Other(word) => word,
        }
    }

    /// Whether Defender will do nothing more. An unknown word is not final.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::TimedOut | Self::Cancelled)
    }
}

/// What an action does. Only offboarding matters here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ActionType {
    Offboard,
    /// Any other (`Isolate`, `RunAntiVirusScan` ...), by Defender's word, kept like an unknown
    /// status.
    Other(String),
}

impl ActionType {
    /// From Defender's word; the case of letters does not matter.
    pub fn from_word(word: &str) -> Self {
        if word.eq_ignore_ascii_case("Offboard") {
            Self::Offboard
        } else {
            Self::Other(text::word(word, WORD_CHARS_MAX))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionScope {
    Offboard,
    /// All of its actions: to see what keeps it busy.
    Every,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub id: ActionId,
    pub kind: ActionType,
    pub status: ActionStatus,
    /// Whose it is; the server may leave it out.
    pub machine: Option<MachineId>,
    /// The comment that came with the request; the marker stands at its end.
    pub comment: Option<String>,
    /// When the server created it, by the server's clock.
    pub created_at: Option<Timestamp>,
    /// When its status last changed, by the server's clock.
    pub updated_at: Option<Timestamp>,
    /// The device's own error code (an HRESULT); 0 or none where there was no error.
    pub device_error: Option<i64>,
}
