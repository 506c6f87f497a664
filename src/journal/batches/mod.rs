//! Batches: from staged rows to a batch, and read back.
//!
//! Deliberately absent: the temporary tables (`staging`), and machines one by one (`machines`).

mod batch;
mod canaries;
mod create;
mod missing_comment;
mod stage;

pub use batch::Batch;
pub use create::NewBatch;
