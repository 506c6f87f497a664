//! Whether a journal is fit to run on, and whether it was changed.
//!
//! Deliberately absent: repairing anything.

mod audit;
mod check;
mod finding;
mod invariants;
mod verify;

pub use audit::{Audit, NotedHead, audit};
pub use check::check;
pub use finding::Finding;
