//! Floor 1: what keeps machines from being sent, as decisions without effects.
//!
//! Owns the [`Class`] of a machine, what may be done with each ([`Treatment`]), and the words by
//! which lists name a [`System`] and an [`Onboarding`]. `cli` asks it about each row of the input.
//! For a run it judges the canary ([`CanaryCounts`]) and how many machines failed
//! ([`FailureLimit`]); the engine asks it at every turn.
//!
//! Deliberately absent: prompts, the journal, and everything that needs the tenant's inventory. The
//! hours in which requests may be sent are `domain`'s, since the limiter's forecast needs them too.

mod canary;
mod class;
mod failures;
mod onboarding;
mod system;

pub use canary::{CanaryCounts, CanaryVerdict};
pub use class::{Class, ClassError, Needed, Treatment, Treatments, listed_classes};
pub use failures::{FailureLimit, FailureLimitError, Tally};
pub use onboarding::Onboarding;
pub use system::System;
