//! What a run tells its screens of itself.

use std::time::Duration;

use mde_offboard::domain::{Now, State, Steady, Trouble, Window};
use mde_offboard::engine::{Arrival, Ask, RunOptions, Session};
use mde_offboard::simulator::TenantOptions;

use crate::support::script::{detail, trouble, unreachable};
use crate::support::world::{START, World, assignment, batch_of};

#[test]
fn machines_that_are_tried_again_are_told_apart_from_those_that_were_never_sent() {
    let limits = vec![Window::parse("4/1m").expect("a window")];
    let options = RunOptions { limits, ..RunOptions::default() };
    let (mut journal, batch) = batch_of(6, &options);
    let mut world = World::new(TenantOptions::default(), 6);
    let now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let assignment = assignment(batch, &options);
    let mut session = Session::open(&mut journal, &assignment, 10_000, now).unwrap();
    let (mut arrivals, mut failed) = (Vec::new(), 0);
    for _ in 0..10 {
        let turn = session.turn(now, std::mem::take(&mut arrivals)).unwrap();
        for request in turn.requests {
            let fails = matches!(request.ask, Ask::Submit { .. }) && failed < 2;
            let answered = if fails {
                failed += 1;
                trouble(unreachable())
            } else {
                world.answer(now.wall, &request.ask)
            };
            arrivals.push(Arrival { call: request.call, at: now, answered });
        }
    }
    let snapshot = session.tick(now).unwrap();
    assert_eq!((failed, snapshot.retrying), (2, 2));
    assert_eq!(snapshot.counts.of(State::Queued), 4, "{:?}", snapshot.counts);
    assert_eq!(snapshot.counts.of(State::Pending), 2, "{:?}", snapshot.counts);
}

#[test]
fn a_snapshot_counts_the_requests_that_have_no_answer_yet() {
    let options = RunOptions::default();
    let (mut journal, batch) = batch_of(3, &options);
    let mut world = World::new(TenantOptions::default(), 3);
    let now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let assignment = assignment(batch, &options);
    let mut session = Session::open(&mut journal, &assignment, 10_000, now).unwrap();
    let mut in_flight = Vec::new();
    let mut arrivals = Vec::new();
    for _ in 0..3 {
        let requests = session.turn(now, std::mem::take(&mut arrivals)).unwrap().requests;
        in_flight.push((requests.len(), session.tick(now).unwrap().in_flight));
        arrivals.extend(requests.into_iter().map(|request| {
            let answered = world.answer(now.wall, &request.ask);
            Arrival { call: request.call, at: now, answered }
        }));
    }
    assert_eq!(in_flight, [(1, 1), (3, 3), (0, 0)], "the list, the POSTs, and their answers");
}

#[test]
fn a_snapshot_counts_how_often_defender_asked_to_wait() {
    let options = RunOptions { concurrency: 1, ..RunOptions::default() };
    let (mut journal, batch) = batch_of(1, &options);
    let mut world = World::new(TenantOptions::default(), 1);
    let mut now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let mut session =
        Session::open(&mut journal, &assignment(batch, &options), 10_000, now).unwrap();
    let (mut arrivals, mut told) = (Vec::new(), Vec::new());
    while told.len() < 3 {
        let turn = session.turn(now, std::mem::take(&mut arrivals)).unwrap();
        for request in turn.requests {
            let answered = if matches!(request.ask, Ask::Submit { .. }) {
                told.push(session.tick(now).unwrap().rate_limited);
                let retry_after = Some(Duration::from_secs(20));
                let detail = detail(429, "TooManyRequests");
                trouble(Trouble::TooMany { retry_after, window: None, detail })
            } else {
                world.answer(now.wall, &request.ask)
            };
            arrivals.push(Arrival { call: request.call, at: now, answered });
        }
        if arrivals.is_empty() {
            let later = turn.wakes_at.unwrap().since(now.steady);
            now = Now { steady: now.steady.plus(later), wall: now.wall.plus(later), boot: None };
        }
    }
    assert_eq!(told, [0, 1, 2]);
}
