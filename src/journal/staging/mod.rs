//! The input on its way into a batch: rows in temporary tables, gone with the connection.
//!
//! Deliberately absent: the acts of a journal on them (`batches`).

pub(super) mod devices;
pub(super) mod rows;

pub use rows::{NewMachine, Stage, Staged};
