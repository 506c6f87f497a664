//! When the last call will go: the gate itself run forward, so that it cannot drift from the run.
//!
//! Once the gate stands as it stood some calls before, only later, what follows repeats itself: the
//! rounds that are left are added up, not run. That is no formula: which calls make a round, and
//! how long it takes, is what the gate did.
//!
//! Called by whoever tells people the end. Deliberately absent: a formula, the limit of calls at a
//! time, calls that fail.

use std::collections::VecDeque;
use std::time::Duration;

use super::gate::{Admission, Gate};
use super::schedule::{Door, Schedule};
use crate::domain::Steady;

/// What is to be sent, for a forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load<'h> {
    pub calls: u64,
    /// Further calls that may become necessary.
    pub spare: u64,
    /// From a send to its answer.
    pub round_trip: Duration,
    /// Calls of another kind that spend the same budget, one in so much time.
    pub beside_every: Option<Duration>,
    /// When calls may go at all; none: always.
    pub schedule: Option<Schedule<'h>>,
}

impl Load<'_> {
    /// Calls beyond those that are left which may become necessary: one, and one for each thousand.
    pub const fn spare_for(calls: u64) -> u64 {
        if calls == 0 { 0 } else { 1 + calls / 1_000 }
    }
}

/// When the last call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// If none of the spare ones is needed.
    pub last: Steady,
    /// If all of them are; told only where one of them has to wait for a longer window than the
    /// shortest one, since that is worth knowing.
    pub latest: Option<Steady>,
    /// Calls that do not go any more before the opening hours are over.
    pub unsent: u64,
    /// How many calls go in each of the first few stretches of opening hours; without such hours
    /// there is none.
    pub stretches: Vec<Stretch>,
}

/// Calls that go in one stretch of opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// When the first of them goes.
    pub first: Steady,
    pub calls: u64,
}

impl Gate {
    /// When the last of `calls` further calls goes out; none for no call.
    ///
    /// Every call, also one in flight now, is taken to be answered well: one that goes out later
    /// `round_trip` after its send, one in flight `round_trip` after `now`. There is no bound on
    /// calls in flight but the limits. Takes time in proportion to `calls` until the gate repeats
    /// itself (3,600 calls under Defender's limits), and none for the rest; no memory beyond the
    /// limits. An end beyond 70,000 years is told as one after 70,000 years.
    pub fn forecast(&self, now: Steady, calls: u64, round_trip: Duration) -> Option<Steady> {
        let load = Load { calls, round_trip, ..Load::default() };
        self.look_ahead(now, &load).map(|ahead| ahead.last)
    }

    /// The same for calls of which some may have to be made again, or that share their budget.
    ///
    /// None also where the opening hours let no call through any more.
    pub fn look_ahead(&self, now: Steady, load: &Load<'_>) -> Option<Ahead> {
        let mut copy = Rehearsal::new(self, now, load);
        let Sends { last, sent, .. } = copy.send_all(load.calls)?;
        let stretches = std::mem::take(&mut copy.stretches);
        let latest = copy.send_all(load.spare);
        let step = self.shortest_span() * 2;
        let latest = latest.filter(|spare| spare.widest >= step).map(|spare| spare.last);
        Some(Ahead { last, latest, unsent: load.calls - sent, stretches })
    }
}

/// What came of some calls in a row.
struct Sends {
    /// Fewer than asked for where the opening hours are over.
    sent: u64,
    last: Steady,
    /// The longest time between two of them; the one before the first counts as well.
    widest: Duration,
}

/// A copy of the gate with a clock of its own and the answers that it will get.
struct Rehearsal<'h> {
    gate: Gate,
    now: Steady,
    last: Option<Steady>,
    round_trip: Duration,
    /// When the calls in flight are answered, in order of time.
    answers: VecDeque<Steady>,
    /// When the next call of another kind is due, and how far apart they are.
    beside: Option<(Steady, Duration)>,
    schedule: Option<Schedule<'h>>,
    /// Until when nothing but the gate keeps a call back.
    open_until: Steady,
    /// Stretches of opening hours that have begun.
    openings: u32,
    /// The first few of them with their calls.
    stretches: Vec<Stretch>,
}

impl<'h> Rehearsal<'h> {
    /// Fewer calls are sent one by one sooner than a state is kept.
    const SEEKS_FROM: u64 = 256;

    /// Stretches of opening hours that are run through: ten years of nights.
    const OPENINGS_MAX: u32 = 3_660;
    /// Stretches that are told with their calls.
    const STRETCHES_MAX: usize = 8;

    fn new(gate: &Gate, now: Steady, load: &Load<'h>) -> Self {
        let round_trip = load.round_trip;
        let answers = (0..gate.in_flight()).map(|_| now.plus(round_trip)).collect();
        let beside = load.beside_every.map(|every| (now, every));
        let open_until = if load.schedule.is_none() { Steady::NEVER } else { now };
        Self {
            gate: gate.copy(),
            now,
            last: None,
            round_trip,
            answers,
            beside,
            schedule: load.schedule,
            open_until,
            openings: 0,
            stretches: Vec::new(),
        }
    }

    /// Sends this many calls; none for no call.
    ///
    /// The present state is compared with an earlier one, kept after 256, 512, 1,024 ... calls
    /// (Brent's way to find a cycle), so that few are kept and none of them is far back. What
    /// repeats itself does so until the hours close; each stretch of them is sought again.
    fn send_all(&mut self, calls: u64) -> Option<Sends> {
        let (mut done, mut widest) = (0, Duration::ZERO);
        let (mut earlier, mut seeks) = (None::<(u64, Self)>, true);
        let (mut in_stretch, mut openings) = (0_u64, self.openings);
        while done < calls {
            let before = self.last;
            let Some(at) = self.send() else { break };
            if self.openings != openings {
                (earlier, seeks) = (None, true);
                (in_stretch, openings) = (0, self.openings);
            }
            done += 1;
            in_stretch += 1;
            self.last = Some(at);
            self.tell(at, 1);
            widest = widest.max(before.map_or(Duration::ZERO, |before| at.since(before)));
            if !seeks {
                continue;
            }
            if let Some((then, state)) = &earlier
                && self.stands_as(state)
            {
                // Each gap of the rounds to come was one of this round, and is in `widest`.
                let (round, takes) = (done - then, self.now.since(state.now));
                let rounds = ((calls - done) / round).min(self.rounds_left(takes));
                self.go_ahead(times(takes, rounds));
                done += rounds * round;
                self.tell(at, rounds * round);
                (earlier, seeks) = (None, false);
            } else if in_stretch >= Self::SEEKS_FROM && in_stretch.is_power_of_two() {
                earlier = Some((done, self.copy()));
            }
        }
        let last = self.last.filter(|_| done > 0)?;
        Some(Sends { sent: done, last, widest })
    }

    /// Rounds that are over before the hours close.
    fn rounds_left(&self, takes: Duration) -> u64 {
        if self.open_until == Steady::NEVER {
            return u64::MAX;
        }
        let rounds = self.open_until.since(self.now).as_micros() / takes.as_micros().max(1);
        u64::try_from(rounds).unwrap_or(u64::MAX)
    }

    /// Counts calls in their stretch of opening hours.
    fn tell(&mut self, at: Steady, calls: u64) {
        let Some(index) = usize::try_from(self.openings).ok().and_then(|n| n.checked_sub(1)) else {
            return;
        };
        match self.stretches.get_mut(index) {
            Some(stretch) => stretch.calls += calls,
            None if index < Self::STRETCHES_MAX => {
                self.stretches.push(Stretch { first: at, calls });
            }
            None => {}
        }
    }

    /// Whether everything to come follows as it followed from `earlier`.
    fn stands_as(&self, earlier: &Self) -> bool {
        let due = |state: &Self| state.beside.map(|(due, _)| ahead(due, state.now));
        let offsets = |state: &Self| -> Vec<i64> {
            state.answers.iter().map(|at| ahead(*at, state.now)).collect()
        };
        due(self) == due(earlier)
            && self.answers.len() == earlier.answers.len()
            && self.gate.stands_as(self.now, &earlier.gate, earlier.now)
            && offsets(self) == offsets(earlier)
    }

    fn go_ahead(&mut self, by: Duration) {
        self.now = self.now.plus(by);
        self.last = self.last.map(|last| last.plus(by));
        self.gate.go_ahead(by);
        for answer in &mut self.answers {
            *answer = answer.plus(by);
        }
        if let Some((due, _)) = &mut self.beside {
            *due = due.plus(by);
        }
    }

    fn copy(&self) -> Self {
        let (gate, answers) = (self.gate.copy(), self.answers.clone());
        Self { gate, answers, stretches: Vec::new(), ..*self }
    }

    /// Sends what is due of the other kind, and then one call; gives the instant. None where the
    /// hours are over.
    fn send(&mut self) -> Option<Steady> {
        let at = self.pass()?;
        match &mut self.beside {
            // One of them at a time, however long nothing could go, and however often they are due:
            // else a budget that is smaller than what they want would have no end.
            Some((due, every)) if *due <= at => {
                *due = at.plus(*every);
                self.pass()
            }
            _ => Some(at),
        }
    }

    /// Waits until the hours have begun; false: they are over.
    fn opens(&mut self) -> bool {
        while self.now >= self.open_until {
            let Some(schedule) = &self.schedule else { return true };
            match schedule.at(self.now) {
                Door::OpenUntil(closes_at) if self.openings < Self::OPENINGS_MAX => {
                    self.openings += 1;
                    self.open_until = closes_at;
                }
                Door::ShutUntil(opens_at) => self.now = opens_at,
                Door::OpenUntil(_) | Door::Over => return false,
            }
        }
        true
    }

    /// Waits until the hours and the gate let a call through, sends it, and gives the instant.
    fn pass(&mut self) -> Option<Steady> {
        loop {
            if !self.opens() {
                return None;
            }
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
        Some(self.now)
    }

    /// Takes the answers that have come by now.
    fn hear(&mut self) {
        while let Some(at) = self.answers.pop_front_if(|at| *at <= self.now) {
            self.gate.receipt(at);
            self.gate.answered_well();
        }
    }
}

/// How far ahead of `now` an instant is, in microseconds; negative where it is past.
pub(super) const fn ahead(at: Steady, now: Steady) -> i64 {
    at.as_micros().saturating_sub(now.as_micros())
}

/// A duration, this many times, at most 73,000 years: a quarter of what a [`Steady`] can tell.
fn times(duration: Duration, rounds: u64) -> Duration {
    const MICROS_MAX: u64 = i64::MAX.unsigned_abs() / 4;
    let micros = duration.as_micros().saturating_mul(u128::from(rounds));
    Duration::from_micros(u64::try_from(micros).unwrap_or(MICROS_MAX).min(MICROS_MAX))
}
