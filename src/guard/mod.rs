//! Floor 1: what keeps machines from being sent, as decisions without effects.
//!
//! Owns the [`Class`] of a machine, what may be done with each ([`Treatment`]), how both follow
//! from what list, tenant and journal say of it ([`KnownMachine`]), and the words by which lists
//! name a [`System`] and an [`Onboarding`]. A [`ProtectList`] says what must never be offboarded.
//!
//! Deliberately absent: prompts, the journal, reading the tenant's inventory.

mod class;
mod judge;
mod onboarding;
mod protect;
mod system;
mod treatment;

pub use class::{Class, ClassError, Needed};
pub use judge::{KnownMachine, Offboarding, listed_classes, names_agree};
pub use onboarding::Onboarding;
pub use protect::{ProtectError, ProtectList, ProtectedBy, ProtectedKind};
pub use system::{SYSTEMS_AS_OF, System};
pub use treatment::{Treatment, Treatments};
