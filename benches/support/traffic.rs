//! Calls through a gate in virtual time: workers, round trips, and processes that are killed.
//!
//! Deliberately absent: the counting of windows, which looks at arrivals alone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use mde_offboard::domain::{SplitMix, Steady, Window};
use mde_offboard::limiter::{Admission, Gate, GateOptions, Guards, Pace};

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// How calls go.
#[derive(Clone, Copy)]
pub(crate) struct Traffic {
    pub(crate) guards: Guards,
    /// A round trip takes 0 to this long, in microseconds, and a call arrives somewhere in it.
    pub(crate) round_trip_most: i64,
    pub(crate) workers: usize,
}

/// One call, in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) left_at: i64,
    pub(crate) arrived_at: i64,
}

/// The process dies once this many calls have left, and another one starts.
#[derive(Clone, Copy)]
pub(crate) struct Kill {
    pub(crate) after: usize,
    pub(crate) restart: i64,
}

impl Traffic {
    /// Answered at once; no bound but the limits.
    pub(crate) const IDEAL: Self =
        Self { guards: Guards::Default, round_trip_most: 0, workers: usize::MAX };

    /// Sends this many calls as early as the gate lets them.
    pub(crate) fn run(&self, calls: usize, kills: &[Kill]) -> Vec<Sent> {
        let mut process = Process::new(*self);
        let mut sent = Vec::with_capacity(calls);
        while sent.len() < calls {
            process.send(&mut sent);
            let number = sent.len();
            for kill in kills.iter().filter(|kill| kill.after == number) {
                process.kill(kill.restart, &mut sent);
            }
        }
        sent
    }

    fn gate(&self) -> Gate {
        let limits = Window::DEFENDER.to_vec();
        Gate::new(&GateOptions { limits, guards: self.guards, pace: Pace::Burst })
    }
}

struct Process {
    traffic: Traffic,
    gate: Gate,
    dice: SplitMix,
    now: i64,
    /// When calls in flight are answered, and which they are.
    in_flight: BinaryHeap<Reverse<(i64, usize)>>,
    /// Receipts that the journal has.
    receipts: Vec<i64>,
}

impl Process {
    fn new(traffic: Traffic) -> Self {
        let (gate, dice) = (traffic.gate(), SplitMix::new(1));
        Self { traffic, gate, dice, now: 0, in_flight: BinaryHeap::new(), receipts: Vec::new() }
    }

    fn send(&mut self, sent: &mut Vec<Sent>) {
        loop {
            self.hear();
            if self.in_flight.len() >= self.traffic.workers {
                self.now = self.next_answer();
                continue;
            }
            match self.gate.admit(Steady::from_micros(self.now)) {
                Admission::Go => break,
                Admission::NotBefore { at, .. } => self.now = at.as_micros(),
                _ => self.now = self.next_answer(),
            }
        }
        self.gate.sent(Steady::from_micros(self.now));
        let round_trip = self.up_to(self.traffic.round_trip_most);
        let arrived_at = self.now + self.up_to(round_trip);
        self.in_flight.push(Reverse((self.now + round_trip, sent.len())));
        sent.push(Sent { left_at: self.now, arrived_at });
    }

    fn up_to(&mut self, most: i64) -> i64 {
        let end = u64::try_from(most).expect("not negative") + 1;
        i64::try_from(self.dice.number() % end).expect("small")
    }

    fn next_answer(&self) -> i64 {
        let Reverse((at, _)) = self.in_flight.peek().expect("it waits for a call in flight");
        *at
    }

    fn hear(&mut self) {
        while let Some(Reverse((at, _))) = self.in_flight.peek().copied()
            && at <= self.now
        {
            self.in_flight.pop();
            self.gate.receipt(Steady::from_micros(at));
            self.receipts.push(at);
        }
    }

    /// What is left is what the journal has. A call in flight counts as answered a margin after the
    /// start: until then it may arrive at any instant.
    fn kill(&mut self, restart: i64, sent: &mut [Sent]) {
        self.now += restart;
        self.gate = self.traffic.gate();
        for receipt in &self.receipts {
            self.gate.restore(Steady::from_micros(*receipt));
        }
        let margin = i64::try_from(self.gate.margin().as_micros()).expect("seconds");
        for Reverse((_, number)) in std::mem::take(&mut self.in_flight) {
            let last = self.now + margin;
            sent[number].arrived_at = last - self.up_to(last - sent[number].left_at);
            self.receipts.push(last);
            self.gate.restore(Steady::from_micros(last));
        }
    }
}
