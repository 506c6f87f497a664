//! The forecast says what the run will do.

use std::time::Duration;

use mde_offboard::domain::{Steady, Window};
use mde_offboard::limiter::{Admission, Ahead, Gate, GateOptions, Guards, Load, Pace};
use proptest::prelude::*;

use super::world::{
    Fate, SECOND, World, any_guards, any_limits, defender, instant, left_frozen, options, window,
};

fn seconds(at: Option<Steady>) -> i64 {
    let at = at.expect("a call has an instant").as_micros();
    assert_eq!(at % SECOND, 0, "{at} is no whole second");
    at / SECOND
}

/// Machines, seconds without guards, seconds with them.
const TABLE: [(u64, i64, i64); 13] = [
    (1, 0, 0),
    (100, 0, 0),
    (101, 60, 61),
    (500, 240, 244),
    (1_000, 540, 549),
    (1_500, 840, 854),
    (1_501, 3_600, 3_603),
    (3_000, 4_440, 4_457),
    (5_000, 11_040, 11_053),
    (10_000, 22_140, 22_167),
    (50_000, 119_040, 119_143),
    (100_000, 238_140, 238_347),
    (1_000_000, 2_398_140, 2_400_147),
];

#[test]
fn the_forecast_of_an_unused_gate_is_the_published_table() {
    for (calls, without, with) in TABLE {
        let forecast =
            |guards| seconds(defender(guards).forecast(instant(0), calls, Duration::ZERO));
        assert_eq!((forecast(Guards::None), forecast(Guards::Default)), (without, with), "{calls}");
    }
}

#[test]
fn one_call_and_one_of_each_thousand_may_become_necessary_once_more() {
    let spare = [0, 1, 999, 1_000, 10_500].map(Load::spare_for);
    assert_eq!(spare, [0, 1, 1, 2, 11]);
}

#[test]
fn a_thousand_million_machines_are_forecast_at_once_and_exactly() {
    let end = seconds(defender(Guards::Default).forecast(instant(0), 1_000_000_000, ROUND_TRIP));
    assert_eq!(end, 3_603 * 666_666 + 61 * 9, "whole hours, and nine of their minutes");
    let steady = Gate::new(&options(&Window::DEFENDER, Guards::None, Pace::Steady));
    let end = steady.forecast(instant(0), 1_000_000_001, ROUND_TRIP).unwrap();
    assert_eq!(end, instant(2_400_000 * 1_000_000_000));
    let slow = Gate::new(&options(&[window(1, 2_678_400_000_000)], Guards::None, Pace::Burst));
    let end = slow.forecast(instant(0), 1_000_000_000, ROUND_TRIP).unwrap();
    assert!(
        end > instant(60_000 * 365 * 86_400 * SECOND),
        "the bound of what can be told: {end:?}"
    );
}

const ROUND_TRIP: Duration = Duration::ZERO;

/// The gate run forward call by call: what [`Gate::look_ahead`] has to come to.
fn step_by_step(mut gate: Gate, load: &Load<'_>, step: Duration) -> Option<Ahead> {
    let (mut now, mut answers) = (instant(0), std::collections::VecDeque::new());
    let mut due = load.beside_every.map(|_| now);
    let mut send = |now: &mut Steady, beside: &mut u32| loop {
        while answers.front().is_some_and(|at| *at <= *now) {
            gate.receipt(answers.pop_front().unwrap());
            gate.answered_well();
        }
        match gate.admit(*now) {
            Admission::Go => {}
            Admission::NotBefore { at, .. } => {
                *now = at;
                continue;
            }
            _ => {
                *now = *answers.front().unwrap();
                continue;
            }
        }
        gate.sent(*now);
        answers.push_back(now.plus(load.round_trip));
        match &mut due {
            Some(due) if *due <= *now && *beside == 0 => {
                *due = now.plus(load.beside_every.unwrap());
                *beside += 1;
            }
            _ => return *now,
        }
    };
    let last = (0..load.calls).map(|_| send(&mut now, &mut 0)).last()?;
    let (mut before, mut crosses) = (last, false);
    for _ in 0..load.spare {
        let at = send(&mut now, &mut 0);
        crosses |= at.since(before) >= step;
        before = at;
    }
    let latest = crosses.then_some(before);
    Some(Ahead { last, latest, unsent: 0, stretches: Vec::new() })
}

#[test]
fn ten_thousand_machines_take_six_hours_and_nine_minutes_from_now() {
    let now = instant(77 * SECOND);
    let end = defender(Guards::Default).forecast(now, 10_000, Duration::ZERO);
    assert_eq!(seconds(end) - 77, 22_167);
}

#[test]
fn other_calls_that_want_the_whole_budget_leave_the_forecast_an_end() {
    let gate = Gate::new(&options(&[window(1, 1_000_000)], Guards::None, Pace::Burst));
    let beside_every = Some(Duration::from_millis(500));
    let load = Load { calls: 3, beside_every, ..Load::default() };
    assert_eq!(seconds(gate.look_ahead(instant(0), &load).map(|ahead| ahead.last)), 5);
}

#[test]
fn no_calls_have_no_end() {
    assert_eq!(defender(Guards::Default).forecast(instant(0), 0, Duration::ZERO), None);
}

#[test]
fn history_moves_the_end() {
    let mut gate = defender(Guards::Default);
    (0..100).for_each(|_| gate.restore(instant(-20 * SECOND)));
    assert_eq!(seconds(gate.forecast(instant(0), 100, Duration::ZERO)), 41);
}

#[test]
fn a_freeze_and_its_probe_move_the_end() {
    let mut gate = defender(Guards::Default);
    left_frozen(&mut gate, instant(30 * SECOND), 1);
    let round_trip = Duration::from_secs(2);
    assert_eq!(seconds(gate.forecast(instant(0), 1, round_trip)), 30);
    assert_eq!(seconds(gate.forecast(instant(0), 2, round_trip)), 32);
    assert_eq!(seconds(gate.forecast(instant(0), 100, round_trip)), 32);
}

#[test]
fn the_pace_moves_the_end() {
    let mut gate = Gate::new(&options(&Window::DEFENDER, Guards::None, Pace::Steady));
    assert_eq!(seconds(gate.forecast(instant(0), 11, Duration::ZERO)), 24);
    gate.sent(instant(0));
    gate.receipt(instant(0));
    assert_eq!(seconds(gate.forecast(instant(0), 10, Duration::ZERO)), 24);
}

#[test]
fn calls_in_flight_are_taken_to_be_answered_a_round_trip_from_now() {
    let limit = window(2, 60_000_000);
    let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Burst));
    gate.sent(instant(0));
    gate.sent(instant(0));
    let now = instant(10 * SECOND);
    assert_eq!(seconds(gate.forecast(now, 1, Duration::from_secs(3))), 73);
}

#[test]
fn forecasting_changes_nothing() {
    let mut gate = defender(Guards::Default);
    gate.forecast(instant(0), 2_000, Duration::from_secs(1));
    assert!(gate.usage(instant(0)).iter().all(|(_, used)| *used == 0));
    assert_eq!(seconds(gate.forecast(instant(0), 100, Duration::ZERO)), 0);
}

/// How many spare calls there are, and after how many seconds the last one goes with them.
fn latest(calls: u64, spare: u64) -> Option<i64> {
    let load = Load { calls, spare, ..Load::default() };
    let ahead = defender(Guards::Default).look_ahead(instant(0), &load).expect("calls");
    ahead.latest.map(|at| seconds(Some(at)))
}

#[test]
fn a_later_end_is_told_where_a_spare_call_waits_for_the_hour_and_not_for_the_minute() {
    assert_eq!(latest(1_499, 1), None);
    assert_eq!(latest(1_500, 1), Some(3_603));
    assert_eq!(latest(1_490, 20), Some(3_603));
    assert_eq!(latest(1_000, 300), None, "three minutes more");
    assert_eq!(latest(1_500, 0), None);
}

#[test]
fn calls_of_another_kind_take_their_slots_in_between() {
    let limit = window(4, 60_000_000);
    let gate = Gate::new(&options(&[limit], Guards::None, Pace::Burst));
    let last = |beside_every| {
        let load = Load { calls: 8, beside_every, ..Load::default() };
        seconds(gate.look_ahead(instant(0), &load).map(|ahead| ahead.last))
    };
    assert_eq!(last(None), 60);
    assert_eq!(last(Some(Duration::from_secs(30))), 120, "three and one in each minute");
}

proptest! {
    #[test]
    fn the_run_ends_when_the_forecast_said(
        limits in any_limits(),
        guards in any_guards(),
        pace in prop_oneof![Just(Pace::Burst), Just(Pace::Steady)],
        round_trip in 0..200_000_u32,
        calls in 1..150_usize,
    ) {
        let options = options(&limits, guards, pace);
        let whole = Duration::from_micros(round_trip.into());
        let said = Gate::new(&options).forecast(instant(0), calls as u64, whole);
        let fates = vec![Fate { there: round_trip.into(), ..Fate::AT_ONCE }];
        let sends = World { fates, ..World::ideal(options) }.run(calls).sends;
        prop_assert_eq!(said, sends.last().map(|at| instant(*at)));
    }

    #[test]
    fn adding_up_rounds_is_the_gate_run_forward(
        limits in any_limits(),
        guards in any_guards(),
        pace in prop_oneof![Just(Pace::Burst), Just(Pace::Steady)],
        round_trip in prop_oneof![Just(0), 0..200_000_u64],
        beside in prop_oneof![Just(None), (400_000..900_000_u64).prop_map(Some)],
        before in proptest::collection::vec(-400_000..0_i64, 0..12),
        frozen in prop_oneof![Just(None), (1..300_000_i64, 0..3_u32).prop_map(Some)],
        calls in 0..1_500_u64,
        spare in 0..300_u64,
    ) {
        let options = options(&limits, guards, pace);
        let load = Load {
            calls,
            spare,
            round_trip: Duration::from_micros(round_trip),
            beside_every: beside.map(Duration::from_micros),
            schedule: None,
        };
        let made = || {
            let mut gate = Gate::new(&options);
            before.iter().for_each(|at| gate.restore(instant(*at)));
            if let Some((until, streak)) = frozen {
                left_frozen(&mut gate, instant(until), streak);
            }
            gate
        };
        let said = made().look_ahead(instant(0), &load);
        prop_assert_eq!(said, step_by_step(made(), &load, shortest_span(&options) * 2));
    }
}

fn shortest_span(options: &GateOptions) -> Duration {
    let span = |window: &Window| {
        let guard = if options.guards == Guards::None { Duration::ZERO } else { window.guard() };
        let nanos = (window.duration() + guard).as_nanos().div_ceil(1_000);
        Duration::from_micros(u64::try_from(nanos).unwrap())
    };
    options.limits.iter().map(span).min().unwrap()
}
