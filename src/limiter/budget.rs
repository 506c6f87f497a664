//! One budget at the server: its limits, and which kinds of calls spend it.
//!
//! Called by everything that reads a forecast or the windows off a journal: a run, the question
//! before it, a status. Deliberately absent: the calls in flight of a run, which has gates of its
//! own.

use std::time::Duration;

use super::forecast::{Ahead, Load};
use super::gate::{Gate, GateOptions};
use super::schedule::Schedule;
use crate::domain::{History, LimitGroup, Now, OpeningHours, Placing, Window};

#[derive(Debug, Clone)]
pub struct Budget {
    pub options: GateOptions,
    /// Whose calls spend it.
    pub groups: &'static [LimitGroup],
    /// How often lists are read that spend it, where they do.
    pub beside_every: Option<Duration>,
    /// When calls may go at all.
    pub hours: OpeningHours,
}

impl Budget {
    /// The gate as earlier processes left it.
    pub fn gate(&self, history: &History, now: Now) -> Gate {
        let mut gate = Gate::new(&self.options);
        gate.remember(history, self.groups, &Placing::at(now));
        gate
    }

    /// When the last of this many calls goes out, after what was sent before; none for no call, and
    /// where the hours let none through any more.
    pub fn look_ahead(
        &self,
        gate: &Gate,
        (calls, round_trip): (u64, Duration),
        now: Now,
    ) -> Option<Ahead> {
        let Self { beside_every, .. } = *self;
        let (spare, schedule) = (Load::spare_for(calls), Schedule::new(&self.hours, now));
        let load = Load { calls, spare, round_trip, beside_every, schedule };
        gate.look_ahead(now.steady, &load)
    }

    /// Calls of one group that a ledger may need of those that earlier processes made: as many as
    /// the largest limit, and some, since answers come in another order than calls.
    pub fn calls_kept(&self) -> u32 {
        const OUT_OF_ORDER: u32 = 256;
        let limits = self.options.limits.iter().map(Window::limit);
        limits.max().unwrap_or(0).saturating_add(OUT_OF_ORDER)
    }
}
