//! Changes of machines while a client is at work.

use super::machine::SimulatedMachine;

/// A machine that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateChange {
    /// After how many calls of the limited API, of any kind.
    pub after_calls: u64,
    /// What it is from then on; one of [`Behaviour::Unknown`] is gone.
    ///
    /// [`Behaviour::Unknown`]: super::machine::Behaviour::Unknown
    pub machine: SimulatedMachine,
}
