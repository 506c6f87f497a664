//! What is stored of an instant, and where the next process finds it.

use std::time::Duration;

use mde_offboard::domain::{BootId, BootTime, Now, Placing, ServerClock, Stamp, Steady, Timestamp};

const START: i64 = 1_795_455_600;

fn wall(seconds: i64) -> Timestamp {
    Timestamp::from_micros((START + seconds) * 1_000_000)
}

fn steady(seconds: i64) -> Steady {
    Steady::from_micros(seconds * 1_000_000)
}

fn boot(number: u8, seconds: u64) -> BootTime {
    let boot = BootId::from_bytes([number; 16]);
    BootTime { boot, since: Duration::from_secs(seconds) }
}

/// A process that has just begun, at this wall time and so long after a start of the computer.
fn now(seconds: i64, boot: Option<BootTime>) -> Now {
    Now { steady: steady(0), wall: wall(seconds), boot }
}

#[test]
fn within_one_start_of_the_computer_the_wall_clock_says_nothing() {
    let stored = Stamp { wall: wall(0), boot: Some(boot(1, 500)) };
    for set_to in [-86_400, 0, 10, 86_400] {
        let placing = Placing::at(now(set_to, Some(boot(1, 510))));
        assert_eq!(placing.steady(&stored), steady(-10), "the clock says {set_to}");
        assert!(!placing.is_by_wall(&stored));
    }
}

#[test]
fn after_another_start_or_without_one_the_wall_clock_has_to_do() {
    for stored in [Stamp { wall: wall(0), boot: Some(boot(1, 500)) }, Stamp::from(wall(0))] {
        for here in [Some(boot(2, 20)), None] {
            let placing = Placing::at(now(40, here));
            assert_eq!(placing.steady(&stored), steady(-40), "{stored:?} {here:?}");
            assert!(placing.is_by_wall(&stored));
        }
    }
}

#[test]
fn what_is_still_to_come_lies_ahead_on_both_clocks() {
    let here = now(0, Some(boot(1, 100)));
    let until = here.stamp_at(steady(30));
    assert_eq!(until, Stamp { wall: wall(30), boot: Some(boot(1, 130)) });
    assert_eq!(Placing::at(now(20, Some(boot(1, 120)))).steady(&until), steady(10));
    assert_eq!(Placing::at(now(20, None)).steady(&until), steady(10));
    assert_eq!(here.stamp_at(steady(-5)), here.stamp(), "what is over is stored as now");
}

#[test]
fn a_clock_that_was_set_forwards_makes_nothing_look_older() {
    let placing = Placing { now: now(3_640, None), gained: Duration::from_hours(1) };
    assert_eq!(placing.steady(&wall(0).into()), steady(-40));
    let of_this_start = Stamp { wall: wall(0), boot: Some(boot(1, 10)) };
    let placing = Placing { now: now(3_640, Some(boot(1, 50))), ..placing };
    assert_eq!(placing.steady(&of_this_start), steady(-40), "there the clock was never asked");
}

#[test]
fn what_two_pairs_of_clocks_disagree_about_is_what_ours_gained() {
    let pair = |date, ours| ServerClock { date: wall(date), wall: wall(ours) };
    let gained = |later: ServerClock| later.gained_since(&pair(0, 100)).as_secs();
    assert_eq!(gained(pair(60, 160)), 0);
    assert_eq!(gained(pair(60, 165)), 0, "seconds are cut, and answers take their time");
    assert_eq!(gained(pair(60, 166)), 7, "six, and one for what was cut off a date");
    assert_eq!(gained(pair(60, 3_760)), 3_601);
    assert_eq!(gained(pair(60, -3_600)), 0, "set back: it only makes us wait longer");
    assert_eq!(gained(pair(-86_400, 100)), 86_401, "the server's was set back: as if ours gained");
}
