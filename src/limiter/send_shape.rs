//! How calls are spread over the windows, and the coarser shapes after a 429 that nobody expected.
//!
//! Called by the gate alone. The windows are the guarantee; a shape only adds waiting. A server
//! that counts otherwise than exactly, or another tool with the same quota, is met best by calls
//! that come evenly: so after a 429 that our own count does not explain the next coarser shape is
//! taken, and the configured one again after one clean window of the longest kind.
//! Deliberately absent: which 429 is explained (the gate asks its ledger).

use std::time::Duration;

use super::pace::{Pace, Spacing};
use crate::domain::Steady;

/// From the fastest to the kindest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Nothing but the windows.
    Burst,
    /// Evenly within the shortest window.
    Minute,
    /// Evenly within all windows.
    Even,
}

#[derive(Debug)]
pub(super) struct SendShape {
    configured: Level,
    level: Level,
    minute_gap: Duration,
    even_gap: Duration,
    /// How long without a 429 until the configured shape is taken again.
    clean: Duration,
    /// When that is, while a coarser one is in force.
    until: Steady,
    spacing: Option<Spacing>,
}

impl SendShape {
    /// The configured shape. The gaps are those of the shortest window and the largest of all.
    pub(super) fn new(
        pace: Pace,
        minute_gap: Duration,
        even_gap: Duration,
        clean: Duration,
    ) -> Self {
        let configured = match pace {
            Pace::Burst => Level::Burst,
            Pace::Steady => Level::Even,
        };
        let (level, until) = (configured, Steady::NEVER);
        let mut shape =
            Self { configured, level, minute_gap, even_gap, clean, until, spacing: None };
        shape.spacing = shape.fresh();
        shape
    }

    fn fresh(&self) -> Option<Spacing> {
        match self.level {
            Level::Burst => None,
            Level::Minute => Some(Spacing::new(self.minute_gap)),
            Level::Even => Some(Spacing::new(self.even_gap)),
        }
    }

    fn take(&mut self, level: Level) {
        self.level = level;
        self.spacing = self.fresh();
    }

    /// When the next call may go as far as the shape is concerned.
    pub(super) fn opens_at(&mut self, now: Steady) -> Option<Steady> {
        if self.until <= now {
            self.until = Steady::NEVER;
            self.take(self.configured);
        }
        Some(self.spacing.as_ref()?.opens_at().min(self.until))
    }

    pub(super) fn sent(&mut self, now: Steady) {
        if let Some(spacing) = &mut self.spacing {
            spacing.sent(now);
        }
    }

    /// A 429 came at `at` that our own count does not explain: the next coarser shape.
    pub(super) fn coarsen(&mut self, at: Steady) {
        match self.level {
            Level::Burst => self.take(Level::Minute),
            Level::Minute => self.take(Level::Even),
            Level::Even => {}
        }
        self.disturb(at);
    }

    /// A 429 came at `at`: a coarser shape stays in force for longer.
    pub(super) fn disturb(&mut self, at: Steady) {
        if self.level > self.configured {
            self.until = at.plus(self.clean);
        }
    }

    /// Whether both space calls the same from now on, each at its own time.
    pub(super) fn stands_as(&self, now: Steady, other: &Self, then: Steady) -> bool {
        let left = |at: Steady, now: Steady| (at < Steady::NEVER).then(|| at.since(now));
        let opens = |shape: &Self, now| shape.spacing.as_ref().map(|s| left(s.opens_at(), now));
        self.level == other.level
            && left(self.until, now) == left(other.until, then)
            && opens(self, now) == opens(other, then)
    }

    /// Every instant so much later; never stays never.
    pub(super) fn go_ahead(&mut self, by: Duration) {
        self.until = self.until.plus(by);
        if let Some(spacing) = &mut self.spacing {
            spacing.go_ahead(by);
        }
    }

    /// A copy to try things on.
    pub(super) fn copy(&self) -> Self {
        Self { spacing: self.spacing.as_ref().map(Spacing::copy), ..*self }
    }
}
