//! What is said of time that passed without the process.

use std::time::Duration;

use mde_offboard::domain::{BootId, BootTime, ClockGap, GapCause, Now, Steady, Timestamp};

/// The clocks: since the process began, on the wall, and since which start of the computer.
fn now(steady: u64, wall: i64, boot: Option<(u8, u64)>) -> Now {
    let boot = boot.map(|(number, since)| BootTime {
        boot: BootId::from_bytes([number; 16]),
        since: Duration::from_secs(since),
    });
    let wall = Timestamp::from_micros((1_795_455_600 + wall) * 1_000_000);
    Now { steady: Steady::ORIGIN.plus(Duration::from_secs(steady)), wall, boot }
}

/// From a first reading at zero: the cause, and how long it lasted.
#[track_caller]
fn check(then: Option<(u8, u64)>, now_is: Now, said: Option<(GapCause, u64)>) {
    let gap = ClockGap::between(&now(0, 0, then), &now_is);
    let expected = said.map(|(cause, lasted)| ClockGap {
        from: now_is.wall.minus(Duration::from_secs(lasted)),
        until: now_is.wall,
        cause,
    });
    assert_eq!(gap, expected);
}

#[test]
fn where_the_time_since_the_start_is_known_sleep_and_a_clock_that_was_set_are_told_apart() {
    let boot = Some((1, 500));
    let slept = Some((1, 500 + 1 + 4_020));
    check(boot, now(1, 4_021, slept), Some((GapCause::Sleep, 4_020)));
    let awake = Some((1, 501));
    check(boot, now(1, 4_021, awake), Some((GapCause::ClockSet, 4_020)));
    // No matter what somebody did to the wall clock meanwhile.
    check(boot, now(1, -90_000, slept), Some((GapCause::Sleep, 4_020)));
    check(boot, now(1, 90_000, slept), Some((GapCause::Sleep, 4_020)));
}

#[test]
fn where_it_is_not_known_both_stay_possible() {
    check(None, now(1, 4_021, None), Some((GapCause::Unknown, 4_020)));
    check(Some((1, 500)), now(1, 4_021, Some((2, 5))), Some((GapCause::Unknown, 4_020)));
}

#[test]
fn time_that_passed_for_the_process_too_and_short_gaps_are_not_told() {
    for boot in [None, Some((1, 500))] {
        let at = |since: u64| boot.map(|(number, zero): (u8, u64)| (number, zero + since));
        check(boot, now(4_020, 4_020, at(4_020)), None);
        check(boot, now(1, 30, at(30)), None);
        check(boot, now(1, -4_020, at(1)), None);
    }
}
