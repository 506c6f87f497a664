//! The picture on a terminal.

use std::time::Duration;

use mde_offboard::domain::{Detail, End};
use mde_offboard::event::{Happening, Observer, Prospect, Snapshot, WaitReason};
use mde_offboard::reporter::{Bar, Heading, frame};

use super::screen::Screen;
use super::{about, at, event, heading, snapshot, too_old, wait};

fn bar() -> (Bar, Screen) {
    let screen = Screen::default();
    (Bar::on(heading(), screen.clone()), screen)
}

#[test]
fn the_picture_says_where_the_run_stands_and_why_it_waits() {
    insta::assert_snapshot!(frame(&heading(), &snapshot(), 80), @r"
    batch 1  contoso  fleet.csv                            times in CET   3 h 26 m
    █████████████░░░░░░░░░░░░░░░░░░  5,981 accepted, 19 refused, 7,878 to go  43 %
    pending 1,098   succeeded 4,871   failed 12   rejected 19   skipped 86
    minute 0/100   hour 1,500/1,500   no 429   last request at 23:03
    waiting: the hourly limit is used up; next request at 02:00:12 (in 34 m)
    Ctrl-C stops safely   in another window: mde-offboard status 1 --journal a.db
    ");
}

#[test]
fn the_picture_says_what_it_is_sending_where_it_does_not_wait() {
    let busy = Snapshot { waiting: None, prospect: None, rate_limited: 2, ..snapshot() };
    let heading = Heading {
        simulated: true,
        sources: vec!["a.csv".to_owned(), "b.csv".to_owned(), "c.csv".to_owned()],
        ..heading()
    };
    insta::assert_snapshot!(frame(&heading, &busy, 90), @r"
    batch 1  contoso  a.csv and 2 more  SIMULATION                   times in CET   3 h 26 m
    ███████████████░░░░░░░░░░░░░░░░░░░░░░  5,981 accepted, 19 refused, 7,878 to go  43 %
    pending 1,098   succeeded 4,871   failed 12   rejected 19   skipped 86
    minute 0/100   hour 1,500/1,500   429 answers: 2
    sending: 4 requests in progress
    Ctrl-C stops safely   in another window: mde-offboard status 1 --journal a.db
    ");
}

#[test]
fn what_went_wrong_is_printed_above_the_picture() {
    let (mut bar, screen) = bar();
    bar.tick(&snapshot());
    bar.event(&about("lt-2210", Happening::Rejected { detail: too_old() }));
    let look_at = at("2026-11-24T01:19:15");
    let detail = Detail::new(None, Some("timeout"), "no answer in 30 s");
    bar.event(&about("lt-2211", Happening::Uncertain { look_at, detail }));
    bar.tick(&snapshot());
    insta::assert_snapshot!(screen.text(), @r"
    01:14:15 ! lt-2210  rejected: the sensor is too old (ClientVersionNotSupported)
    01:14:15 ! lt-2211  uncertain: no answer in 30 s (timeout); looked up at 01:19:15
     batch 1  contoso  fleet.csv                                            times in CET   3 h 26 m
     ███████████████░░░░░░░░░░░░░░░░░░░░░░  5,981 accepted, 19 refused, 7,878 to go  43 %
     pending 1,098   succeeded 4,871   failed 12   rejected 19   skipped 86
     minute 0/100   hour 1,500/1,500   no 429   last request at 23:03
     waiting: the hourly limit is used up; next request at 02:00:12 (in 34 m)
     Ctrl-C stops safely   in another window: mde-offboard status 1 --journal a.db
    ");
}

#[test]
fn nothing_is_drawn_between_two_ticks() {
    let (mut bar, screen) = bar();
    bar.tick(&snapshot());
    let shown = screen.shown();
    for _ in 0..1_000 {
        bar.event(&about("lt-2210", Happening::Rejected { detail: too_old() }));
    }
    assert_eq!(screen.shown(), shown);
}

#[test]
fn a_thousand_refusals_do_not_push_the_picture_off_the_screen() {
    let (mut bar, screen) = bar();
    for _ in 0..1_000 {
        bar.event(&about("lt-2210", Happening::Rejected { detail: too_old() }));
    }
    bar.tick(&snapshot());
    let text = screen.text();
    assert!(text.lines().count() < 20, "{text}");
    assert!(text.contains("... and 988 more: mde-offboard status 1 --journal a.db"), "{text}");
}

#[test]
fn stopping_is_told_at_once_and_the_picture_leaves_for_the_closing_summary() {
    let (mut bar, screen) = bar();
    bar.tick(&snapshot());
    bar.event(&event(Happening::Stopping { why: "Ctrl-C".to_owned(), in_flight: 4 }));
    assert!(screen.text().contains("Stopping (Ctrl-C)"), "{}", screen.text());
    let counts = snapshot().counts;
    bar.event(&event(Happening::BatchEnded { end: End::Interrupted, counts }));
    insta::assert_snapshot!(screen.text(), @r"
    01:14:15 Stopping (Ctrl-C): no new requests; 4 in progress, at most 30 s.
    Ctrl-C again leaves at once (also safe).
    ");
}

#[test]
fn a_long_reason_does_not_cut_off_what_a_stop_means() {
    for by in ["a person of a department whose name has many words ".repeat(3), "x".repeat(200)] {
        let (mut bar, screen) = bar();
        let why = format!("batch 1 was stopped by {by}");
        bar.event(&event(Happening::Stopping { why, in_flight: 4 }));
        let text = screen.text();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.starts_with("01:14:15 Stopping (batch 1 was stopped by"), "{text}");
        let means = "no new requests; 4 in progress, at most 30 s. Ctrl-C again leaves at once";
        assert!(words.contains(means), "{text}");
    }
}

#[test]
fn a_name_from_the_input_cannot_command_the_terminal() {
    let (mut bar, screen) = bar();
    bar.event(&about("pc\u{1b}[2J", Happening::Rejected { detail: too_old() }));
    bar.tick(&snapshot());
    assert!(!screen.text().contains('\u{1b}'));
}

#[test]
fn where_a_few_more_fall_into_another_hour_both_ends_are_shown() {
    let prospect = snapshot().prospect.map(|prospect| Prospect {
        latest_send_at: Some(prospect.last_send_at.plus(Duration::from_hours(1))),
        ..prospect
    });
    let shown = frame(&heading(), &Snapshot { prospect, ..snapshot() }, 100);
    assert!(shown.contains("no 429   last request between 23:03 and Wed 00:03\n"), "{shown}");
}

#[test]
fn the_last_answer_has_a_line_of_its_own_that_fits_the_screen() {
    let said = Some(format!("Not valid.\n{} (HTTP 400)", "words ".repeat(60)));
    let shown = frame(&heading(), &Snapshot { said, ..snapshot() }, 80);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 7, "{shown}");
    assert!(lines[5].starts_with(" last answer: Not valid.") && lines[5].ends_with('…'), "{shown}");
    assert!(lines[5].chars().count() < 80, "{shown}");
}

#[test]
fn no_line_of_the_picture_is_wider_than_the_screen_and_none_breaks_inside_a_word() {
    let heading = Heading {
        tenant: "72f988bf-0000-0000-0000-000000000000".to_owned(),
        simulated: true,
        next_command: format!("mde-offboard status 1 --journal {}.db", "long ".repeat(20)),
        ..heading()
    };
    let pause = Some(wait(WaitReason::RetryAfter, "2026-11-24T01:27:00", 0));
    for columns in [60, 80, 100, 200] {
        let shown = frame(&heading, &Snapshot { waiting: pause.clone(), ..snapshot() }, columns);
        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest < columns.min(101), "{columns}: {widest}\n{shown}");
        let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("(429); another tool may be using this app's quota"), "{shown}");
        let tenant = if columns < 100 {
            "72f988bf…  fleet.csv  SIMULATION"
        } else {
            "000000000000  fleet"
        };
        assert!(shown.contains(tenant), "{columns}: {shown}");
    }
}
