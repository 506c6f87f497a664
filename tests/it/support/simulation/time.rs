//! The clocks of a simulation: true time, the process's two, and the server's.

use std::time::Duration;

use mde_offboard::domain::{BootId, BootTime, Now, Steady, Timestamp};

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
    /// Which start of the computer this is, and when it was; none: it does not say.
    boot: Option<(u8, Steady)>,
}

impl Time {
    pub(super) fn new(skew_seconds: i64, tells_boot: bool) -> Self {
        let (now, origin) = (Steady::ORIGIN, Steady::ORIGIN);
        let boot = tells_boot.then_some((0, now));
        Self { now, origin, set: 0, skew: skew_seconds * 1_000_000, boot }
    }

    fn off_by(&self, micros: i64) -> Timestamp {
        let at = START.plus(self.now.since(Steady::ORIGIN));
        Timestamp::from_micros(at.as_micros() + micros)
    }

    /// What the process reads.
    pub(super) fn of_process(&self) -> Now {
        let steady = self.now.as_micros() - self.origin.as_micros();
        let boot = self.boot.map(|(number, started)| BootTime {
            boot: BootId::from_bytes([number; 16]),
            since: self.now.since(started),
        });
        Now { steady: Steady::from_micros(steady), wall: self.off_by(self.set), boot }
    }

    /// The true instant of one of the process's.
    pub(super) fn truly(&self, at: Steady) -> Steady {
        if at == Steady::NEVER { at } else { at.plus(self.origin.since(Steady::ORIGIN)) }
    }

    pub(super) fn of_server(&self) -> Timestamp {
        self.off_by(self.skew)
    }

    /// A new process; on a computer that was started again, if so.
    pub(super) fn begin_life(&mut self, started_again: bool) {
        self.origin = self.now;
        if started_again && let Some((number, started)) = &mut self.boot {
            (*number, *started) = (number.wrapping_add(1), self.now);
        }
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
