//! Whole lives of a batch without a runtime: sessions over a virtual clock, a strict server, and
//! all that goes wrong between them, drawn from a seed.

mod check;
mod faults;
mod lives;
mod person;
mod plan;
mod server;
mod time;

pub(crate) use check::Tally;
pub(crate) use lives::Simulation;
pub(crate) use plan::Plan;
