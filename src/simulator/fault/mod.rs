//! What a network, a proxy and a busy service do wrong. Pure and seeded.
//!
//! A [`FaultPlan`] says which request meets which [`Fault`]; [`Fault::play`] says what becomes of
//! the call and of its answer. The HTTP shell puts that on the wire, and tests in virtual time
//! hand it straight to the client's reading of answers. Deliberately absent: sockets and timers.

mod kind;
mod pages;
mod plan;
mod play;

pub use kind::{Fault, Hint, PageFault, When};
pub use plan::{FaultPlan, Faults, PlannedCall, Route, Rule, Which};
pub use play::{Played, Scene};
