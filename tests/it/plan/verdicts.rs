//! What became of a machine, from what the tenant says days later.

use std::time::Duration;

use mde_offboard::domain::Timestamp;
use mde_offboard::journal::Afterwards;
use mde_offboard::plan::LaterVerdict;

use crate::support::batches::START;

const HOUR: Duration = Duration::from_hours(1);

/// So many hours after the action's end.
fn after(hours: u32) -> Timestamp {
    START.plus(hours * HOUR)
}

fn offboarded() -> Afterwards {
    Afterwards {
        offboarded_at: Some(START),
        pending_since: None,
        is_listed: true,
        last_seen: Some(START.minus(HOUR)),
        namesake_seen: None,
    }
}

#[test]
fn the_verdict_follows_from_the_last_report() {
    use LaterVerdict::{Gone, OtherId, Pending, Silent, StillReports, TooEarly};
    let seen = |hours| Afterwards { last_seen: Some(after(hours)), ..offboarded() };
    let namesake = |hours| Afterwards { namesake_seen: Some(after(hours)), ..offboarded() };
    let gone = Afterwards { is_listed: false, last_seen: None, ..offboarded() };
    let pending = Afterwards {
        offboarded_at: None,
        pending_since: Some(START),
        last_seen: Some(after(90)),
        ..offboarded()
    };
    let over = Afterwards { offboarded_at: None, ..offboarded() };
    for (name, machine, hours, expected) in [
        ("silent for long", offboarded(), 100, Some(Silent)),
        ("exactly two days", offboarded(), 48, Some(Silent)),
        ("less than two days", offboarded(), 47, Some(TooEarly)),
        ("the last report was on its way", seen(24), 100, Some(Silent)),
        ("a report after a day", seen(25), 100, Some(StillReports)),
        ("a report counts early, too", seen(25), 30, Some(StillReports)),
        ("another ID", namesake(1), 100, Some(OtherId)),
        ("another ID counts early, too", namesake(1), 2, Some(OtherId)),
        ("another ID that was silent before", namesake(0), 100, Some(Silent)),
        (
            "both: its own ID counts",
            Afterwards { namesake_seen: Some(after(50)), ..seen(50) },
            100,
            Some(StillReports),
        ),
        ("gone", gone.clone(), 100, Some(Gone)),
        ("gone within two days", gone, 47, Some(TooEarly)),
        ("pending, and reports", pending, 100, Some(Pending)),
        ("failed, or never sent", over, 100, None),
    ] {
        assert_eq!(LaterVerdict::of(&machine, after(hours)), expected, "{name}");
    }
    let just_before = after(48).minus(Duration::from_micros(1));
    assert_eq!(LaterVerdict::of(&offboarded(), just_before), Some(TooEarly));
    assert_eq!(LaterVerdict::of(&offboarded(), START.minus(HOUR)), Some(TooEarly));
}
