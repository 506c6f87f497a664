//! What keeps requests back, and until when.

use crate::domain::{Steady, Window};
use crate::event::WaitReason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum Delay {
    Outage,
    /// POSTs get no answer of Defender's.
    Breaker,
    /// Outside the hours in which POSTs may be sent.
    Hours,
    Freeze,
    Window(Window),
    /// The gap of the steady pace: too short to be told.
    Pace,
    /// The windows, the pause or the back-off of the reads and cancels.
    Reads(WaitReason),
    Backoff,
    Settle,
    Actions,
}

/// All that keeps requests back in one turn, each with the instant at which it ends.
#[derive(Debug, Default)]
pub(in crate::engine) struct Delays(Vec<(Steady, Delay)>);

impl Delays {
    pub(in crate::engine::scheduler) fn add(&mut self, until: Steady, delay: Delay) {
        self.0.push((until, delay));
    }

    pub(in crate::engine::scheduler) fn find(
        &self,
        wanted: impl Fn(&Delay) -> bool,
    ) -> Option<(Steady, Delay)> {
        self.0.iter().find(|(_, delay)| wanted(delay)).cloned()
    }

    pub(in crate::engine::scheduler) fn ends(&self) -> impl Iterator<Item = Steady> {
        self.0.iter().map(|(until, _)| *until)
    }
}
