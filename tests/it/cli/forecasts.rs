//! `forecast`: the limiter run forward, with its guards of one and three seconds.

use crate::support::desk::Desk;
use crate::support::machines::list;

#[track_caller]
fn check(words: &str, seconds: f64) {
    let said = Desk::new().run(&format!("forecast {words} --json")).ends_with(0);
    let found = said.json()["seconds"].as_f64().unwrap();
    assert!((found - seconds).abs() < 0.001, "{words}: {said}");
}

#[test]
fn a_fleet_takes_what_the_two_windows_allow() {
    check("1", 0.0);
    check("100", 0.0);
    check("101", 61.0);
    check("1500", 854.0);
    check("1501", 3603.0);
    check("10000", 22_167.0);
}

#[test]
fn against_defender_a_looser_limit_changes_nothing_and_a_stricter_one_holds() {
    check("1000 --limit 100000/1m", 9.0 * 61.0);
    check("30 --limit 10/1m", 2.0 * 61.0);
}

#[test]
fn a_list_is_counted_without_its_duplicates() {
    let desk = Desk::with_file("a.csv", list(5) + &format!("{:040X}\n", 5));
    let said = desk.run("forecast a.csv --json").ends_with(0);
    assert_eq!(said.json()["machines"], 5, "{said}");
    assert!(!desk.journal("default.db").exists());
}

#[test]
fn no_machines_take_no_time() {
    let said = Desk::new().run("forecast 0 --json").ends_with(0);
    assert!(said.json()["last_send_at"].is_null(), "{said}");
}

#[test]
fn a_share_of_the_quota_takes_longer() {
    check("1000 --quota-share 50%", 3_603.0 + 4.0 * 61.0);
    check("101 --quota-share 100", 61.0);
    for wrong in ["0%", "101%", "half", "12.5%"] {
        Desk::new().run(&format!("forecast 5 --quota-share {wrong}")).ends_with(2);
    }
}

#[test]
fn where_one_more_falls_into_another_hour_it_is_told() {
    let desk = Desk::new();
    let said = desk.run("forecast 1500").ends_with(0);
    let more = "If 2 have to be sent again: 1 h 0 m.";
    assert!(said.out.contains(more), "{said}");
    assert!(desk.run("forecast 1500 --json").ends_with(0).json()["latest_send_at"].is_string());
    let said = desk.run("forecast 1200").ends_with(0);
    assert!(!said.out.contains("sent again"), "{said}");
    assert!(desk.run("forecast 1200 --json").ends_with(0).json()["latest_send_at"].is_null());
}

#[test]
fn a_thousand_million_machines_are_forecast_at_once_in_every_way_of_writing_it() {
    let desk = Desk::new();
    for number in ["1000000000", "1e9", "1_000_000_000", "1E9", "10e8", "01_000_000_000"] {
        let document = desk.run(&format!("forecast {number} --json")).ends_with(0).json();
        assert_eq!(document["machines"], 1_000_000_000_u64, "{number}");
        assert_eq!(document["seconds"], 3_603_u64 * 666_666 + 61 * 9, "{number}");
    }
    assert_eq!(desk.run("forecast 0 --json").ends_with(0).json()["seconds"], 0);
}

#[test]
fn more_machines_than_that_and_numbers_that_are_not_clear_are_refused_in_words() {
    let desk = Desk::new();
    for number in ["1000000001", "1e10", "1e999", "99999999999999999999999"] {
        let said = desk.run(&format!("forecast {number}")).ends_with(2);
        said.says("a forecast covers at most 1,000,000,000 machines");
    }
    for number in ["10,000", "10.000", "1'000'000"] {
        let said = desk.run(&format!("forecast {number}")).ends_with(2);
        let plain: String = number.chars().filter(char::is_ascii_digit).collect();
        said.says(&format!("`{number}` is neither a file nor a plain number")).says(&plain);
    }
    desk.file("10.000", list(3)).file("1e9.csv", list(4));
    assert_eq!(desk.run("forecast 10.000 --json").ends_with(0).json()["machines"], 3);
    assert_eq!(desk.run("forecast 1e9.csv --json").ends_with(0).json()["machines"], 4);
    desk.run("forecast 1e9 --limit 1/31d").ends_with(2).says("more than 1,000 years");
    desk.run("forecast _1e9").ends_with(3).says("cannot be read");
}

#[test]
fn a_forecast_in_hours_says_how_many_go_out_on_which_day() {
    let desk = Desk::new();
    let nights = "--between 22:00-06:00 --not-before 2030-01-01T12:00:00Z";
    desk.run(&format!("forecast 13878 {nights}"))
        .ends_with(0)
        .says("Requests: 12,000 on Tue 1 Jan, 1,878 on Wed 2 Jan.");
    let json = desk.run(&format!("forecast 13878 {nights} --json")).ends_with(0).json();
    let last = json["last_send_at"].as_str().expect("an instant");
    assert!(last.starts_with("2030-01-02T23:"), "{last}");
    assert!(json["unsent"].is_null());
    // Only what fits before the end.
    let until = format!("{nights} --until 2030-01-02T12:00:00Z");
    desk.run(&format!("forecast 13878 {until}"))
        .ends_with(0)
        .says("Requests: 12,000 on Tue 1 Jan, 1,878 not at all before --until.");
    let json = desk.run(&format!("forecast 13878 {until} --json")).ends_with(0).json();
    assert_eq!(json["unsent"], 1_878);
}

#[test]
fn hours_that_cannot_be_meant_are_refused_before_anything_else() {
    let desk = Desk::new();
    for (words, said) in [
        ("--between 22-6", "`22` is not a time of day from 00:00 to 24:00, such as 22:00"),
        ("--between 22:00-22:00", "for the whole day write 00:00-24:00"),
        ("--until 2020-01-01T00:00:00Z", "--until Wed 1 Jan 00:00:00 UTC is in the past"),
        ("--not-before soon", "`soon` is not a time"),
    ] {
        desk.run(&format!("forecast 10 {words}")).ends_with(2).says(said);
    }
}
