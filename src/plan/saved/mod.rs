//! A plan in a file, for a second person to look at: what was reviewed is what is sent.
//!
//! The file is JSON, a line a machine, and written in one form only: a byte that is not as this
//! program writes it is noticed. One hash covers all of it, and each machine has its own, so that
//! the first one that was changed can be named. A hash proves that a plan is the one that was
//! approved; it is no signature, and anyone who can write the file can make another plan.
//!
//! `writer` and `reader` stream, so that a plan of a million machines needs no second copy in
//! memory. Deliberately absent: opening files, and what follows from a difference (`cli`).

mod comparison;
mod error;
mod hash;
mod header;
mod machine;
mod plan;
mod reader;
mod writer;

pub use comparison::{DifferentPart, MovedMachine, PlanComparison, PlanDifference};
pub use error::PlanFileError;
pub use hash::{PlanHash, PlanHashError};
pub use header::PlanHeader;
pub use machine::SavedMachine;
pub use plan::SavedPlan;
pub use writer::{PlanWriter, is_saved_plan};
