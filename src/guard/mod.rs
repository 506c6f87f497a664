//! Floor 1: what keeps machines from being sent, as decisions without effects.
//!
//! Owns the [`Class`] of a machine, what may be done with each ([`Treatment`]), how a class follows
//! from what list, tenant and journal say ([`KnownMachine`]), and the words by which lists name a
//! [`System`] and an [`Onboarding`].
//!
//! Deliberately absent: prompts, the journal, reading the tenant's inventory.

mod class;
mod judge;
mod onboarding;
mod system;
mod treatment;

pub use class::{Class, ClassError, Needed};
pub use judge::{KnownMachine, Offboarding, listed_classes, names_agree};
pub use onboarding::Onboarding;
pub use system::System;
pub use treatment::{Treatment, Treatments};
