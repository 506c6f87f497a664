//! 429s that our own count explains, and those that it does not.

use std::time::Duration;

use mde_offboard::domain::{
    BootId, BootTime, Call, CallId, History, LimitGroup, Now, Phantoms, Placing, Stamp, Steady,
    Timestamp, Window,
};
use mde_offboard::limiter::{Admission, Filled, Gate, Guards, Pace, Pause, QuotaRefusal, Why};

use super::world::{SECOND, defender, instant, left_frozen, options};

const MINUTE: Window = Window::DEFENDER[0];
const HOUR: Window = Window::DEFENDER[1];

fn second(seconds: i64) -> Steady {
    instant(seconds * SECOND)
}

/// A 429 that asks to wait for this many seconds.
const fn after(seconds: u64) -> QuotaRefusal {
    QuotaRefusal { retry_after: Some(Duration::from_secs(seconds)), window: None }
}

/// So many calls at `at`, answered at once.
fn answered(gate: &mut Gate, calls: u32, at: i64) {
    for _ in 0..calls {
        assert_eq!(gate.admit(second(at)), Admission::Go);
        gate.sent(second(at));
        gate.receipt(second(at));
        gate.answered_well();
    }
}

/// A call that is answered 429 at once.
fn refused(gate: &mut Gate, at: i64, refusal: QuotaRefusal) -> Pause {
    assert_eq!(gate.admit(second(at)), Admission::Go);
    gate.sent(second(at));
    gate.receipt(second(at));
    gate.too_many(second(at), refusal)
}

fn used(gate: &mut Gate, at: i64) -> Vec<u32> {
    gate.usage(second(at)).into_iter().map(|(_, used)| used).collect()
}

/// After nine calls and one that is refused: which limit is filled up, by how many, until when.
#[track_caller]
fn check(refusal: QuotaRefusal, limit: Window, until: i64) {
    let mut gate = defender(Guards::Default);
    answered(&mut gate, 9, 0);
    let pause = refused(&mut gate, 0, refusal);
    let calls = limit.limit() - 10;
    assert_eq!(pause.filled, Some(Filled { window: limit, calls, until: second(until) }));
    let full = if limit == MINUTE { [100, 10] } else { [10, 1_500] };
    assert_eq!(used(&mut gate, 1), full);
}

#[test]
fn which_window_is_full_is_read_off_the_message_else_off_the_time_to_wait() {
    let of = |window: Window, refusal| QuotaRefusal { window: Some(window.duration()), ..refusal };
    let silent = QuotaRefusal::default();
    check(of(MINUTE, after(8)), MINUTE, 9);
    check(of(HOUR, after(8)), HOUR, 9);
    check(of(MINUTE, silent), MINUTE, 60);
    check(of(HOUR, silent), HOUR, 3_600);
    check(after(60), MINUTE, 61);
    check(after(61), HOUR, 62);
    check(after(86_400), HOUR, 3_601);
    check(silent, MINUTE, 60);
}

#[test]
fn a_429_that_our_own_count_explains_fills_nothing_and_keeps_the_shape() {
    let mut gate = defender(Guards::Default);
    answered(&mut gate, 99, 0);
    let pause = refused(&mut gate, 0, after(5));
    assert_eq!(pause.filled, None);
    answered(&mut gate, 3, 61);
}

#[test]
fn the_other_429s_of_a_freeze_fill_nothing_more() {
    let mut gate = defender(Guards::Default);
    (0..8).for_each(|_| gate.sent(second(0)));
    let refusal = after(30);
    let filled: Vec<bool> = (0..8)
        .map(|_| {
            gate.receipt(second(0));
            gate.too_many(second(0), refusal).filled.is_some()
        })
        .collect();
    assert_eq!(filled, [true, false, false, false, false, false, false, false]);
}

/// When the gate lets the next two calls through, after a call at `at`.
fn gap(gate: &mut Gate, at: i64) -> i64 {
    answered(gate, 1, at);
    match gate.admit(second(at)) {
        Admission::Go => 0,
        Admission::NotBefore { at: then, why: Why::Pace } => then.as_micros() - at * SECOND,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_429_that_is_not_explained_takes_a_coarser_shape_until_an_hour_was_clean() {
    let mut gate = defender(Guards::Default);
    let refusal = QuotaRefusal { window: Some(MINUTE.duration()), ..after(10) };
    assert_eq!(gap(&mut gate, 0), 0, "as early as the windows allow");
    refused(&mut gate, 0, refusal);
    assert_eq!(gap(&mut gate, 100), 610_000, "evenly within the minute");
    refused(&mut gate, 200, refusal);
    assert_eq!(gap(&mut gate, 300), 2_402_000, "evenly within the hour");
    refused(&mut gate, 400, refusal);
    assert_eq!(gap(&mut gate, 500), 2_402_000, "there is no coarser one");
    assert_eq!(gap(&mut gate, 3_990), 2_402_000);
    assert_eq!(gap(&mut gate, 4_001), 0, "an hour after the last 429");
}

#[test]
fn a_gap_never_lasts_beyond_the_return_to_the_configured_shape() {
    let mut gate = defender(Guards::Default);
    refused(&mut gate, 0, after(1));
    answered(&mut gate, 1, 10);
    let last = instant(3_600 * SECOND - 100_000);
    assert_eq!(gate.admit(last), Admission::Go);
    gate.sent(last);
    gate.receipt(last);
    let refusal = Admission::NotBefore { at: second(3_600), why: Why::Pace };
    assert_eq!(gate.admit(last), refusal);
    assert_eq!(gate.admit(second(3_600)), Admission::Go);
}

#[test]
fn a_steady_pace_has_no_coarser_shape() {
    let mut gate = Gate::new(&options(&Window::DEFENDER, Guards::Default, Pace::Steady));
    refused(&mut gate, 0, after(1));
    assert_eq!(gap(&mut gate, 10), 2_402_000);
    assert_eq!(gap(&mut gate, 4_000), 2_402_000);
}

#[test]
fn after_a_429_that_is_not_explained_one_call_at_a_time_goes_whatever_time_was_named() {
    let mut gate = defender(Guards::Default);
    refused(&mut gate, 0, after(5));
    assert_eq!(gate.admit(second(6)), Admission::Go);
    gate.sent(second(6));
    assert_eq!(gate.admit(second(7)), Admission::AwaitProbe);
    gate.receipt(second(8));
    gate.answered_well();
    answered(&mut gate, 1, 8);
}

/// An instant of a process that began when the computer had run for a day.
fn stamp(at: i64) -> Stamp {
    let since = Duration::from_hours(24) + Duration::from_secs(at.unsigned_abs());
    let boot = BootTime { boot: BootId::from_bytes([1; 16]), since };
    Stamp { wall: Timestamp::from_micros(at * SECOND), boot: Some(boot) }
}

fn remembered(phantoms: Phantoms, at: i64) -> Gate {
    let mut gate = defender(Guards::Default);
    let Stamp { wall, boot } = stamp(at);
    let placing = Placing::at(Now { steady: second(0), wall, boot });
    let history = History { phantoms: vec![phantoms], ..History::default() };
    gate.remember(&history, &[LimitGroup::Posts], &placing);
    gate
}

#[test]
fn what_somebody_else_takes_is_known_to_the_next_process() {
    let (group, calls) = (LimitGroup::Posts, 90);
    let phantoms = Phantoms { group, window: MINUTE, calls, until: stamp(60) };
    let mut gate = remembered(phantoms, 20);
    assert_eq!(used(&mut gate, 39), [90, 0]);
    assert_eq!(used(&mut gate, 40), [0, 0]);
    let reads = Phantoms { group: LimitGroup::Reads, ..phantoms };
    assert_eq!(used(&mut remembered(reads, 20), 0), [0, 0], "each budget has its own");
    let other = Phantoms { window: Window::parse("9/1s").unwrap(), ..phantoms };
    assert_eq!(used(&mut remembered(other, 20), 0), [0, 0], "no limit of that length");
    let far = Phantoms { until: stamp(9_000), ..phantoms };
    let mut gate = remembered(far, 20);
    assert_eq!(used(&mut gate, 59), [90, 0]);
    assert_eq!(used(&mut gate, 60), [0, 0], "no longer than its window, whatever the clock says");
}

/// The gate of a process that begins at `at`, after one call with this receipt.
fn after_one(receipt: Option<Stamp>, at: i64) -> Gate {
    let call = Call { id: CallId(1), group: LimitGroup::Posts, sent_at: stamp(0).wall, receipt };
    let mut gate = defender(Guards::Default);
    let Stamp { wall, boot } = stamp(at);
    let placing = Placing::at(Now { steady: second(0), wall, boot });
    let history = History { calls: vec![call], ..History::default() };
    gate.remember(&history, &[LimitGroup::Posts], &placing);
    gate
}

#[test]
fn a_call_that_was_given_up_counts_until_its_bytes_cannot_arrive_also_for_the_next_process() {
    // Given up at second 30: its receipt is at 35.
    let mut gate = after_one(Some(stamp(35)), 31);
    assert_eq!(used(&mut gate, 64), [1, 1], "35 + 61 is 65 after 31");
    assert_eq!(used(&mut gate, 65), [0, 1]);
    let mut gate = after_one(None, 31);
    assert_eq!(used(&mut gate, 65), [1, 1], "nobody knows when it was given up");
    assert_eq!(used(&mut gate, 66), [0, 1]);
    let mut gate = after_one(Some(stamp(86_400)), 31);
    assert_eq!(used(&mut gate, 65), [1, 1], "no later than it can be");
    assert_eq!(used(&mut gate, 66), [0, 1]);
}

#[test]
fn a_pause_of_before_lasts_no_longer_than_the_longest_whatever_the_clock_says() {
    let mut gate = defender(Guards::Default);
    left_frozen(&mut gate, second(9_000), 0);
    let refusal = Admission::NotBefore { at: second(3_601), why: Why::Freeze };
    assert_eq!(gate.admit(second(0)), refusal);
}
