//! What a list says of a machine's onboarding.

use super::system::squeezed;

/// A machine's onboarding, in the words of the portal's export, the API, hunting and other tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Onboarding {
    Onboarded,
    /// `Can be onboarded` or `Insufficient info`: it was found, but never onboarded.
    NotOnboarded,
    Unsupported,
    /// The list does not say, or not in a word that is known.
    NotSaid,
}

impl Onboarding {
    /// Of what a list says, in any case, with any spaces and signs.
    pub fn named(text: &str) -> Self {
        match squeezed(text).as_str() {
            "onboarded" => Self::Onboarded,
            "canbeonboarded" | "insufficientinfo" | "notonboarded" => Self::NotOnboarded,
            "unsupported" | "notsupported" => Self::Unsupported,
            _ => Self::NotSaid,
        }
    }
}
