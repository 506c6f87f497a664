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
        "2026-11-20T18:10:11+01:00[Europe/Berlin]",
        "2026-11-20T17:10:11",
        "2026-11-20 17:10:11",
        " 2026-11-20 17:10:11.000 ",
        "2026-11-20 12:10:11 -0500",
        "2026-11-20 12:10:11-0500",
        "2026-11-20 18:10:11+01",
        "2026-11-20 18:10:11 +01:00",
        "2026-11-20 22:40:11 +0530",
        "2026 Nov 20 17:10:11",
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
    assert_eq!(at("20.11.2026"), at("2026-11-20 00:00"));
    let noon = Timestamp::parse("2026-11-20T12:00:00Z").unwrap().as_micros();
    assert_eq!(at("46346.5").readings(), (noon, noon));
    assert_eq!(at("11/20/2026 12:00 PM").readings(), (noon, noon));
    let midnight = Timestamp::parse("2026-11-20T00:00:00Z").unwrap().as_micros();
    assert_eq!(at("11/20/2026 12:00 AM").readings(), (midnight, midnight));
    assert_eq!(at("11/20/2026 11:00 a.m.").order(at("11/20/2026 12:00 PM")), Order::Older);
    assert_eq!(at("2026-11-20T12:00:00.1234567Z").readings().0, noon + 123_456);
    assert_eq!(at("11/20/2026, 12:00:00.25 PM").readings().0, noon + 250_000);
}

#[test]
fn a_leap_second_is_the_first_of_the_next_minute() {
    let year = Timestamp::parse("2027-01-01T00:00:00Z").unwrap().as_micros();
    assert_eq!(at("2026-12-31 23:59:60").readings(), (year, year));
    assert_eq!(RowTime::parse("2026-12-31 23:59:61"), None);
}

#[test]
fn a_text_that_is_longer_than_any_time_is_none() {
    let padded = |blanks: usize| format!("2026-11-20{}17:10:11", " ".repeat(blanks));
    assert_eq!(padded(46).len(), 64);
    assert_eq!(RowTime::parse(&padded(46)), Some(at("2026-11-20 17:10:11")));
    assert_eq!(RowTime::parse(&padded(47)), None);
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
        "2026-11-20 05:10 +0x1",
        "2026-11-20 05:10 +01x00",
        "2026-11-20 05:10 CET",
    ] {
        assert_eq!(RowTime::parse(text), None, "{text}");
    }
}
