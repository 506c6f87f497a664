//! Floor 3: what would be done with each machine of a list, before anything is done.
//!
//! Compares the list with what the tenant said ([`make`]). The classes are `guard`'s, the joins are
//! the journal's. Deliberately absent: reading the tenant (`engine`), sending, the screen.

mod afterwards;
mod entry;
mod making;
mod remarks;
mod saved;

pub use afterwards::LaterVerdict;
pub use entry::{PlannedEntry, PlannedMachine, PlannedName};
pub use making::{Plan, PlanRequest, PlannedClass, make};
pub use remarks::Remarks;
pub use saved::{
    DifferentPart, MovedMachine, PlanComparison, PlanDifference, PlanFileError, PlanHash,
    PlanHashError, PlanHeader, PlanWriter, SavedMachine, SavedPlan, is_saved_plan,
};
