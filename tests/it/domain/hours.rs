//! When requests may be sent: the hours of a day, also on the days of a time change.

use mde_offboard::domain::{DayHours, Opening, OpeningHours, Timestamp};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn between(text: &str) -> OpeningHours {
    let hours = DayHours::parse(text, "UTC").expect("hours");
    OpeningHours { between: Some(hours), ..OpeningHours::default() }
}

/// `open until` or `shut until`, and the instant.
fn said(hours: &OpeningHours, now: &str) -> String {
    match hours.at(at(now)) {
        Opening::Open { closes_at: None } => "open".to_owned(),
        Opening::Open { closes_at: Some(at) } => format!("open until {at}"),
        Opening::Shut { opens_at } => format!("shut until {opens_at}"),
        Opening::Over => "over".to_owned(),
    }
}

#[track_caller]
fn check(hours: &str, rows: &[(&str, &str)]) {
    let hours = between(hours);
    for (now, expected) in rows {
        assert_eq!(said(&hours, now), *expected, "{hours:?} at {now}");
    }
}

#[test]
fn hours_past_midnight_are_open_from_the_evening_to_the_morning() {
    check(
        "22:00-06:00",
        &[
            ("2026-11-23T21:59:59.999Z", "shut until 2026-11-23T22:00:00Z"),
            ("2026-11-23T22:00:00Z", "open until 2026-11-24T06:00:00Z"),
            ("2026-11-24T00:00:00Z", "open until 2026-11-24T06:00:00Z"),
            ("2026-11-24T05:59:59.999Z", "open until 2026-11-24T06:00:00Z"),
            ("2026-11-24T06:00:00Z", "shut until 2026-11-24T22:00:00Z"),
        ],
    );
}

#[test]
fn hours_may_end_with_the_day_and_cover_all_of_it() {
    check(
        "22:00-24:00",
        &[
            ("2026-11-23T23:59:59Z", "open until 2026-11-24T00:00:00Z"),
            ("2026-11-24T00:00:00Z", "shut until 2026-11-24T22:00:00Z"),
        ],
    );
    check("22:00-00:00", &[("2026-11-23T23:00:00Z", "open until 2026-11-24T00:00:00Z")]);
    check(
        "00:00-24:00",
        &[
            ("2026-11-23T23:59:59Z", "open until 2026-11-24T00:00:00Z"),
            ("2026-11-24T00:00:00Z", "open until 2026-11-25T00:00:00Z"),
        ],
    );
    check("09:00-17:00", &[("2026-11-23T18:00:00Z", "shut until 2026-11-24T09:00:00Z")]);
}

/// In Berlin 02:00 became 03:00 on 2026-03-29 at 01:00Z, and 03:00 becomes 02:00 on 2026-10-25 at
/// 01:00Z.
#[test]
fn on_both_days_of_a_time_change_in_berlin_the_clock_on_the_wall_decides() {
    // Seven hours of night, then nine.
    check(
        "22:00-06:00 Europe/Berlin",
        &[
            ("2026-03-28T21:00:00Z", "open until 2026-03-29T04:00:00Z"),
            ("2026-03-29T04:00:00Z", "shut until 2026-03-29T20:00:00Z"),
            ("2026-10-24T20:00:00Z", "open until 2026-10-25T05:00:00Z"),
            ("2026-10-25T05:00:00Z", "shut until 2026-10-25T21:00:00Z"),
        ],
    );
    // It begins in the hour that is skipped.
    check(
        "02:30-06:00 Europe/Berlin",
        &[
            ("2026-03-29T00:59:59Z", "shut until 2026-03-29T01:00:00Z"),
            ("2026-03-29T01:00:00Z", "open until 2026-03-29T04:00:00Z"),
        ],
    );
    // It ends in the hour that is skipped.
    check(
        "23:00-02:30 Europe/Berlin",
        &[
            ("2026-03-29T00:59:59Z", "open until 2026-03-29T01:00:00Z"),
            ("2026-03-29T01:00:00Z", "shut until 2026-03-29T21:00:00Z"),
        ],
    );
    // All of it is skipped: the next day has it.
    check(
        "02:15-02:45 Europe/Berlin",
        &[
            ("2026-03-28T12:00:00Z", "shut until 2026-03-30T00:15:00Z"),
            ("2026-03-29T01:00:00Z", "shut until 2026-03-30T00:15:00Z"),
        ],
    );
    // It begins, and ends, in the hour that is repeated: the first time counts.
    check(
        "02:30-06:00 Europe/Berlin",
        &[
            ("2026-10-25T00:29:59Z", "shut until 2026-10-25T00:30:00Z"),
            ("2026-10-25T00:30:00Z", "open until 2026-10-25T05:00:00Z"),
            ("2026-10-25T01:15:00Z", "open until 2026-10-25T05:00:00Z"),
        ],
    );
    check(
        "23:00-02:30 Europe/Berlin",
        &[
            ("2026-10-25T00:29:59Z", "open until 2026-10-25T00:30:00Z"),
            ("2026-10-25T01:15:00Z", "shut until 2026-10-25T22:00:00Z"),
        ],
    );
    check(
        "02:15-02:45 Europe/Berlin",
        &[
            ("2026-10-25T00:15:00Z", "open until 2026-10-25T00:45:00Z"),
            ("2026-10-25T01:20:00Z", "shut until 2026-10-26T01:15:00Z"),
        ],
    );
}

/// In New York 02:00 became 03:00 on 2026-03-08 at 07:00Z, and 02:00 becomes 01:00 on 2026-11-01
/// at 06:00Z.
#[test]
fn on_both_days_of_a_time_change_in_new_york_the_clock_on_the_wall_decides() {
    check(
        "20:00-04:00 America/New_York",
        &[
            ("2026-03-08T01:00:00Z", "open until 2026-03-08T08:00:00Z"),
            ("2026-11-01T00:00:00Z", "open until 2026-11-01T09:00:00Z"),
        ],
    );
    check(
        "02:30-04:00 America/New_York",
        &[
            ("2026-03-08T06:59:59Z", "shut until 2026-03-08T07:00:00Z"),
            ("2026-03-08T07:00:00Z", "open until 2026-03-08T08:00:00Z"),
        ],
    );
    check(
        "22:00-01:30 America/New_York",
        &[
            ("2026-11-01T05:29:59Z", "open until 2026-11-01T05:30:00Z"),
            ("2026-11-01T05:30:00Z", "shut until 2026-11-02T03:00:00Z"),
        ],
    );
}

/// Lord Howe's clock is put forward by half an hour on 2026-10-03 at 15:30Z, from 02:00 to 02:30.
#[test]
fn zones_with_half_hours_have_their_own_days() {
    check(
        "22:00-06:00 Asia/Kolkata",
        &[
            ("2026-11-23T16:29:59Z", "shut until 2026-11-23T16:30:00Z"),
            ("2026-11-23T16:30:00Z", "open until 2026-11-24T00:30:00Z"),
        ],
    );
    check(
        "02:15-04:00 Australia/Lord_Howe",
        &[
            ("2026-10-03T15:29:59Z", "shut until 2026-10-03T15:30:00Z"),
            ("2026-10-03T15:30:00Z", "open until 2026-10-03T17:00:00Z"),
        ],
    );
}

/// A time window that goes back by 24 hours from this day's beginning takes 23:30 in summer for
/// 00:30 of the next day, and is shut for an hour.
#[test]
fn after_midnight_before_the_clock_is_put_back_the_evening_before_still_counts() {
    check(
        "23:30-06:00 Europe/Berlin",
        &[
            ("2026-10-24T21:30:00Z", "open until 2026-10-25T05:00:00Z"),
            ("2026-10-24T22:10:00Z", "open until 2026-10-25T05:00:00Z"),
        ],
    );
}

/// One that goes on by 24 hours from this day's end is over an hour early where the clock is put
/// back at midnight, as in Santiago on 2026-04-05 at 03:00Z.
#[test]
fn in_a_night_that_is_put_back_at_midnight_the_end_after_midnight_still_counts() {
    check(
        "22:00-00:30 America/Santiago",
        &[
            ("2026-04-05T02:59:00Z", "open until 2026-04-05T04:30:00Z"),
            ("2026-04-05T03:50:00Z", "open until 2026-04-05T04:30:00Z"),
            ("2026-04-05T04:30:00Z", "shut until 2026-04-06T02:00:00Z"),
        ],
    );
}

/// And one whose end is a time that the clock skips lasts an hour too long, by the clock's own
/// account.
#[test]
fn whatever_the_clock_shows_after_the_end_is_outside() {
    check(
        "01:00-02:30 Europe/Berlin",
        &[
            ("2026-03-29T00:30:00Z", "open until 2026-03-29T01:00:00Z"),
            ("2026-03-29T01:15:00Z", "shut until 2026-03-29T23:00:00Z"),
        ],
    );
}

/// Hour by hour through a year of each zone: open exactly where the last word said so, and no
/// stretch is longer than a day and an hour.
#[test]
fn each_word_holds_until_the_instant_that_it_names() {
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"] {
        for range in ["22:00-06:00", "02:30-03:30", "23:45-00:15", "00:00-24:00", "03:00-02:30"] {
            let hours = between(&format!("{range} {zone}"));
            let (mut now, end) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
            while now < end {
                let (next, open) = match hours.at(now) {
                    Opening::Open { closes_at } => (closes_at.expect("it closes"), true),
                    Opening::Shut { opens_at } => (opens_at, false),
                    Opening::Over => panic!("{range} {zone} is over at {now}"),
                };
                assert!(next > now, "{range} {zone} at {now}");
                let most = std::time::Duration::from_hours(if open { 25 } else { 49 });
                assert!(next.since(now) <= most, "{range} {zone} at {now}: {next}");
                let before = next.minus(std::time::Duration::from_micros(1));
                let same = matches!(hours.at(before), Opening::Open { .. }) == open;
                assert!(same, "{range} {zone} at {before}");
                now = next;
            }
        }
    }
}

#[test]
fn a_beginning_and_an_end_narrow_the_hours() {
    let nights = between("22:00-06:00");
    let hours = OpeningHours {
        not_before: Some(at("2026-11-24T23:00:00Z")),
        until: Some(at("2026-11-26T01:00:00Z")),
        ..nights
    };
    for (now, expected) in [
        ("2026-11-23T22:30:00Z", "shut until 2026-11-24T23:00:00Z"),
        ("2026-11-24T23:00:00Z", "open until 2026-11-25T06:00:00Z"),
        ("2026-11-25T12:00:00Z", "shut until 2026-11-25T22:00:00Z"),
        ("2026-11-25T23:00:00Z", "open until 2026-11-26T01:00:00Z"),
        ("2026-11-26T01:00:00Z", "over"),
    ] {
        assert_eq!(said(&hours, now), expected, "{now}");
    }
    // Nothing is left between the end of the last hours and the end.
    let until = OpeningHours { until: Some(at("2026-11-25T12:00:00Z")), ..hours };
    assert_eq!(said(&until, "2026-11-25T07:00:00Z"), "over");
    let only = OpeningHours { until: Some(at("2026-11-25T12:00:00Z")), ..OpeningHours::default() };
    assert_eq!(said(&only, "2026-11-25T07:00:00Z"), "open until 2026-11-25T12:00:00Z");
    assert_eq!(said(&OpeningHours::default(), "2026-11-25T07:00:00Z"), "open");
}

#[test]
fn hours_that_are_none_are_told() {
    for (text, words) in [
        ("22-6", "`22` is not a time of day"),
        ("22:00", "is not a range of hours"),
        ("22:00-06:60", "`06:60` is not a time of day"),
        ("22:00-24:01", "`24:01` is not a time of day"),
        ("24:00-06:00", "`24:00` is not a time of day"),
        ("2:00-06:00", "`2:00` is not a time of day"),
        ("+2:00-06:00", "`+2:00` is not a time of day"),
        ("22:00-22:00", "no time at all; for the whole day write 00:00-24:00"),
        ("22:00-06:00 Middle/Earth", "no time zone is called `Middle/Earth`"),
    ] {
        let error = DayHours::parse(text, "UTC").expect_err(text).to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let hours = DayHours::parse("22:00-06:00 europe/berlin", "UTC").expect("hours");
    assert_eq!(hours.to_string(), "22:00-06:00 Europe/Berlin");
    assert_eq!(hours.zone_name(), "Europe/Berlin");
    assert_eq!(DayHours::parse(&hours.to_string(), "Asia/Tokyo"), Ok(hours));
}

#[test]
fn a_time_is_the_next_one_or_that_of_a_day_or_an_instant() {
    let now = at("2026-11-23T21:00:00Z");
    for (text, expected) in [
        ("22:00", "2026-11-23T22:00:00Z"),
        ("21:00", "2026-11-24T21:00:00Z"),
        ("24:00", "2026-11-24T00:00:00Z"),
        ("22:00 Europe/Berlin", "2026-11-24T21:00:00Z"),
        ("22:30 Europe/Berlin", "2026-11-23T21:30:00Z"),
        ("2026-12-01 06:00", "2026-12-01T06:00:00Z"),
        ("2026-12-01 06:00 Europe/Berlin", "2026-12-01T05:00:00Z"),
        ("2026-03-29 02:30 Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-10-25 02:30 Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("2026-11-24T06:00:00+01:00", "2026-11-24T05:00:00Z"),
    ] {
        let found = OpeningHours::instant(text, "UTC", now).expect(text);
        assert_eq!(found.to_string(), expected, "{text}");
    }
    for text in ["", "tomorrow", "22", "2026-13-01 22:00", "2026-12-01 25:00"] {
        let error = OpeningHours::instant(text, "UTC", now).expect_err(text).to_string();
        assert!(error.starts_with(&format!("`{text}` is not a time; write")), "{error}");
    }
    assert!(OpeningHours::instant("22:00 Nowhere/Land", "UTC", now).is_err());
    // Between the two times that a repeated hour has it, the second one is the next.
    let between = at("2026-10-25T00:45:00Z");
    let found = OpeningHours::instant("02:30 Europe/Berlin", "UTC", between).expect("a time");
    assert_eq!(found.to_string(), "2026-10-25T01:30:00Z");
}
