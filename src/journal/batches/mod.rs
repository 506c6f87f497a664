//! Batches: from staged rows to a batch, what earlier ones say about its machines, and read back.
//!
//! Deliberately absent: the temporary tables (`staging`), and machines one by one (`machines`).

mod batch;
mod canaries;
mod create;
mod earlier;
mod missing_comment;
mod stage;

pub use batch::Batch;
pub use create::{NewBatch, Succeeded};
pub use earlier::EarlierCounts;
