//! A world around a gate: calls that take their time, get lost or overtake each other, a sender
//! that wakes late, and processes that die. It tells when the calls arrived at the server.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use mde_offboard::domain::{Freeze, History, LimitGroup, Now, Placing, Steady, Timestamp, Window};
use mde_offboard::limiter::{Admission, Gate, GateOptions, Guards, Pace};
use proptest::prelude::*;

/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;

pub(super) fn instant(micros: i64) -> Steady {
    Steady::from_micros(micros)
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap()
}

pub(super) fn window(limit: u32, micros: u64) -> Window {
    Window::new(limit, Duration::from_micros(micros)).unwrap()
}

pub(super) fn options(limits: &[Window], guards: Guards, pace: Pace) -> GateOptions {
    GateOptions { limits: limits.to_vec(), guards, pace }
}

/// A gate with Defender's two limits that sends as early as it can.
pub(super) fn defender(guards: Guards) -> Gate {
    Gate::new(&options(&Window::DEFENDER, guards, Pace::Burst))
}

/// A freeze as an earlier process left it.
pub(super) fn left_frozen(gate: &mut Gate, until: Steady, streak: u32) {
    let now = Now { steady: instant(0), wall: Timestamp::from_micros(0), boot: None };
    let (group, until) = (LimitGroup::Posts, now.stamp_at(until));
    let freezes = vec![Freeze { group, until, streak }];
    let history = History { freezes, ..History::default() };
    gate.remember(&history, &[group], &Placing::at(now));
}

/// What becomes of one call; all times in microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fate {
    /// How late the sender wakes for it.
    pub(super) late: i64,
    /// From the send to the arrival; for a call without an answer, in thousandths of the time until
    /// it cannot arrive any more.
    pub(super) there: i64,
    /// From the arrival to the receipt; none: given up after the world's timeout.
    pub(super) back: Option<i64>,
    /// Whether a crash loses the receipt, which is committed lazily.
    pub(super) forgotten: bool,
}

impl Fate {
    /// Arrives and is answered at once.
    pub(super) const AT_ONCE: Self = Self { late: 0, there: 0, back: Some(0), forgotten: false };
}

/// The process dies once this many calls were sent, and another one starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crash {
    pub(super) after: usize,
    pub(super) downtime: i64,
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) options: GateOptions,
    /// The fates of the calls, over and over.
    pub(super) fates: Vec<Fate>,
    pub(super) crashes: Vec<Crash>,
    pub(super) timeout: i64,
    pub(super) concurrency: usize,
}

#[derive(Debug, Clone, Copy)]
struct Call {
    sent: i64,
    arrival: i64,
    receipt: Option<i64>,
    forgotten: bool,
}

/// What an observer of both ends has seen, in microseconds, in the order of the sends.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) sends: Vec<i64>,
    pub(super) arrivals: Vec<i64>,
}

impl World {
    /// Without latency, loss or crash.
    pub(super) fn ideal(options: GateOptions) -> Self {
        let (fates, crashes) = (vec![Fate::AT_ONCE], Vec::new());
        Self { options, fates, crashes, timeout: 0, concurrency: usize::MAX }
    }

    /// Sends this many calls as early as the gate lets them.
    pub(super) fn run(&self, calls: usize) -> Record {
        let mut run = Run {
            world: self,
            gate: Gate::new(&self.options),
            now: 0,
            calls: Vec::new(),
            pending: BinaryHeap::new(),
        };
        while run.calls.len() < calls {
            run.send();
            let sent = run.calls.len();
            for crash in self.crashes.iter().filter(|crash| crash.after == sent) {
                run.crash(crash.downtime);
            }
        }
        Record {
            sends: run.calls.iter().map(|call| call.sent).collect(),
            arrivals: run.calls.iter().map(|call| call.arrival).collect(),
        }
    }
}

struct Run<'a> {
    world: &'a World,
    gate: Gate,
    now: i64,
    calls: Vec<Call>,
    /// When calls in flight end, and which.
    pending: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Run<'_> {
    fn send(&mut self) {
        let number = self.calls.len();
        let fate = self.world.fates[number % self.world.fates.len()];
        loop {
            self.hear();
            if self.pending.len() >= self.world.concurrency {
                self.now = self.next_end();
                continue;
            }
            match self.gate.admit(instant(self.now)) {
                Admission::Go => break,
                Admission::NotBefore { at, .. } => {
                    assert!(at > instant(self.now), "refused until {at:?}, which is not later");
                    self.now = at.as_micros() + fate.late;
                }
                Admission::AwaitReceipt { .. } | Admission::AwaitProbe => {
                    self.now = self.next_end();
                }
            }
        }
        self.gate.sent(instant(self.now));
        let (arrival, end) = match fate.back {
            Some(back) => (self.now + fate.there, self.now + fate.there + back),
            None => {
                let last = self.world.timeout + micros(self.gate.margin());
                (self.now + last * fate.there.min(1_000) / 1_000, self.now + self.world.timeout)
            }
        };
        self.pending.push(Reverse((end, number)));
        let forgotten = fate.forgotten;
        self.calls.push(Call { sent: self.now, arrival, receipt: None, forgotten });
    }

    fn next_end(&self) -> i64 {
        let Reverse((end, _)) = self.pending.peek().expect("it waits for a call in flight");
        *end
    }

    /// Tells the gate of everything that ended by now, in order.
    fn hear(&mut self) {
        while let Some(Reverse((end, number))) = self.pending.peek().copied()
            && end <= self.now
        {
            self.pending.pop();
            let answered = self.world.fates[number % self.world.fates.len()].back.is_some();
            let receipt = if answered {
                self.gate.receipt(instant(end));
                end
            } else {
                self.gate.unanswered(instant(end));
                end + micros(self.gate.margin())
            };
            self.calls[number].receipt = Some(receipt);
        }
    }

    /// Nothing is left but what was sent, and the receipts that were committed.
    fn crash(&mut self, downtime: i64) {
        self.pending.clear();
        self.now += downtime;
        self.gate = Gate::new(&self.world.options);
        let last_arrival = self.now + micros(self.gate.margin());
        for call in &mut self.calls {
            match call.receipt {
                Some(receipt) if !call.forgotten => {
                    let age = self.now - receipt;
                    if age <= micros(self.gate.horizon()) {
                        self.gate.restore(instant(receipt));
                    }
                }
                Some(_) => self.gate.restore(instant(last_arrival)),
                None => {
                    call.arrival = call.arrival.min(last_arrival);
                    call.receipt = Some(last_arrival);
                    self.gate.restore(instant(last_arrival));
                }
            }
        }
    }
}

/// The most events in any half-open window of this length. Counted at every event, since a fullest
/// window can always be moved so that it begins with one.
pub(super) fn most_in_a_window(events: &[i64], length: i64) -> usize {
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    let count = |(index, first): (usize, &i64)| {
        sorted[index..].iter().take_while(|event| **event < first + length).count()
    };
    sorted.iter().enumerate().map(count).max().unwrap_or(0)
}

/// One to three small limits, windows from 1 to 300 ms.
pub(super) fn any_limits() -> impl Strategy<Value = Vec<Window>> {
    let one = (1..=6_u32, 1_000..=300_000_u64).prop_map(|(limit, length)| window(limit, length));
    prop::collection::vec(one, 1..=3)
}

pub(super) fn any_guards() -> impl Strategy<Value = Guards> {
    prop_oneof![Just(Guards::Default), Just(Guards::None)]
}

fn any_fate() -> impl Strategy<Value = Fate> {
    let late = prop_oneof![4 => Just(0), 1 => 0..=50_000_i64];
    let there = prop_oneof![2 => 0..=1_000_i64, 2 => 0..=400_000_i64];
    let back = prop_oneof![4 => (0..=200_000_i64).prop_map(Some), 1 => Just(None)];
    let forgotten = prop::bool::weighted(0.2);
    (late, there, back, forgotten).prop_map(|(late, there, back, forgotten)| Fate {
        late,
        there,
        back,
        forgotten,
    })
}

/// Any latencies, losses, late wakes and crashes under any small limits.
pub(super) fn any_world() -> impl Strategy<Value = World> {
    let pace = prop_oneof![3 => Just(Pace::Burst), 1 => Just(Pace::Steady)];
    let crash = (1..80_usize, 0..=100_000_i64);
    let crash = crash.prop_map(|(after, downtime)| Crash { after, downtime });
    (
        (any_limits(), any_guards(), pace),
        prop::collection::vec(any_fate(), 1..40),
        prop::collection::vec(crash, 0..4),
        0..=500_000_i64,
        prop_oneof![Just(usize::MAX), 1..=8_usize],
    )
        .prop_map(|((limits, guards, pace), fates, crashes, timeout, concurrency)| World {
            options: options(&limits, guards, pace),
            fates,
            crashes,
            timeout,
            concurrency,
        })
}
