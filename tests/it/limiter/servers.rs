//! Servers that count in different ways: none of them ever has a reason for a 429.

use std::collections::VecDeque;

use mde_offboard::domain::Window;
use mde_offboard::limiter::{Guards, Pace};
use proptest::prelude::*;

use super::world::{Fate, SECOND, World, any_world, micros, most_in_a_window, options};

/// How a server counts one limit. Arrivals come in order.
enum Server {
    /// Windows of a clock that is ahead by a phase.
    Aligned { phase: i64, current: i64, count: i64 },
    /// A window begins with the first call after the last one ended.
    Anchored { began: Option<i64>, count: i64 },
    /// Exactly the calls of the last window.
    Sliding { recent: VecDeque<i64> },
    /// Starts full and refills evenly. Levels are in calls times window, so that they are exact.
    Bucket { level: i64, filled_at: i64 },
}

impl Server {
    fn all(limit: i64, length: i64) -> Vec<Self> {
        let aligned = |eighth| Self::Aligned { phase: length * eighth / 8, current: -1, count: 0 };
        let mut servers: Vec<Self> = (0..8).map(aligned).collect();
        servers.push(Self::Anchored { began: None, count: 0 });
        servers.push(Self::Sliding { recent: VecDeque::new() });
        servers.push(Self::Bucket { level: limit * length, filled_at: 0 });
        servers
    }

    /// Whether it takes a call, or answers 429.
    fn takes(&mut self, at: i64, limit: i64, length: i64) -> bool {
        match self {
            Self::Aligned { phase, current, count } => {
                let number = (at + *phase).div_euclid(length);
                if number != *current {
                    (*current, *count) = (number, 0);
                }
                *count += 1;
                *count <= limit
            }
            Self::Anchored { began, count } => {
                if began.is_none_or(|began| at - began >= length) {
                    (*began, *count) = (Some(at), 0);
                }
                *count += 1;
                *count <= limit
            }
            Self::Sliding { recent } => {
                recent.retain(|earlier| at - earlier < length);
                recent.push_back(at);
                i64::try_from(recent.len()).unwrap() <= limit
            }
            Self::Bucket { level, filled_at } => {
                *level = (limit * length).min(*level + (at - *filled_at) * limit) - length;
                *filled_at = at;
                *level >= 0
            }
        }
    }
}

fn check(world: &World, calls: usize) -> Result<(), TestCaseError> {
    let mut arrivals = world.run(calls).arrivals;
    arrivals.sort_unstable();
    for window in &world.options.limits {
        let (limit, length) = (i64::from(window.limit()), micros(window.duration()));
        for (number, server) in Server::all(limit, length).iter_mut().enumerate() {
            for at in &arrivals {
                let taken = server.takes(*at, limit, length);
                prop_assert!(taken, "server {number} with {window} answers 429 at {at}");
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_kind_of_server_ever_answers_429(world in any_world()) {
        check(&world, 100)?;
    }
}

#[test]
fn defender_with_slow_and_overtaking_calls_never_answers_429() {
    let fate = |number: i64| Fate {
        there: number * 7_919 % 2_000_000,
        back: Some(number * 104_729 % 1_500_000),
        ..Fate::AT_ONCE
    };
    let options = options(&Window::DEFENDER, Guards::None, Pace::Burst);
    let fates = (0..97).map(fate).collect();
    let world = World { fates, concurrency: 8, ..World::ideal(options) };
    check(&world, 3_200).unwrap();
}

/// The most calls that a server counts which cuts times to whole seconds and includes both ends of
/// its window of `seconds`.
fn most_in_whole_seconds(guards: Guards, seconds: i64) -> usize {
    let late = Fate { there: 999_999, ..Fate::AT_ONCE };
    let fates = vec![late, Fate::AT_ONCE, Fate::AT_ONCE];
    let options = options(&Window::DEFENDER, guards, Pace::Burst);
    let record = World { fates, ..World::ideal(options) }.run(3_100);
    let cut: Vec<i64> = record.arrivals.iter().map(|at| at / SECOND).collect();
    most_in_a_window(&cut, seconds + 1)
}

#[test]
fn the_guards_cover_a_server_that_cuts_to_seconds_and_includes_both_ends() {
    assert_eq!(most_in_whole_seconds(Guards::Default, 60), 100);
    assert_eq!(most_in_whole_seconds(Guards::Default, 3_600), 1_500);
    assert!(most_in_whole_seconds(Guards::None, 60) > 100, "the guard is what covers it");
    assert!(most_in_whole_seconds(Guards::None, 3_600) > 1_500, "the guard is what covers it");
}
