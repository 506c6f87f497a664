//! The steady pace only adds waiting: one call in each gap, never two.

use std::time::Duration;

use mde_offboard::domain::Window;
use mde_offboard::limiter::{Admission, Gate, Guards, Pace, QuotaRefusal, Why};

use super::world::{Fate, SECOND, World, instant, options, window};

fn steady(limits: &[Window], guards: Guards) -> World {
    World::ideal(options(limits, guards, Pace::Steady))
}

/// All gaps between the sends of a run, shortest and longest, in microseconds.
fn gaps(world: &World, calls: usize) -> (i64, i64) {
    let sends = world.run(calls).sends;
    let gaps = sends.windows(2).map(|pair| pair[1] - pair[0]);
    (gaps.clone().min().unwrap(), gaps.max().unwrap())
}

#[test]
fn every_gap_is_the_largest_share_of_a_window() {
    assert_eq!(gaps(&steady(&Window::DEFENDER, Guards::None), 3_200), (2_400_000, 2_400_000));
    assert_eq!(gaps(&steady(&Window::DEFENDER, Guards::Default), 3_200), (2_402_000, 2_402_000));
}

#[test]
fn a_gap_of_no_whole_microsecond_is_rounded_up() {
    let (least, most) = gaps(&steady(&[window(7, 1_000_000)], Guards::None), 100);
    assert_eq!(least, 142_858);
    assert!(most <= 142_859, "{most}");
}

#[test]
fn round_trips_do_not_stretch_the_gaps_and_late_wakes_are_not_made_up_for() {
    let slow = Fate { there: 1_000_000, ..Fate::AT_ONCE };
    let world = World { fates: vec![slow], ..steady(&Window::DEFENDER, Guards::None) };
    assert_eq!(gaps(&world, 500), (2_400_000, 2_400_000));
    let fates = vec![Fate { late: 900_000, ..Fate::AT_ONCE }, Fate::AT_ONCE];
    let world = World { fates, ..steady(&Window::DEFENDER, Guards::None) };
    assert_eq!(gaps(&world, 500), (2_400_000, 3_300_000));
}

#[test]
fn idle_time_saves_up_nothing() {
    let mut gate = Gate::new(&options(&Window::DEFENDER, Guards::None, Pace::Steady));
    let now = instant(7_200 * SECOND);
    assert_eq!(gate.admit(now), Admission::Go);
    gate.sent(now);
    gate.receipt(now);
    let at = now.plus(Duration::from_millis(2_400));
    assert_eq!(gate.admit(now), Admission::NotBefore { at, why: Why::Pace });
}

#[test]
fn asking_takes_nothing_whatever_the_answer() {
    let mut gate = Gate::new(&options(&Window::DEFENDER, Guards::None, Pace::Steady));
    for _ in 0..10 {
        assert_eq!(gate.admit(instant(0)), Admission::Go);
    }
    gate.sent(instant(0));
    gate.receipt(instant(0));
    let refusal = Admission::NotBefore { at: instant(2_400_000), why: Why::Pace };
    for ask in 0..240 {
        assert_eq!(gate.admit(instant(ask * 10_000)), refusal);
    }
    assert_eq!(gate.admit(instant(2_400_000)), Admission::Go);
}

#[test]
fn the_ledger_is_asked_as_well() {
    let limit = window(10, 1_000_000);
    let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Steady));
    (0..10).for_each(|_| gate.restore(instant(-1)));
    let refusal = Admission::NotBefore { at: instant(999_999), why: Why::Window(limit) };
    assert_eq!(gate.admit(instant(0)), refusal);
}

#[test]
fn a_429_at_a_steady_pace_lets_no_call_go_ahead_of_its_gap_when_its_window_is_over() {
    let limit = window(10, 100_000_000);
    let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Steady));
    let second = |seconds: i64| instant(seconds * SECOND);
    let send = |gate: &mut Gate, at| {
        assert_eq!(gate.admit(second(at)), Admission::Go);
        gate.sent(second(at));
        gate.receipt(second(at));
    };
    send(&mut gate, 0);
    let retry_after = Some(Duration::from_secs(1));
    gate.too_many(second(0), QuotaRefusal { retry_after, window: None });
    send(&mut gate, 95);
    gate.answered_well();
    let refusal = Admission::NotBefore { at: second(105), why: Why::Pace };
    assert_eq!(gate.admit(second(100)), refusal);
}

#[test]
fn of_equal_instants_that_of_a_429_is_told_before_that_of_a_window_and_that_before_a_gap() {
    let limit = window(1, 1_000_000);
    let second = instant(SECOND);
    let refused = |answer: fn(&mut Gate)| {
        let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Steady));
        gate.sent(instant(0));
        gate.receipt(instant(0));
        answer(&mut gate);
        gate.admit(instant(0))
    };
    let why = Why::Window(limit);
    assert_eq!(refused(Gate::answered_well), Admission::NotBefore { at: second, why });
    let too_many = |gate: &mut Gate| {
        let retry_after = Some(Duration::from_secs(1));
        gate.too_many(instant(0), QuotaRefusal { retry_after, window: None });
    };
    assert_eq!(refused(too_many), Admission::NotBefore { at: second, why: Why::Freeze });
}
