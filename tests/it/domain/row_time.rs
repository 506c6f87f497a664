//! Which of two rows is newer.

use mde_offboard::domain::{Order, RowTime, Timestamp};

fn at(text: &str) -> RowTime {
    RowTime::parse(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn one_instant_is_the_same_however_a_tool_writes_it() {
    let micros = Timestamp::parse("2026-11-20T17:10:11Z").unwrap().as_micros();
    for text in [
        "2026-11-20T17:10:11Z",
        "2026-11-20T18:10:11+01:00",
        "2026-11-20T17:10:11",
        "2026-11-20 17:10:11",
        " 2026-11-20 17:10:11.000 ",
        "2026-11-20 12:10:11 -0500",
        "2026/11/20 17:10:11",
        "11/20/2026, 5:10:11.000 PM",
        "11/20/2026 5:10:11 p.m.",
        "20/11/2026 17:10:11",
        "20.11.2026, 17:10:11",
        "20.11.2026 17:10:11,000",
        "Nov 20, 2026 5:10:11 PM",
        "20 November 2026 17:10:11",
        "Fri, 20 Nov 2026 17:10:11 GMT",
        "/Date(1795194611000)/",
        "\\/Date(1795194611000)\\/",
        "1795194611",
        "1795194611000",
    ] {
        assert_eq!(at(text).readings(), (micros, micros), "{text}");
    }
    let noon = Timestamp::parse("2026-11-20T12:00:00Z").unwrap().as_micros();
    assert_eq!(at("46346.5").readings(), (noon, noon));
    assert_eq!(at("11/20/2026 12:00 PM").readings(), (noon, noon));
    assert_eq!(at("2026-11-20T12:00:00.1234567Z").readings().0, noon + 123_456);
}

#[test]
fn what_may_be_two_days_is_newer_only_where_both_are() {
    assert_eq!(at("05/06/2026").order(at("04/05/2026")), Order::Newer);
    assert_eq!(at("04/05/2026").order(at("05/06/2026")), Order::Older);
    assert_eq!(at("05/06/2026").order(at("06/05/2026")), Order::Unclear);
    assert_eq!(at("06/05/2026").order(at("05/06/2026")), Order::Unclear);
    assert_eq!(at("05/06/2026").order(at("20/05/2026")), Order::Unclear);
    assert_eq!(at("20/05/2026").order(at("05/06/2026")), Order::Unclear);
    assert_eq!(at("05/06/2026").order(at("20/07/2026")), Order::Older);
    assert_eq!(at("05/06/2026").order(at("05/06/2026")), Order::Unclear);
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "",
        "yesterday",
        "2026",
        "20/11/26",
        "2026-13-20",
        "2026-11-31 05:00",
        "11/20/2026 25:00",
        "11/20/2026 13:00 PM",
        "20 brumaire 2026",
        "10.0.19045.2965",
        "1.2",
        "2026-11-20 05:10 +x",
    ] {
        assert_eq!(RowTime::parse(text), None, "{text}");
    }
}
