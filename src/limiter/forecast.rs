//! When the last call will go: the gate itself run forward, so that it cannot drift from the run.
//!
//! Called by whoever tells people the end. Deliberately absent: a formula, the limit of calls at a
//! time, calls that fail.

use std::collections::VecDeque;
use std::time::Duration;

use super::gate::{Admission, Gate};
use crate::domain::Steady;

/// What is to be sent, for a forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// How many calls.
    pub calls: u64,
    /// Further calls that may become necessary.
    pub spare: u64,
    /// From a send to its answer.
    pub round_trip: Duration,
    /// Calls of another kind that spend the same budget, one in so much time.
    pub beside_every: Option<Duration>,
}

impl Load {
    /// Calls beyond those that are left which may become necessary: one, and one for each thousand.
    pub const fn spare_for(calls: u64) -> u64 {
        if calls == 0 { 0 } else { 1 + calls / 1_000 }
    }
}

/// When the last call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// If none of the spare ones is needed.
    pub last: Steady,
    /// If all of them are; told only where one of them has to wait for a longer window than the
    /// shortest one, since that is worth knowing.
    pub latest: Option<Steady>,
}

impl Gate {
    /// When the last of `calls` further calls goes out; none for no call.
    ///
    /// Every call, also one in flight now, is taken to be answered well: one that goes out later
    /// `round_trip` after its send, one in flight `round_trip` after `now`. There is no bound on
    /// calls in flight but the limits. Takes time in proportion to `calls`, about 30 ms for a
    /// million, and no memory beyond the limits.
    pub fn forecast(&self, now: Steady, calls: u64, round_trip: Duration) -> Option<Steady> {
        let load = Load { calls, round_trip, ..Load::default() };
        self.look_ahead(now, &load).map(|ahead| ahead.last)
    }

    /// The same for calls of which some may have to be made again, or that share their budget.
    pub fn look_ahead(&self, now: Steady, load: &Load) -> Option<Ahead> {
        let mut copy = Rehearsal::new(self, now, load);
        let mut last = None;
        for _ in 0..load.calls {
            last = Some(copy.send());
        }
        let last = last?;
        let step = self.shortest_span() * 2;
        let (mut latest, mut crosses) = (last, false);
        for _ in 0..load.spare {
            let next = copy.send();
            crosses |= next.since(latest) >= step;
            latest = next;
        }
        Some(Ahead { last, latest: crosses.then_some(latest) })
    }
}

/// A copy of the gate with a clock of its own and the answers that it will get.
struct Rehearsal {
    gate: Gate,
    now: Steady,
    round_trip: Duration,
    /// When the calls in flight are answered, in order of time.
    answers: VecDeque<Steady>,
    /// When the next call of another kind is due, and how far apart they are.
    beside: Option<(Steady, Duration)>,
}

impl Rehearsal {
    fn new(gate: &Gate, now: Steady, load: &Load) -> Self {
        let round_trip = load.round_trip;
        let answers = (0..gate.in_flight()).map(|_| now.plus(round_trip)).collect();
        let beside = load.beside_every.map(|every| (now, every));
        Self { gate: gate.copy(), now, round_trip, answers, beside }
    }

    /// Sends what is due of the other kind, and then one call; gives the instant.
    fn send(&mut self) -> Steady {
        loop {
            let at = self.pass();
            match &mut self.beside {
                // Never two of them at once, however long nothing could go.
                Some((due, every)) if *due <= at => *due = at.plus(*every),
                _ => return at,
            }
        }
    }

    /// Waits until the gate lets a call through, sends it, and gives the instant.
    fn pass(&mut self) -> Steady {
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
