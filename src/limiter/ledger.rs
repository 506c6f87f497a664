//! The exact ledger: which slots of which limit are taken, and until when.
//!
//! Owns one number of calls in flight and, for each limit, the instants at which answered calls
//! give their slots back. Called by the gate alone. Deliberately absent: pace and 429s, the
//! identity of a call (an answer moves a call from "in flight" to "answered", whichever it was).

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::{Steady, Window};

/// Extra time for which a slot stays taken beyond the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guards {
    /// [`Window::guard`] of each limit: for servers and clocks that are not exact.
    #[default]
    Default,
    /// None: only for comparing with the optimum.
    None,
}

impl Guards {
    pub(super) fn of(self, window: &Window) -> Duration {
        match self {
            Self::Default => window.guard(),
            Self::None => Duration::ZERO,
        }
    }

    /// For how long after its receipt a call keeps its slot of one limit: W + G.
    pub(super) fn span(self, window: &Window) -> Duration {
        whole_micros(window.duration() + self.of(window))
    }
}

/// Rounded up to the resolution of [`Steady`], which would otherwise cut a wait short.
pub(super) fn whole_micros(duration: Duration) -> Duration {
    Duration::from_micros(u64::try_from(duration.as_nanos().div_ceil(1_000)).unwrap_or(u64::MAX))
}

/// Whether all limits have a free slot at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Now,
    /// All of them at this instant and not before; the limit is the one that is free last.
    NotBefore(Steady, Window),
    /// Every slot of this limit belongs to a call in flight.
    AllInFlight(Window),
}

/// The slots of all limits of one group.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    in_flight: u32,
    logs: Vec<Log>,
}

/// The answered calls of one limit that still hold a slot.
#[derive(Debug, Clone)]
struct Log {
    window: Window,
    span: Duration,
    /// When each slot is given back, in order of time; at most as many as the limit.
    releases: VecDeque<Steady>,
}

impl Ledger {
    pub(super) fn new(limits: &[Window], guards: Guards) -> Self {
        let log = |window: &Window| Log {
            window: *window,
            span: guards.span(window),
            releases: VecDeque::new(),
        };
        Self { in_flight: 0, logs: limits.iter().map(log).collect() }
    }

    /// Calls whose answer is not here.
    pub(super) fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// A call takes a slot of every limit.
    pub(super) fn sent(&mut self) {
        self.in_flight += 1;
    }

    /// A call in flight is answered: it keeps its slots for another window.
    pub(super) fn receipt(&mut self, at: Steady) {
        debug_assert!(self.in_flight > 0, "a receipt at {at:?} without a call in flight");
        self.in_flight = self.in_flight.saturating_sub(1);
        self.restore(at);
    }

    /// A call that was answered at `at`, maybe in an earlier process.
    pub(super) fn restore(&mut self, at: Steady) {
        for log in &mut self.logs {
            log.enter(at);
        }
    }

    /// How many more calls the limit of this index would let through at `now`.
    pub(super) fn missing(&mut self, index: usize, now: Steady) -> u32 {
        let in_flight = self.in_flight;
        let log = &mut self.logs[index];
        log.window.limit().saturating_sub(log.taken(now, in_flight))
    }

    /// Slots of one limit that somebody else takes until then.
    pub(super) fn fill(&mut self, index: usize, calls: u32, until: Steady) {
        let log = &mut self.logs[index];
        for _ in 0..calls.min(log.window.limit()) {
            log.hold(until);
        }
    }

    /// The limit that a full window of this length is about: the one whose length is nearest.
    pub(super) fn nearest(&self, length: Duration) -> usize {
        let distance = |log: &Log| log.window.duration().abs_diff(length);
        let indices = 0..self.logs.len();
        indices.min_by_key(|index| distance(&self.logs[*index])).expect("a gate has a limit")
    }

    /// The shortest limit that gives slots back only after so long; else the longest one.
    pub(super) fn waits_for(&self, wait: Duration) -> usize {
        let length = |index: &usize| self.logs[*index].window.duration();
        let indices = || 0..self.logs.len();
        let long_enough = indices().filter(|index| length(index) >= wait).min_by_key(length);
        long_enough.or_else(|| indices().max_by_key(length)).expect("a gate has a limit")
    }

    /// For how long an answered call keeps its slot of the shortest limit.
    pub(super) fn shortest_span(&self) -> Duration {
        self.logs.iter().map(|log| log.span).min().expect("a gate has a limit")
    }

    pub(super) fn window(&self, index: usize) -> Window {
        self.logs[index].window
    }

    /// Whether one more call may go at `now`; all limits are tested at the same instant.
    pub(super) fn room(&mut self, now: Steady) -> Room {
        let mut room = Room::Now;
        for log in &mut self.logs {
            room = match (room, log.room(now, self.in_flight)) {
                (_, Room::AllInFlight(window)) => return Room::AllInFlight(window),
                (Room::NotBefore(latest, _), Room::NotBefore(at, _)) if at <= latest => room,
                (_, Room::Now) => room,
                (_, later @ Room::NotBefore(..)) => later,
            };
        }
        room
    }

    /// Whether both give the same slots back from now on, each at its own time.
    pub(super) fn stands_as(&self, now: Steady, other: &Self, then: Steady) -> bool {
        let by = now.as_micros().saturating_sub(then.as_micros());
        let same = |(one, other): (&Log, &Log)| {
            let mut pairs = one.releases.iter().zip(&other.releases);
            one.releases.len() == other.releases.len()
                && pairs.all(|(one, other)| one.as_micros() == other.as_micros().saturating_add(by))
        };
        self.in_flight == other.in_flight && self.logs.iter().zip(&other.logs).all(same)
    }

    pub(super) fn go_ahead(&mut self, by: Duration) {
        for release in self.logs.iter_mut().flat_map(|log| &mut log.releases) {
            *release = release.plus(by);
        }
    }

    /// Slots taken at `now`, limit by limit.
    pub(super) fn usage(&mut self, now: Steady) -> Vec<(Window, u32)> {
        let in_flight = self.in_flight;
        self.logs.iter_mut().map(|log| (log.window, log.taken(now, in_flight))).collect()
    }
}

impl Log {
    /// Enters the receipt of a call in order of time. Receipts come in order, so this is an append,
    /// except after a call without an answer, whose receipt is set a little ahead, and at a
    /// restart.
    fn enter(&mut self, receipt: Steady) {
        self.hold(receipt.plus(self.span));
    }

    /// A slot is taken until `release`.
    fn hold(&mut self, release: Steady) {
        let after = self.releases.partition_point(|held| *held <= release);
        self.releases.insert(after, release);
        if self.releases.len() > self.window.limit() as usize {
            // With as many later ones, the earliest never decides: there is no room either way.
            self.releases.pop_front();
        }
    }

    /// Slots taken at `now`. At the very instant of its release a slot is free: windows are
    /// half-open.
    fn taken(&mut self, now: Steady, in_flight: u32) -> u32 {
        while self.releases.front().is_some_and(|release| *release <= now) {
            self.releases.pop_front();
        }
        let held = u32::try_from(self.releases.len()).expect("no longer than the limit");
        in_flight + held
    }

    fn room(&mut self, now: Steady, in_flight: u32) -> Room {
        let limit = self.window.limit();
        let taken = self.taken(now, in_flight);
        if taken < limit {
            return Room::Now;
        }
        // The slots above the limit and one more have to come back first.
        match self.releases.get((taken - limit) as usize) {
            Some(release) => Room::NotBefore(*release, self.window),
            None => Room::AllInFlight(self.window),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_by_the_limits_whatever_the_number_of_calls() {
        let mut ledger = Ledger::new(&Window::DEFENDER, Guards::Default);
        for second in 0..5_000 {
            // Faster than the limits allow, as the history of a run with higher limits would be.
            ledger.restore(Steady::from_micros(second * 100_000));
            for log in &ledger.logs {
                assert!(log.releases.len() <= log.window.limit() as usize);
                assert!(log.releases.iter().is_sorted());
            }
        }
    }

    #[test]
    fn a_span_is_never_rounded_down() {
        let odd = Window::new(1, Duration::from_nanos(1_000_001)).unwrap();
        assert_eq!(Guards::None.span(&odd), Duration::from_micros(1_001));
    }
}
