//! Opening hours on the monotonic axis of this process: what a forecast runs through.
//!
//! Deliberately absent: a clock. A run asks the hours themselves, at its own wall time.

use crate::domain::{Now, Opening, OpeningHours, Steady};

/// Opening hours as they are expected from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule<'h> {
    hours: &'h OpeningHours,
    now: Now,
}

/// Whether a call may go at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    OpenUntil(Steady),
    ShutUntil(Steady),
    Over,
}

impl<'h> Schedule<'h> {
    /// None where the hours never close.
    pub fn new(hours: &'h OpeningHours, now: Now) -> Option<Self> {
        (!hours.is_always()).then_some(Self { hours, now })
    }

    pub(super) fn at(&self, at: Steady) -> Door {
        match self.hours.at(self.now.wall_at(at)) {
            Opening::Open { closes_at: None } => Door::OpenUntil(Steady::NEVER),
            Opening::Open { closes_at: Some(closes_at) } => {
                Door::OpenUntil(self.now.steady_when(closes_at))
            }
            Opening::Shut { opens_at } => Door::ShutUntil(self.now.steady_when(opens_at)),
            Opening::Over => Door::Over,
        }
    }
}
