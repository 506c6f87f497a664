//! When the last call will go: the gate itself run forward, so that it cannot drift from the run.
//!
//! Called by whoever tells people the end. Deliberately absent: a formula, the limit of calls at a
//! time, calls that fail.

use std::collections::VecDeque;
use std::time::Duration;

use super::gate::{Admission, Gate};
use crate::domain::Steady;

impl Gate {
    /// When the last of `calls` further calls goes out; none for no call.
    ///
    /// Every call, also one in flight now, is taken to be answered well: one that goes out later
    /// `round_trip` after its send, one in flight `round_trip` after `now`. There is no bound on
    /// calls in flight but the limits. Takes time in proportion to `calls`, about 30 ms for a
    /// million, and no memory beyond the limits.
    pub fn forecast(&self, now: Steady, calls: u64, round_trip: Duration) -> Option<Steady> {
        let mut ahead = Ahead::new(self, now, round_trip);
        let mut last = None;
        for _ in 0..calls {
            last = Some(ahead.send());
        }
        last
    }
}

/// A copy of the gate with a clock of its own and the answers that it will get.
struct Ahead {
    gate: Gate,
    now: Steady,
    round_trip: Duration,
    /// When the calls in flight are answered, in order of time.
    answers: VecDeque<Steady>,
}

impl Ahead {
    fn new(gate: &Gate, now: Steady, round_trip: Duration) -> Self {
        let answers = (0..gate.in_flight()).map(|_| now.plus(round_trip)).collect();
        Self { gate: gate.copy(), now, round_trip, answers }
    }

    /// Waits until the gate lets a call through, sends it, and gives the instant.
    fn send(&mut self) -> Steady {
        loop {
            self.hear();
            match self.gate.admit(self.now) {
                Admission::Go => break,
                Admission::NotBefore { at, .. } => {
                    debug_assert!(at > self.now, "refused until {at:?}, which is not later");
                    self.now = at;
                }
                Admission::AwaitReceipt { .. } | Admission::AwaitProbe => {
                    let answer = self.answers.front().expect("a call in flight will be answered");
                    self.now = *answer;
                }
            }
        }
        self.gate.sent(self.now);
        self.answers.push_back(self.now.plus(self.round_trip));
        self.now
    }

    /// Takes the answers that have come by now.
    fn hear(&mut self) {
        while let Some(at) = self.answers.pop_front_if(|at| *at <= self.now) {
            self.gate.receipt(at);
            self.gate.answered_well();
        }
    }
}
