//! What 429s lead to: a time in which nothing is sent, and then one call at a time.
//!
//! Called by the gate alone. Deliberately absent: windows of our own (the caller says when its
//! ledger has room), and which call the 429 answered.

use std::time::Duration;

use crate::domain::Steady;

/// The pause that the server asked for, and the row of 429s without a time in them.
#[derive(Debug, Clone)]
pub(super) struct Pausing {
    /// Added to every time that the server names: the guard of the shortest window.
    guard: Duration,
    /// First pause when the server names no time: the shortest window.
    pause_first: Duration,
    /// Longest such pause: the longest window.
    pause_most: Duration,
    until: Steady,
    /// 429s in a row that named no time; above zero, calls go one at a time.
    streak: u32,
    /// Calls go one at a time after a 429 that nobody expected, with any time in it.
    careful: bool,
    /// Whether a call has gone out since the last 429 of that row. An answer that comes earlier
    /// belongs to a call that was in flight already: it proves nothing and doubles nothing.
    probed: bool,
}

impl Pausing {
    /// Longest time that a server may name, unless a window is longer: Defender's longest window,
    /// after which any quota has room again. More is a mistake (some say the largest number they
    /// have); after an hour one call finds out. A day would be kinder to a server that means it,
    /// but a clock that is set back between two processes would then cost that day.
    const NAMED_MAX: Duration = Duration::from_hours(1);

    pub(super) fn new(guard: Duration, pause_first: Duration, pause_most: Duration) -> Self {
        let until = Steady::from_micros(i64::MIN);
        Self { guard, pause_first, pause_most, until, streak: 0, careful: false, probed: false }
    }

    /// The freeze in which an earlier process left the group. It lasts from now no longer than one
    /// that begins now, even if the clock was set since.
    pub(super) fn restore(&mut self, until: Steady, streak: u32, now: Steady) {
        self.until = self.until.max(until.min(now.plus(self.named_most()).plus(self.guard)));
        self.streak = self.streak.max(streak);
        self.probed = false;
    }

    /// Until when nothing is sent.
    pub(super) fn until(&self) -> Steady {
        self.until
    }

    /// Whether only one call may be in flight.
    pub(super) fn is_probing(&self) -> bool {
        self.streak > 0 || self.careful
    }

    pub(super) fn sent(&mut self) {
        self.probed = true;
    }

    /// A 429 came at `at`; our own ledger has room at `room_at`. Gives the end of the freeze and
    /// the streak.
    pub(super) fn too_many(
        &mut self,
        at: Steady,
        retry_after: Option<Duration>,
        room_at: Steady,
    ) -> (Steady, u32) {
        let until = if let Some(retry_after) = retry_after {
            let most = self.named_most();
            self.careful |= retry_after > most;
            at.plus(retry_after.min(most)).plus(self.guard)
        } else {
            if self.streak == 0 || self.probed {
                self.streak = self.streak.saturating_add(1);
            }
            at.plus(self.pause()).max(room_at)
        };
        self.until = self.until.max(until);
        self.probed = false;
        (self.until, self.streak)
    }

    /// After this freeze calls go one at a time, until one is answered otherwise.
    pub(super) fn be_careful(&mut self) {
        self.careful = true;
    }

    /// An answer other than 429. That of the probe ends the row and the probing.
    pub(super) fn answered_well(&mut self) {
        if self.probed {
            self.streak = 0;
            self.careful = false;
        }
    }

    /// The longest pause that a server can ask for, in this process and of the one before.
    fn named_most(&self) -> Duration {
        self.pause_most.max(Self::NAMED_MAX)
    }

    /// Whether both lead to the same from now on, each at its own time.
    pub(super) fn stands_as(&self, now: Steady, other: &Self, then: Steady) -> bool {
        let left = |freeze: &Self, now: Steady| freeze.until.since(now);
        (self.streak, self.careful, self.probed) == (other.streak, other.careful, other.probed)
            && left(self, now) == left(other, then)
    }

    pub(super) fn go_ahead(&mut self, by: Duration) {
        self.until = self.until.plus(by);
    }

    /// The first pause, doubled for each further 429 in the row.
    fn pause(&self) -> Duration {
        let doublings = self.streak.saturating_sub(1);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.pause_first.saturating_mul(factor).min(self.pause_most)
    }
}
