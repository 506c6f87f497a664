//! What a machine is to the plan, and what is done with machines of that class.

use std::fmt;

use crate::domain::{Device, Reason};

/// What a machine is to the plan, as far as the list and the journal tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The list says that it was found but never onboarded.
    NotOnboarded,
    /// The list says that Defender has no offboarding for it: another system than Windows, or
    /// `Unsupported`.
    Unsupported,
    /// Another unfinished batch holds it.
    InOtherBatch,
}

/// What is done with the machines of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Treatment {
    /// They are sent as all others.
    Send,
    /// They are left alone, with the class as the reason.
    Skip,
    /// One of them ends the command before anything is queued.
    Refuse,
}

/// Why `CLASS=TREATMENT` cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassError {
    /// It is not written so.
    #[error("write it as CLASS=send, CLASS=skip or CLASS=refuse")]
    Form,
    /// No class of that name can be told without the tenant.
    #[error("no class `{0}`; there are not_onboarded, unsupported and in_other_batch")]
    Class(String),
    /// Machines of this class are never sent.
    #[error("machines that are {0} are never sent; {0}=skip or {0}=refuse")]
    NeverSent(Class),
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 3] = [Self::NotOnboarded, Self::Unsupported, Self::InOtherBatch];

    /// The word that people and scripts use.
    pub const fn word(self) -> &'static str {
        self.reason().word()
    }

    /// Why a machine of this class is skipped.
    pub const fn reason(self) -> Reason {
        match self {
            Self::NotOnboarded => Reason::NotOnboarded,
            Self::Unsupported => Reason::Unsupported,
            Self::InOtherBatch => Reason::InOtherBatch,
        }
    }

    /// Whether a person may have machines of this class sent.
    pub const fn may_be_sent(self) -> bool {
        matches!(self, Self::NotOnboarded)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is done with each class: skipped, where a person did not say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Treatments(Vec<(Class, Treatment)>);

impl Treatments {
    /// Of what a person said; the last word on a class counts.
    pub fn new(said: &[(Class, Treatment)]) -> Self {
        Self(said.to_vec())
    }

    /// What is done with a class.
    pub fn of(&self, class: Class) -> Treatment {
        let said = self.0.iter().rfind(|(of, _)| *of == class);
        said.map_or(Treatment::Skip, |(_, treatment)| *treatment)
    }

    /// Reads `CLASS=send`, `CLASS=skip` or `CLASS=refuse`.
    ///
    /// # Errors
    /// [`ClassError`] where there is no such class or treatment, or the two do not go together.
    pub fn parse(text: &str) -> Result<(Class, Treatment), ClassError> {
        let (class, treatment) = text.split_once('=').ok_or(ClassError::Form)?;
        let found = Class::ALL.into_iter().find(|known| known.word() == class);
        let class = found.ok_or_else(|| ClassError::Class(class.escape_debug().to_string()))?;
        match treatment {
            "send" if class.may_be_sent() => Ok((class, Treatment::Send)),
            "send" => Err(ClassError::NeverSent(class)),
            "skip" => Ok((class, Treatment::Skip)),
            "refuse" => Ok((class, Treatment::Refuse)),
            _ => Err(ClassError::Form),
        }
    }
}

/// Operating systems of which Microsoft's page for the offboard call says that it does not work;
/// a name that is not known is left to Defender to judge.
const NOT_WINDOWS: [&str; 5] = ["macos", "linux", "ios", "android", "chromeos"];

/// The class of a machine by its list alone. None where nothing speaks against sending it.
///
/// The words are those of the portal's export (`Can be onboarded`) and of the API
/// (`CanBeOnboarded`), in any case.
pub fn listed_class(device: &Device) -> Option<Class> {
    let plain = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        text.chars().filter(|c| *c != ' ').collect::<String>().to_ascii_lowercase()
    };
    let system = plain(&device.os_platform);
    if NOT_WINDOWS.contains(&system.as_str()) {
        return Some(Class::Unsupported);
    }
    match plain(&device.onboarding_status).as_str() {
        "unsupported" => Some(Class::Unsupported),
        "canbeonboarded" | "insufficientinfo" => Some(Class::NotOnboarded),
        _ => None,
    }
}
