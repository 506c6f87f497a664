//! What a machine is to the plan.

use std::fmt;

use crate::domain::{Reason, words};

words! {
    /// What a machine is to the plan, as far as its list, the tenant's inventory, the Offboard
    /// actions of the last 30 days and the journal tell.
    ///
    /// The order is that of precedence: of several classes with the same treatment the first
    /// counts. What is never sent comes first, then what speaks against a request most.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Class {
        /// The protect list names it.
        Protected = "protected",
        InOtherBatch = "in_other_batch",
        /// Its record was merged into that of another ID.
        Merged = "merged",
        /// Defender has no offboarding for it: a system that Microsoft's page does not name.
        Unsupported = "unsupported",
        /// An action of anyone's is active, or succeeded and the machine has not reported since.
        AlreadyRequested = "already_requested",
        /// The tenant's inventory does not hold it.
        NotFound = "not_found",
        /// Several onboarded machines have the name in the list (`--by-name`).
        NameAmbiguous = "name_ambiguous",
        /// No onboarded machine has the name in the list (`--by-name`).
        NameNotFound = "name_not_found",
        /// It has another name than in the list.
        NameDiffers = "name_differs",
        NotOnboarded = "not_onboarded",
        /// Inactive, and a newer machine has its name.
        Reimaged = "reimaged",
        /// macOS or Linux.
        OtherSystem = "other_system",
        /// An action succeeded, and the machine has reported since.
        OnboardedAgain = "onboarded_again",
        /// It reported within the last 2 days.
        SeenRecently = "seen_recently",
        /// Silent for 7 days or more: its action stays pending until it connects.
        Inactive = "inactive",
        Ready = "ready",
    }
}

/// What a list says, or does not say, of its machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    System,
    Onboarding,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassError {
    #[error("write it as CLASS=send, CLASS=skip or CLASS=refuse")]
    Form,
    #[error("no class `{0}`; there are {all}", all = all_words())]
    Class(String),
    #[error("machines that are {0} are never sent; {0}=skip or {0}=refuse")]
    NeverSent(Class),
    #[error("it is not known which machine such a name means; {0}=skip or {0}=refuse")]
    NoMachine(Class),
    #[error("machines that were offboarded already are sent with --again")]
    Again,
}

fn all_words() -> String {
    Class::ALL.map(Class::word).join(", ")
}

impl Class {
    /// Why a machine of this class is left alone.
    pub fn reason(self) -> Reason {
        Reason::from_word(self.word()).expect("each class is a reason: a test asks for all of them")
    }

    /// Whether a person may have machines of this class sent.
    pub const fn may_be_sent(self) -> bool {
        !matches!(
            self,
            Self::Protected
                | Self::InOtherBatch
                | Self::Merged
                | Self::Unsupported
                | Self::AlreadyRequested
        ) && !self.is_of_names()
    }

    /// Whether it is the class of a name that is not the name of exactly one machine.
    pub const fn is_of_names(self) -> bool {
        matches!(self, Self::NameAmbiguous | Self::NameNotFound)
    }

    /// What a list has to say, so that its machines of this class can be told without the tenant.
    pub const fn needs(self) -> Option<Needed> {
        match self {
            Self::Unsupported | Self::OtherSystem => Some(Needed::System),
            Self::NotOnboarded => Some(Needed::Onboarding),
            _ => None,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
