//! The clocks of a simulation: true time, the process's two, and the server's.

use std::time::Duration;

use mde_offboard::domain::{Now, Steady, Timestamp};

use crate::support::dice::Dice;
use crate::support::world::START;

/// True time, and what each clock makes of it.
pub(super) struct Time {
    /// Monotonic, from the simulation's beginning to its end.
    pub(super) now: Steady,
    /// When the process began: its own monotonic time is zero then.
    origin: Steady,
    /// How far the client's wall clock is from the truth, in microseconds.
    set: i64,
    /// How far the server's is.
    skew: i64,
}

impl Time {
    pub(super) const fn new(skew_seconds: i64) -> Self {
        Self { now: Steady::ORIGIN, origin: Steady::ORIGIN, set: 0, skew: skew_seconds * 1_000_000 }
    }

    fn off_by(&self, micros: i64) -> Timestamp {
        let at = START.plus(self.now.since(Steady::ORIGIN));
        Timestamp::from_micros(at.as_micros() + micros)
    }

    /// What the process reads.
    pub(super) fn of_process(&self) -> Now {
        let steady = self.now.as_micros() - self.origin.as_micros();
        Now { steady: Steady::from_micros(steady), wall: self.off_by(self.set) }
    }

    /// The true instant of one of the process's.
    pub(super) fn truly(&self, at: Steady) -> Steady {
        if at == Steady::NEVER { at } else { at.plus(self.origin.since(Steady::ORIGIN)) }
    }

    pub(super) fn of_server(&self) -> Timestamp {
        self.off_by(self.skew)
    }

    /// A new process.
    pub(super) const fn begin_life(&mut self) {
        self.origin = self.now;
    }

    /// Somebody, or a time service, sets the client's clock; by up to a day from the truth.
    pub(super) fn set(&mut self, dice: &mut Dice, forwards: bool) {
        let most = dice.one_of(&[Duration::from_mins(3), Duration::from_mins(90), DAY]);
        let by = i64::try_from(dice.duration(most).as_micros()).expect("a day at most");
        let by = if forwards && dice.once_in(2) { by } else { -by };
        let day = i64::try_from(DAY.as_micros()).expect("a day");
        self.set = (self.set + by).clamp(-day, day);
    }
}

const DAY: Duration = Duration::from_hours(24);
