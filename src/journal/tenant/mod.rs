//! What the tenant says: its machines and their Offboard actions, page by page in temporary tables,
//! so that memory does not grow with the tenant.
//!
//! They are compared with what is staged by joins. Deliberately absent: reading the pages
//! (`engine`), and what follows from the comparison (`plan`).

mod actions;
mod afterwards;
mod compared;
mod machines;
mod names;
mod namesake;
mod seen_again;
pub(super) mod verdicts;

pub use actions::OffboardAction;
pub use afterwards::Afterwards;
pub use compared::{ComparedMachine, Namesake};
pub use machines::InventoryCounts;
pub use names::{NameCounts, NameFit, UnresolvedName};
pub use seen_again::SeenAgain;
pub use verdicts::PlanVerdict;
