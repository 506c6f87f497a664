//! How long N calls take under 100 a minute and 1,500 an hour, against the optimum T*(N), and how
//! many calls come too early.
//!
//! `cargo bench --bench makespan`, a second of virtual time's work. Beside the gate stand two
//! limiters of governor, as one would write it down: wait for the one, then for the other, then
//! send. "over" is the number of calls that see a full window at the server, whose clock is exact
//! and whose windows slide: call k is over where fewer than W lie between it and call k - n. It is
//! counted here, from the arrivals alone.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/traffic.rs"]
mod traffic;

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use mde_offboard::domain::{SplitMix, Window};
use mde_offboard::limiter::Guards;

use traffic::{Kill, SECOND, Sent, Traffic};

/// Machines, by rows of the table.
const ROWS: [usize; 8] = [100, 500, 1_000, 1_500, 3_000, 10_000, 50_000, 100_000];
const MOST: usize = 100_000;

/// Kills of a run in the row of kills, and how long each restart takes.
const KILLS: usize = 5;
const RESTART: i64 = 2 * SECOND;

/// Most that a kill may cost beside the restart: a call that nobody heard of may still arrive.
const MARGIN: i64 = 5 * SECOND;

const ROUND_TRIP_MOST: i64 = SECOND / 2;

fn main() {
    equals_the_optimum();
    let ideal = |guards| Traffic { guards, ..Traffic::IDEAL }.run(MOST, &[]);
    let real = Traffic { round_trip_most: ROUND_TRIP_MOST, workers: 8, ..Traffic::IDEAL };
    let columns = [
        ("guards 0", ideal(Guards::None)),
        ("gate", ideal(Guards::Default)),
        ("trips, 8 workers", real.run(MOST, &[])),
        ("governor", governor(Burst::Default)),
        ("governor, burst 1", governor(Burst::One)),
    ];
    println!("\nmakespan / T*(N), and calls over a window (in seconds where T* is 0)\n");
    print!("{:>8} {:>9}", "N", "T* s");
    for (name, _) in &columns {
        print!(" {name:>18} {:>6}", "over");
    }
    println!();
    for calls in ROWS {
        print!("{calls:>8} {:>9}", optimum(calls) / SECOND);
        for (_, sent) in &columns {
            print!(" {:>18} {:>6}", against_the_optimum(sent, calls), over(sent, calls));
        }
        println!();
    }
    kills(&real);
}

/// The optimum for call number `calls`: nothing can be sent earlier under both limits.
fn optimum(calls: usize) -> i64 {
    let before = i64::try_from(calls).expect("few") - 1;
    SECOND * (3_600 * (before / 1_500) + 60 * (before % 1_500 / 100))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of four digits")]
fn against_the_optimum(sent: &[Sent], calls: usize) -> String {
    let (at, best) = (sent[calls - 1].left_at, optimum(calls));
    if best == 0 {
        return format!("{:.1} s", at as f64 / SECOND as f64);
    }
    format!("{:.4}", at as f64 / best as f64)
}

/// Of the first `calls`, those that arrive while a window is full.
fn over(sent: &[Sent], calls: usize) -> usize {
    let mut arrivals: Vec<i64> = sent[..calls].iter().map(|call| call.arrived_at).collect();
    arrivals.sort_unstable();
    let early = |k: usize| {
        Window::DEFENDER.iter().any(|window| {
            let (n, length) = (window.limit() as usize, window.duration().as_micros());
            k >= n && i128::from(arrivals[k] - arrivals[k - n]) < length.cast_signed()
        })
    };
    (0..arrivals.len()).filter(|k| early(*k)).count()
}

/// Without guards and latency every call goes at the optimum, not only the last.
fn equals_the_optimum() {
    const CALLS: usize = 1_000_000;
    let sent = Traffic { guards: Guards::None, ..Traffic::IDEAL }.run(CALLS, &[]);
    let late = (1..=CALLS).filter(|call| sent[call - 1].left_at != optimum(*call)).count();
    println!("guards 0, latency 0: of N = 1 ... 1,000,000, {late} differ from T*(N)");
}

/// The row of kills: at random calls, with requests in flight, and a restart each time.
fn kills(traffic: &Traffic) {
    println!("\n{KILLS} times killed at random calls, each time started again after 2 s\n");
    println!("{:>8} {:>10} {:>10} {:>18} {:>6}", "N", "took s", "allowed s", "/ T*(N)", "over");
    for calls in ROWS {
        let mut dice = SplitMix::new(calls as u64);
        let mut after = || usize::try_from(dice.number() % calls as u64).expect("below a usize");
        let kills: Vec<Kill> =
            (0..KILLS).map(|_| Kill { after: after(), restart: RESTART }).collect();
        let undisturbed = traffic.run(calls, &[])[calls - 1].left_at;
        let sent = traffic.run(calls, &kills);
        let allowed = undisturbed + i64::try_from(KILLS).expect("few") * (MARGIN + RESTART);
        println!(
            "{calls:>8} {:>10} {:>10} {:>18} {:>6}",
            sent[calls - 1].left_at / SECOND,
            allowed / SECOND,
            against_the_optimum(&sent, calls),
            over(&sent, calls),
        );
    }
}

#[derive(Clone, Copy)]
enum Burst {
    /// As many as the limit, as `Quota::per_minute` has it.
    Default,
    One,
}

type Bucket =
    RateLimiter<NotKeyed, InMemoryState, FakeRelativeClock, NoOpMiddleware<governor::nanos::Nanos>>;

/// Two limiters of governor on one clock; calls arrive when they leave.
fn governor(burst: Burst) -> Vec<Sent> {
    let [minute, hour] = Window::DEFENDER
        .map(|window| NonZeroU32::new(window.limit()).expect("a limit is not zero"));
    let quotas = [Quota::per_minute(minute), Quota::per_hour(hour)].map(|quota| match burst {
        Burst::Default => quota,
        Burst::One => quota.allow_burst(NonZeroU32::MIN),
    });
    let clock = FakeRelativeClock::default();
    let buckets = quotas.map(|quota| RateLimiter::direct_with_clock(quota, clock.clone()));
    let send = |_| {
        for bucket in &buckets {
            until_ready(bucket, &clock);
        }
        let now = Duration::from(clock.now()).as_micros();
        let now = i64::try_from(now).expect("some days");
        Sent { left_at: now, arrived_at: now }
    };
    (0..MOST).map(send).collect()
}

/// What governor's own waiting call does, on a clock that is told.
fn until_ready(bucket: &Bucket, clock: &FakeRelativeClock) {
    while let Err(refusal) = bucket.check() {
        clock.advance(refusal.wait_time_from(clock.now()));
    }
}
