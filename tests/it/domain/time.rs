//! The two kinds of time: what is stored, and what decides.

use std::time::Duration;

use mde_offboard::domain::{Now, Steady, Timestamp};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;

fn wall(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * SECOND)
}

fn steady(seconds: i64) -> Steady {
    Steady::from_micros(seconds * SECOND)
}

#[test]
fn a_time_is_written_in_utc_to_the_second_or_the_millisecond() {
    assert_eq!(wall(1_795_000_000).to_string(), "2026-11-18T11:06:40Z");
    let with_millis = Timestamp::from_micros(1_795_000_000_250_000);
    assert_eq!(with_millis.to_string(), "2026-11-18T11:06:40.250Z");
    let one_more = Timestamp::from_micros(1_795_000_000_001_000);
    assert_eq!(one_more.to_string(), "2026-11-18T11:06:40.001Z");
}

#[test]
fn a_time_is_read_with_any_offset() {
    let utc = Timestamp::parse("2026-11-23T17:40:00Z").unwrap();
    assert_eq!(Timestamp::parse("2026-11-23T18:40:00+01:00"), Ok(utc));
    assert_eq!(Timestamp::parse(" 2026-11-23T17:40:00.0000000Z\n"), Ok(utc));
}

#[test]
fn what_is_no_time_is_refused_with_an_example() {
    for text in ["", "now", "2026-11-23", "17:40", "2026-11-23T17:40:00", "2026-13-01T00:00:00Z"] {
        let error = Timestamp::parse(text).unwrap_err().to_string();
        assert!(error.contains("RFC 3339"), "{text:?}: {error}");
    }
}

#[test]
fn a_call_of_the_past_lies_before_this_process_began() {
    let now = Now { steady: steady(5), wall: wall(1_000), boot: None };
    assert_eq!(now.steady_at(wall(990)), steady(-5), "ten seconds ago, by the wall clock");
    assert_eq!(now.steady_at(wall(1_000)), steady(5));
}

#[test]
fn after_the_wall_clock_was_set_back_a_stored_time_counts_as_now() {
    let now = Now { steady: steady(5), wall: wall(1_000), boot: None };
    assert_eq!(now.steady_at(wall(4_600)), steady(5), "an hour ahead: a full window, not more");
}

#[test]
fn an_instant_that_lies_ahead_is_waited_for() {
    let now = Now { steady: steady(5), wall: wall(1_000), boot: None };
    assert_eq!(now.steady_when(wall(1_060)), steady(65));
    assert_eq!(now.steady_when(wall(1_000)), steady(5));
    assert_eq!(now.steady_when(wall(940)), steady(-55));
}

#[test]
fn a_monotonic_instant_is_told_by_the_wall() {
    let now = Now { steady: steady(5), wall: wall(1_000), boot: None };
    assert_eq!(now.wall_at(steady(65)), wall(1_060));
    assert_eq!(now.wall_at(steady(-5)), wall(990));
}

#[test]
fn the_ends_of_time_are_not_run_over() {
    let now = Now { steady: steady(5), wall: wall(1_000), boot: None };
    assert!(now.wall_at(Steady::NEVER) > wall(1_000));
    assert_eq!(Steady::NEVER.plus(Duration::MAX), Steady::NEVER);
    assert_eq!(Timestamp::from_micros(i64::MAX).plus(Duration::from_secs(1)).as_micros(), i64::MAX);
    assert_eq!(
        Timestamp::from_micros(i64::MIN).since(Timestamp::from_micros(i64::MAX)),
        Duration::ZERO
    );
    assert_eq!(wall(1).minus(Duration::MAX).as_micros(), SECOND - i64::MAX);
    let shown = |micros| Timestamp::from_micros(micros).to_string();
    assert!(shown(i64::MIN).starts_with("-009999-01-0"), "{}", shown(i64::MIN));
    assert!(shown(i64::MAX).starts_with("9999-12-30T"), "{}", shown(i64::MAX));
}

proptest! {
    #[test]
    fn a_time_of_whole_milliseconds_comes_back_from_its_text(
        millis in -62_000_000_000_000_i64..253_000_000_000_000,
    ) {
        let time = Timestamp::from_micros(millis * 1_000);
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }

    #[test]
    fn plus_and_since_agree(start in -1_i64 << 52..1_i64 << 52, micros in 0_u64..1 << 52) {
        let duration = Duration::from_micros(micros);
        let (one, other) = (Timestamp::from_micros(start), Steady::from_micros(start));
        prop_assert_eq!(one.plus(duration).since(one), duration);
        prop_assert_eq!(one.plus(duration).minus(duration), one);
        prop_assert_eq!(one.since(one.plus(duration)), Duration::ZERO);
        prop_assert_eq!(other.plus(duration).since(other), duration);
        prop_assert_eq!(other.plus(duration).minus(duration), other);
    }

    #[test]
    fn both_ways_between_the_clocks_agree_and_no_past_lies_ahead(
        steady in 0_i64..1 << 50, wall in 0_i64..1 << 50, other in 0_i64..1 << 50,
    ) {
        let (steady, wall) = (Steady::from_micros(steady), Timestamp::from_micros(wall));
        let now = Now { steady, wall, boot: None };
        let stored = Timestamp::from_micros(other);
        prop_assert!(now.steady_at(stored) <= now.steady);
        prop_assert_eq!(now.wall_at(now.steady_when(stored)), stored);
        prop_assert_eq!(now.steady_at(stored), now.steady_when(stored).min(now.steady));
    }
}

#[test]
fn an_instant_that_is_written_read_and_written_again_is_the_same_text() {
    for micros in [0, 1, 400, 999, 1_000, 999_999, 1_795_455_600_000_400, 1_795_455_600_123_456] {
        let text = Timestamp::from_micros(micros).to_string();
        assert_eq!(Timestamp::parse(&text).unwrap().to_string(), text, "{micros}");
    }
}
