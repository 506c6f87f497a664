//! Following where nobody gave it any time.

use std::time::Duration;

use mde_offboard::domain::{End, Now, Steady, Trouble};
use mde_offboard::engine::{Answered, Arrival, Assignment, RunOptions, Session, Task};

use super::follows::pending;
use crate::support::script::{Story, detail, list, no_list};
use crate::support::world::{START, assignment};

/// Tracks without a time for it: how many lists were asked for, and how it ended. The first one can
/// be read; every other one takes half a minute to fail.
fn tracked_in_vain(fail: impl Fn() -> Answered) -> (u32, End) {
    let Story { mut journal, batch, .. } = pending();
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    let assignment = Assignment { task: Task::Track, ..assignment(batch, &options) };
    let at =
        |steady: Steady| Now { steady, wall: START.plus(steady.since(Steady::ORIGIN)), boot: None };
    let (mut now, mut lists, mut arrivals) = (Steady::ORIGIN, 0, Vec::new());
    let mut session = Session::open(&mut journal, &assignment, 10_000, at(now)).expect("opens");
    for _ in 0..100 {
        let turn = session.turn(at(now), std::mem::take(&mut arrivals)).expect("a turn");
        if let Some(conclusion) = turn.conclusion {
            return (lists, conclusion.end);
        }
        if turn.requests.is_empty() {
            now = turn.wakes_at.expect("it waits for something");
        }
        for request in turn.requests {
            lists += 1;
            let answered = if lists == 1 { list(Vec::new()) } else { fail() };
            if lists > 1 {
                now = now.plus(Duration::from_secs(30));
            }
            arrivals.push(Arrival { call: request.call, at: at(now), answered });
        }
    }
    panic!("no end after {lists} lists");
}

#[test]
fn without_a_time_for_following_a_list_is_tried_three_times_however_long_each_try_takes() {
    let fails = || no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable")));
    assert_eq!(tracked_in_vain(fails), (1 + 3, End::Pending));
}

#[test]
fn without_a_time_for_following_the_pause_of_a_429_is_not_waited_for() {
    let refused = || {
        let retry_after = Some(Duration::from_hours(1));
        no_list(Trouble::TooMany { retry_after, window: None, detail: detail(429, "429") })
    };
    assert_eq!(tracked_in_vain(refused), (1 + 1, End::Pending));
}
