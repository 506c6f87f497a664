//! Servers that refuse what our own count allows: others spend the same quota, or it is counted
//! otherwise. Few 429s, never a crowd of them, and all calls get through.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use mde_offboard::domain::Window;
use mde_offboard::limiter::{Admission, Gate, Guards, QuotaRefusal};

use super::world::{SECOND, defender, instant, micros};

const WORKERS: usize = 8;
const ROUND_TRIP: i64 = SECOND / 5;

/// How a server counts one limit, and what it says when it is full.
struct Server {
    limit: i64,
    length: i64,
    kind: Kind,
}

enum Kind {
    /// The calls of the last window, ours and those of others, one of which comes in each gap.
    Shared { gap: i64, recent: VecDeque<i64> },
    /// What is left of the aligned window before, in proportion, and this one's.
    Approximated { number: i64, previous: i64, current: i64 },
}

impl Server {
    /// None: taken. Else how long to wait.
    fn refuses(&mut self, at: i64) -> Option<i64> {
        let Self { limit, length, kind } = self;
        match kind {
            Kind::Shared { gap, recent } => {
                recent.retain(|earlier| at - earlier < *length);
                let others = if *gap == 0 { 0 } else { at.min(*length) / *gap };
                if i64::try_from(recent.len()).unwrap() + others >= *limit {
                    return Some(recent.front().map_or(*gap, |first| first + *length - at));
                }
                recent.push_back(at);
                None
            }
            Kind::Approximated { number, previous, current } => {
                let now = at.div_euclid(*length);
                if now != *number {
                    *previous = if now == *number + 1 { *current } else { 0 };
                    (*number, *current) = (now, 0);
                }
                let left = *length - at.rem_euclid(*length);
                if *previous * left / *length + *current >= *limit {
                    return Some(left);
                }
                *current += 1;
                None
            }
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    freezes: usize,
    sent_while_frozen: usize,
    last: i64,
}

/// Sends until this many calls were taken. `tells`: whether a 429 names a time to wait.
fn run(servers: &mut [Server], calls: usize, tells: bool) -> Tally {
    let mut gate: Gate = defender(Guards::Default);
    let (mut now, mut taken, mut frozen_until) = (0, 0, i64::MIN);
    let mut tally = Tally::default();
    // When each call in flight is answered, and how long it is told to wait; below zero: taken.
    let mut in_flight: BinaryHeap<Reverse<(i64, i64)>> = BinaryHeap::new();
    loop {
        while in_flight.peek().is_some_and(|Reverse((end, _))| *end <= now) {
            let Reverse((end, wait)) = in_flight.pop().unwrap();
            gate.receipt(instant(end));
            if wait < 0 {
                taken += 1;
                tally.last = end;
                gate.answered_well();
                continue;
            }
            let whole = u64::try_from(wait.div_euclid(SECOND) + 1).unwrap();
            let retry_after = tells.then(|| Duration::from_secs(whole));
            let pause = gate.too_many(instant(end), QuotaRefusal { retry_after, window: None });
            tally.refused += 1;
            tally.freezes += usize::from(frozen_until <= end);
            frozen_until = pause.until.as_micros();
        }
        if taken == calls {
            break;
        }
        let place = in_flight.len() < WORKERS && taken + in_flight.len() < calls;
        let next_end = in_flight.peek().map(|Reverse((end, _))| *end);
        match gate.admit(instant(now)) {
            Admission::Go if place => {
                tally.sent_while_frozen += usize::from(now < frozen_until);
                gate.sent(instant(now));
                let arrival = now + ROUND_TRIP / 2;
                let wait = servers.iter_mut().find_map(|server| server.refuses(arrival));
                in_flight.push(Reverse((now + ROUND_TRIP, wait.unwrap_or(-1))));
            }
            Admission::NotBefore { at, .. } if place => {
                now = next_end.map_or(at.as_micros(), |end| end.min(at.as_micros()));
            }
            _ => now = next_end.expect("something is in flight"),
        }
    }
    assert!(in_flight.is_empty(), "nothing is sent beyond what is asked for");
    tally
}

fn shared(window: &Window, gap: i64) -> Server {
    let kind = Kind::Shared { gap, recent: VecDeque::new() };
    Server { limit: window.limit().into(), length: micros(window.duration()), kind }
}

fn approximated(window: &Window) -> Server {
    let kind = Kind::Approximated { number: -1, previous: 0, current: 0 };
    Server { limit: window.limit().into(), length: micros(window.duration()), kind }
}

/// All calls get through, nothing is sent into a freeze, a freeze costs each worker one 429 at
/// most, and there are few freezes in all.
#[track_caller]
fn check(mut servers: Vec<Server>, tells: bool, freezes_max: usize, hours_max: i64) {
    let tally = run(&mut servers, 3_000, tells);
    assert_eq!(tally.sent_while_frozen, 0, "{tally:?}");
    assert!(tally.refused <= tally.freezes * WORKERS, "{tally:?}");
    assert!(tally.freezes <= freezes_max, "{tally:?}");
    assert!(tally.last <= hours_max * 3_600 * SECOND, "{tally:?}");
    assert!(tally.freezes > 0, "the server was strange: {tally:?}");
}

#[test]
fn somebody_who_takes_a_third_of_the_quota_costs_few_429s() {
    // 500 an hour are one in 7.2 s.
    let servers = || Window::DEFENDER.iter().map(|window| shared(window, 7_200_000)).collect();
    check(servers(), true, 60, 4);
    check(servers(), false, 60, 5);
}

#[test]
fn a_server_that_approximates_its_count_is_met_evenly() {
    let servers = || Window::DEFENDER.iter().map(approximated).collect();
    check(servers(), true, 60, 4);
    check(servers(), false, 60, 5);
}

#[test]
fn a_server_that_counts_exactly_never_refuses() {
    let mut servers: Vec<Server> =
        Window::DEFENDER.iter().map(|window| shared(window, 0)).collect();
    assert_eq!(run(&mut servers, 3_000, true).refused, 0);
}
