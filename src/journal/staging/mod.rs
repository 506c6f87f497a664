//! The input on its way into a batch: rows in temporary tables, gone with the connection.
//!
//! Deliberately absent: the acts of a journal on them (`batches`).

pub(super) mod devices;
pub(super) mod names;
mod new_machine;
pub(super) mod repeats;
pub(super) mod rows;
pub(super) mod tenant_tables;

pub use names::NewName;
pub use new_machine::NewMachine;
pub use repeats::{Disagreement, Dispute, RepeatSummary, StagedRow};
pub use rows::{Stage, Staged};
