//! Floor 1: what observers may know of a run, one vocabulary for bar, plain lines and JSON lines.
//!
//! The engine makes these after the journal has them, and hands them down to the reporters.
//! Deliberately absent: any reference to the engine's state, formatting, input and output.

mod happening;
mod snapshot;

pub use happening::{Event, Happening, Observer};
pub use snapshot::{Prospect, Snapshot, Usage, Wait, WaitReason};
