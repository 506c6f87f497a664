//! `GET /api/machines`: when machines report, how they are listed, and the portal's export of them.
//!
//! Deliberately absent: what the machines are (`fleet`), and who may ask.

mod entity;
mod export;
mod list;
mod reports;

pub use export::{SampleNames, is_sample, sample_export};
