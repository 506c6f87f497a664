//! What a 429 leads to.

use std::time::Duration;

use mde_offboard::domain::{Steady, Window};
use mde_offboard::limiter::{Admission, Gate, GateOptions, Guards, Pace, QuotaRefusal, Why};

use super::world::{SECOND, defender, instant, left_frozen};

fn second(seconds: i64) -> Steady {
    instant(seconds * SECOND)
}

fn frozen(until: i64) -> Admission {
    Admission::NotBefore { at: second(until), why: Why::Freeze }
}

/// Sends at `at` what the gate must let through.
fn send(gate: &mut Gate, at: i64) {
    assert_eq!(gate.admit(second(at)), Admission::Go);
    gate.sent(second(at));
}

/// An answer of 429 at `at`: until which second nothing is sent, and the streak.
fn refuse(gate: &mut Gate, at: i64, retry_after: Option<u64>) -> (i64, u32) {
    gate.receipt(second(at));
    let retry_after = retry_after.map(Duration::from_secs);
    let pause = gate.too_many(second(at), QuotaRefusal { retry_after, window: None });
    (pause.until.as_micros() / SECOND, pause.streak)
}

fn answer(gate: &mut Gate, at: i64) {
    gate.receipt(second(at));
    gate.answered_well();
}

/// The minute is full once the one call that is under way counts: a 429 is no surprise.
fn full_but_for_one() -> Gate {
    let mut gate = defender(Guards::Default);
    for _ in 0..99 {
        send(&mut gate, 0);
        answer(&mut gate, 0);
    }
    send(&mut gate, 0);
    gate
}

#[test]
fn the_time_that_the_server_names_counts_from_the_receipt_plus_the_guard() {
    let mut gate = defender(Guards::Default);
    send(&mut gate, 0);
    assert_eq!(refuse(&mut gate, 2, Some(30)), (33, 0));
    assert_eq!(gate.admit(second(2)), frozen(33));
    assert_eq!(gate.admit(instant(33 * SECOND - 1)), frozen(33));
    assert_eq!(gate.admit(second(33)), Admission::Go);
}

#[test]
fn a_time_of_more_than_an_hour_is_kept_for_an_hour_and_by_the_next_process_too() {
    const HOUR: i64 = 3_600;
    for seconds in [3_601, 10_000_000_000, u64::MAX] {
        let mut gate = defender(Guards::Default);
        send(&mut gate, 0);
        assert_eq!(refuse(&mut gate, 0, Some(seconds)).0, HOUR + 1, "{seconds}");
        send(&mut gate, HOUR + 1);
        assert_eq!(gate.admit(second(HOUR + 1)), Admission::AwaitProbe, "one call finds out");
    }
    // The same with windows of a few seconds.
    for left in [1_801, HOUR, 30 * HOUR] {
        let limits = vec![Window::parse("5/10s").unwrap()];
        let options = GateOptions { limits, guards: Guards::None, pace: Pace::Burst };
        let mut gate = Gate::new(&options);
        left_frozen(&mut gate, second(left), 0);
        assert_eq!(gate.admit(second(0)), frozen(left.min(HOUR)), "{left}");
    }
}

#[test]
fn while_a_pause_lasts_a_refusal_names_its_end_also_with_a_call_in_flight() {
    let mut gate = defender(Guards::Default);
    (0..2).for_each(|_| send(&mut gate, 0));
    assert_eq!(refuse(&mut gate, 0, None), (60, 1));
    // The other call of the two may still be answered: that frees nothing before the end.
    assert_eq!(gate.admit(second(59)), frozen(60));
    assert_eq!(gate.admit(second(60)), Admission::AwaitProbe);
}

#[test]
fn a_time_of_zero_is_none() {
    let mut gate = defender(Guards::Default);
    send(&mut gate, 0);
    assert_eq!(refuse(&mut gate, 0, Some(0)), (60, 1));
    assert_eq!(gate.admit(second(59)), frozen(60));
}

#[test]
fn a_time_that_the_server_names_needs_no_probe_where_the_window_was_full() {
    let mut gate = full_but_for_one();
    refuse(&mut gate, 0, Some(1));
    send(&mut gate, 61);
    send(&mut gate, 61);
}

#[test]
fn a_second_429_extends_the_freeze_and_never_shortens_it() {
    let mut gate = defender(Guards::Default);
    (0..3).for_each(|_| send(&mut gate, 0));
    assert_eq!(refuse(&mut gate, 1, Some(100)), (102, 0));
    assert_eq!(refuse(&mut gate, 2, Some(5)), (102, 0));
    assert_eq!(refuse(&mut gate, 3, Some(120)), (124, 0));
}

#[test]
fn without_a_time_the_pause_doubles_from_the_shortest_window_to_the_longest() {
    let mut gate = defender(Guards::None);
    let mut now = 0;
    for (streak, pause) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, 960), (6, 1_920), (7, 3_600)]
    {
        send(&mut gate, now);
        assert_eq!(refuse(&mut gate, now, None), (now + pause, streak));
        assert_eq!(gate.admit(second(now)), frozen(now + pause));
        now += pause;
    }
    send(&mut gate, now);
    assert_eq!(refuse(&mut gate, now, None), (now + 3_600, 8));
}

#[test]
fn the_freeze_lasts_until_our_own_ledger_has_room() {
    let mut gate = defender(Guards::Default);
    for _ in 0..1_499 {
        gate.restore(second(-100));
    }
    send(&mut gate, 0);
    assert_eq!(refuse(&mut gate, 0, None), (3_503, 1));
}

#[test]
fn the_429s_of_calls_that_were_in_flight_belong_to_the_same_freeze() {
    let mut gate = defender(Guards::Default);
    (0..8).for_each(|_| send(&mut gate, 0));
    assert_eq!(refuse(&mut gate, 1, None), (61, 1));
    for at in 2..8 {
        assert_eq!(refuse(&mut gate, at, None), (at + 60, 1));
    }
}

#[test]
fn after_a_freeze_without_a_time_one_call_at_a_time_goes_out() {
    let mut gate = full_but_for_one();
    refuse(&mut gate, 0, None);
    send(&mut gate, 61);
    assert_eq!(gate.admit(second(61)), Admission::AwaitProbe);
    answer(&mut gate, 62);
    send(&mut gate, 62);
    send(&mut gate, 62);
    assert_eq!(refuse(&mut gate, 63, None), (123, 1), "the row was over");
}

#[test]
fn a_good_answer_to_a_call_from_before_the_429_proves_nothing() {
    let mut gate = defender(Guards::Default);
    (0..3).for_each(|_| send(&mut gate, 0));
    refuse(&mut gate, 1, None);
    answer(&mut gate, 2);
    assert_eq!(gate.admit(second(61)), Admission::AwaitProbe, "one is still in flight");
    answer(&mut gate, 61);
    send(&mut gate, 61);
    assert_eq!(gate.admit(second(61)), Admission::AwaitProbe);
    assert_eq!(refuse(&mut gate, 62, None), (182, 2));
}

#[test]
fn a_probe_without_an_answer_is_followed_by_another_one() {
    let mut gate = defender(Guards::Default);
    send(&mut gate, 0);
    refuse(&mut gate, 0, None);
    send(&mut gate, 60);
    gate.unanswered(second(90));
    send(&mut gate, 90);
    assert_eq!(gate.admit(second(90)), Admission::AwaitProbe);
}

#[test]
fn a_probe_that_is_told_a_time_is_followed_by_a_probe() {
    let mut gate = defender(Guards::Default);
    send(&mut gate, 0);
    refuse(&mut gate, 0, None);
    send(&mut gate, 60);
    assert_eq!(refuse(&mut gate, 60, Some(10)), (71, 1));
    send(&mut gate, 71);
    assert_eq!(gate.admit(second(71)), Admission::AwaitProbe);
}

#[test]
fn a_freeze_survives_a_restart_with_its_streak_and_its_probe() {
    let mut gate = defender(Guards::Default);
    left_frozen(&mut gate, second(50), 2);
    assert_eq!(gate.admit(second(0)), frozen(50));
    send(&mut gate, 50);
    assert_eq!(gate.admit(second(50)), Admission::AwaitProbe);
    assert_eq!(refuse(&mut gate, 51, None), (51 + 240, 3));
}

#[test]
fn a_window_that_is_full_for_longer_than_the_freeze_is_named_instead() {
    let mut gate = defender(Guards::Default);
    (0..100).for_each(|_| send(&mut gate, 0));
    for _ in 0..99 {
        answer(&mut gate, 1);
    }
    refuse(&mut gate, 1, Some(5));
    let refusal = gate.admit(second(1));
    let Admission::NotBefore { at, why: Why::Window(window) } = refusal else {
        panic!("{refusal:?}");
    };
    assert_eq!((at, window.limit()), (second(62), 100));
}

#[test]
fn a_time_that_no_window_explains_is_followed_by_one_call_at_a_time_also_where_it_was_full() {
    const HOUR: u64 = 3_600;
    let next = |retry_after| {
        let limits = vec![Window::parse("2/10s").unwrap()];
        let options = GateOptions { limits, guards: Guards::None, pace: Pace::Burst };
        let mut gate = Gate::new(&options);
        (0..2).for_each(|_| send(&mut gate, 0));
        answer(&mut gate, 0);
        let (until, _) = refuse(&mut gate, 0, Some(retry_after));
        send(&mut gate, until);
        gate.admit(second(until))
    };
    assert_eq!(next(HOUR), Admission::Go, "as long as Defender's longest window");
    for longer in [HOUR + 1, 2 * HOUR, u64::MAX] {
        assert_eq!(next(longer), Admission::AwaitProbe, "{longer}");
    }
}
