//! Floor 1: what keeps machines from being sent, as decisions without effects.
//!
//! Owns the [`Class`] of a machine, what may be done with each ([`Treatment`]), and the words by
//! which lists name a [`System`] and an [`Onboarding`]. `cli` asks it about each row of the input.
//!
//! Deliberately absent: prompts, the journal, and everything that needs the tenant's inventory.

mod class;
mod onboarding;
mod system;

pub use class::{Class, ClassError, Needed, Treatment, Treatments, listed_classes};
pub use onboarding::Onboarding;
pub use system::System;
