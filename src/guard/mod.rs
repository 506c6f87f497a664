//! Floor 1: what keeps machines from being sent, as decisions without effects.
//!
//! Owns the [`Class`] of a machine, what may be done with each ([`Treatment`]), how a class follows
//! from what list, tenant and journal say ([`KnownMachine`]), and the words by which lists name a
//! [`System`] and an [`Onboarding`]. A [`ProtectList`] says what must never be offboarded. For a
//! run it judges the canary ([`CanaryCounts`]) and how many machines failed ([`FailureLimit`]); the
//! engine asks it at every turn.
//!
//! Deliberately absent: prompts, the journal, reading the tenant's inventory. The hours in which
//! requests may be sent are `domain`'s, since the limiter's forecast needs them too.

mod canary;
mod class;
mod failures;
mod judge;
mod onboarding;
mod protect;
mod system;
mod treatment;

pub use canary::{CanaryCounts, CanaryVerdict};
pub use class::{Class, ClassError, Needed};
pub use failures::{FailureLimit, FailureLimitError, Tally};
pub use judge::{KnownMachine, Offboarding, listed_classes, names_agree};
pub use onboarding::Onboarding;
pub use protect::{ProtectError, ProtectList, ProtectedBy, ProtectedKind};
pub use system::{SYSTEMS_AS_OF, System};
pub use treatment::{Treatment, Treatments};
