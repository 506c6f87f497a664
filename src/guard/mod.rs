//! Floor 1: what keeps machines from being sent, as decisions without effects.
//!
//! Owns the [`Class`] of a machine and what may be done with each ([`Treatment`]). `cli` asks it
//! about each row of the input.
//!
//! Deliberately absent: prompts, the journal, and everything that needs the tenant's inventory.

mod class;

pub use class::{Class, ClassError, Treatment, Treatments, listed_class};
