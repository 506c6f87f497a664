//! What a machine is to the plan, and what is done with machines of that class.

use std::fmt;

use super::onboarding::Onboarding;
use super::system::System;
use crate::domain::{Device, Reason, words};

/// What a machine is to the plan, as far as the list and the journal tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The list says that Defender has no offboarding for it: a system that Microsoft's page does
    /// not name, or `Unsupported`.
    Unsupported,
    NotOnboarded,
    OtherSystem,
    InOtherBatch,
}

/// What a list says, or does not say, of its machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    System,
    Onboarding,
}

words! {
    /// What is done with the machines of a class.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Treatment {
        Send = "send",
        /// They are left alone, with the class as the reason.
        Skip = "skip",
        /// One of them ends the command before anything is queued.
        Refuse = "refuse",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassError {
    #[error("write it as CLASS=send, CLASS=skip or CLASS=refuse")]
    Form,
    /// No class of that name can be told without the tenant.
    #[error("no class `{0}`; there are unsupported, not_onboarded, other_system, in_other_batch")]
    Class(String),
    #[error("machines that are {0} are never sent; {0}=skip or {0}=refuse")]
    NeverSent(Class),
}

impl Class {
    /// All classes. Of several of one machine the first names the reason: what is never sent, then
    /// what can be sent least.
    pub const ALL: [Self; 4] =
        [Self::Unsupported, Self::NotOnboarded, Self::OtherSystem, Self::InOtherBatch];

    pub const fn word(self) -> &'static str {
        self.reason().word()
    }

    pub const fn reason(self) -> Reason {
        match self {
            Self::NotOnboarded => Reason::NotOnboarded,
            Self::Unsupported => Reason::Unsupported,
            Self::OtherSystem => Reason::OtherSystem,
            Self::InOtherBatch => Reason::InOtherBatch,
        }
    }

    /// Whether a person may have machines of this class sent.
    pub const fn may_be_sent(self) -> bool {
        matches!(self, Self::NotOnboarded | Self::OtherSystem)
    }

    /// What a list has to say, so that its machines of this class can be told.
    pub const fn needs(self) -> Option<Needed> {
        match self {
            Self::Unsupported | Self::OtherSystem => Some(Needed::System),
            Self::NotOnboarded => Some(Needed::Onboarding),
            Self::InOtherBatch => None,
        }
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

    pub fn of(&self, class: Class) -> Treatment {
        let said = self.0.iter().rfind(|(of, _)| *of == class);
        said.map_or(Treatment::Skip, |(_, treatment)| *treatment)
    }

    /// The class that gets a machine refused, or else skipped; none where it is sent.
    pub fn holding(&self, device: &Device) -> Option<Class> {
        let is = |treatment| move |class: &Class| self.of(*class) == treatment;
        let refused = listed_classes(device).find(is(Treatment::Refuse));
        refused.or_else(|| listed_classes(device).find(is(Treatment::Skip)))
    }

    pub fn said(&self) -> &[(Class, Treatment)] {
        &self.0
    }

    /// Reads `CLASS=send`, `CLASS=skip` or `CLASS=refuse`.
    ///
    /// # Errors
    /// [`ClassError`] where there is no such class or treatment, or the two do not go together.
    pub fn parse(text: &str) -> Result<(Class, Treatment), ClassError> {
        let (class, treatment) = text.split_once('=').ok_or(ClassError::Form)?;
        let found = Class::ALL.into_iter().find(|known| known.word() == class);
        let class = found.ok_or_else(|| ClassError::Class(class.escape_debug().to_string()))?;
        match Treatment::from_word(treatment).ok_or(ClassError::Form)? {
            Treatment::Send if !class.may_be_sent() => Err(ClassError::NeverSent(class)),
            treatment => Ok((class, treatment)),
        }
    }
}

/// The classes of a machine by its list alone; none where nothing speaks against sending it.
pub fn listed_classes(device: &Device) -> impl Iterator<Item = Class> {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let system = System::named(&said(&device.os_platform));
    let onboarding = Onboarding::named(&said(&device.onboarding_status));
    Class::ALL.into_iter().filter(move |class| match class {
        Class::Unsupported => system == System::Other || onboarding == Onboarding::Unsupported,
        Class::NotOnboarded => onboarding == Onboarding::NotOnboarded,
        Class::OtherSystem => system == System::MacOrLinux,
        Class::InOtherBatch => false,
    })
}
