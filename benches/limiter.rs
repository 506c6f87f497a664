//! What one decision of the limiter costs, beside governor's, and what a forecast costs.
//!
//! `cargo bench --bench limiter`, a few seconds. A gate asks both of Defender's limits and keeps
//! every call of the hour; governor's cell keeps one number for one limit. Whoever holds two limits
//! with governor asks twice.

use std::num::NonZeroU32;
use std::time::Duration;

use divan::{Bencher, black_box};
use governor::clock::FakeRelativeClock;
use governor::{Quota, RateLimiter};
use mde_offboard::domain::{Steady, Window};
use mde_offboard::limiter::{Admission, Gate, GateOptions, Guards, Pace};

const PER_MINUTE: NonZeroU32 = NonZeroU32::new(100).unwrap();

fn main() {
    divan::main();
}

fn empty() -> Gate {
    Gate::new(&GateOptions {
        limits: Window::DEFENDER.to_vec(),
        guards: Guards::Default,
        pace: Pace::Burst,
    })
}

/// A gate with this many calls in the hour before `at`, the last 100 of them in its last minute.
fn taken(calls: u32, at: Steady) -> Gate {
    let mut gate = empty();
    for call in 0..calls {
        let before = Duration::from_secs(u64::from(calls - call) / 2);
        gate.restore(Steady::from_micros(at.as_micros() - micros(before)));
    }
    gate
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).expect("short")
}

const NOON: Steady = Steady::from_micros(12 * 3_600_000_000);

/// The gate is asked and says not before when: what it does while a window is full.
#[divan::bench]
fn gate_refuses_a_call(bencher: Bencher) {
    let mut gate = taken(1_500, NOON);
    assert!(matches!(gate.admit(NOON), Admission::NotBefore { .. }));
    bencher.bench_local(|| black_box(gate.admit(black_box(NOON))));
}

/// The gate is asked and says go.
#[divan::bench]
fn gate_admits_a_call(bencher: Bencher) {
    let mut gate = taken(99, NOON);
    assert_eq!(gate.admit(NOON), Admission::Go);
    bencher.bench_local(|| black_box(gate.admit(black_box(NOON))));
}

/// A whole call: asked, sent, answered, with the hour nearly full, so that each call also lets an
/// old one go.
#[divan::bench]
fn gate_admits_sends_and_hears(bencher: Bencher) {
    // 1,500 in an hour and its guard of 3 s: no call has to wait, and the ledger stays full.
    const GAP: Duration = Duration::from_millis(3_603_000 / 1_500);
    let mut gate = empty();
    let mut now = NOON;
    bencher.bench_local(|| {
        assert_eq!(gate.admit(now), Admission::Go);
        gate.sent(now);
        gate.receipt(now);
        now = now.plus(GAP);
    });
}

/// Governor's direct check on a clock that stands still: a limit that is full.
#[divan::bench]
fn governor_refuses_a_cell(bencher: Bencher) {
    let quota = Quota::per_minute(PER_MINUTE);
    let limiter = RateLimiter::direct_with_clock(quota, FakeRelativeClock::default());
    while limiter.check().is_ok() {}
    bencher.bench_local(|| black_box(limiter.check()).is_err());
}

/// The same where it admits: the clock goes on by one cell a check.
#[divan::bench]
fn governor_admits_a_cell(bencher: Bencher) {
    let clock = FakeRelativeClock::default();
    let limiter = RateLimiter::direct_with_clock(Quota::per_minute(PER_MINUTE), clock.clone());
    bencher.bench_local(|| {
        clock.advance(Duration::from_millis(600));
        black_box(limiter.check()).expect("a cell a gap");
    });
}

/// The same with the clock that governor reads by itself, as programs use it.
#[divan::bench]
fn governor_refuses_a_cell_and_reads_its_clock(bencher: Bencher) {
    let limiter = RateLimiter::direct(Quota::per_hour(PER_MINUTE));
    while limiter.check().is_ok() {}
    bencher.bench_local(|| black_box(limiter.check()).is_err());
}

/// When the last of this many machines will be sent.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 20)]
fn gate_forecasts(bencher: Bencher, calls: u64) {
    let gate = empty();
    let round_trip = Duration::from_millis(300);
    bencher.bench_local(|| gate.forecast(black_box(NOON), calls, round_trip));
}
