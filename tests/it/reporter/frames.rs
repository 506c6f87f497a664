//! The picture as text: every phase at every width, with a fixed clock.

use std::fmt::Write;
use std::time::Duration;

use console::measure_text_width;
use mde_offboard::domain::{State, Window};
use mde_offboard::event::{Prospect, Snapshot, WaitReason};
use mde_offboard::reporter::{Charset, Colouring, Heading, Look, Moment, Zone, frame};

use super::{at, counts, heading, snapshot, wait};

const WIDTHS: [usize; 5] = [40, 60, 80, 100, 120];

fn look(columns: usize) -> Look {
    Look { columns, rows: 50, charset: Charset::Unicode, colouring: Colouring::Off }
}

fn shown(heading: &Heading, moment: &Moment<'_>, columns: usize) -> String {
    frame(heading, moment, &look(columns)).join("\n")
}

/// A run that waits, with this many machines that are tried again.
pub(super) fn waiting(reason: WaitReason, until: &str, machines: u64) -> Snapshot {
    let said = match reason {
        WaitReason::Network { .. } => Some("api.security.microsoft.com: name not resolved".into()),
        WaitReason::SignIn { .. } => Some("AADSTS7000222: the client secret has expired".into()),
        _ => None,
    };
    let retrying = if reason == WaitReason::Backoff { machines } else { 0 };
    Snapshot { waiting: Some(wait(reason, until, machines)), said, retrying, ..snapshot() }
}

/// All is sent, and actions are pending.
pub(super) fn following() -> Snapshot {
    let all = counts(&[
        (State::Pending, 1_760),
        (State::Succeeded, 11_790),
        (State::Failed, 214),
        (State::TimedOut, 41),
        (State::Rejected, 73),
        (State::Skipped, 86),
    ]);
    let waiting = Some(wait(WaitReason::Actions, "2026-11-24T23:33:00", 1_760));
    Snapshot { counts: all, waiting, prospect: None, in_flight: 0, ..snapshot() }
}

fn in_doubt() -> Snapshot {
    let mut snapshot = waiting(WaitReason::Settle, "2026-11-24T01:31:05", 2);
    snapshot.counts.shift(State::Sending, State::Uncertain);
    snapshot.counts.shift(State::Sending, State::Uncertain);
    snapshot
}

/// A snapshot in every phase, by its name.
fn phases() -> Vec<(&'static str, Snapshot)> {
    let (since, gives_up_at) = (at("2026-11-24T01:20:00"), at("2026-11-24T13:20:00"));
    let sending = Snapshot { waiting: None, rate_limited: 2, ..snapshot() };
    let hours = Some("22:00-06:00 Europe/Berlin".to_owned());
    let mut first = Snapshot { counts: counts(&[(State::Queued, 13_878)]), ..sending.clone() };
    (first.in_flight, first.elapsed, first.rate_limited) = (1, Duration::from_secs(9), 0);
    let started = Snapshot { prospect: None, ..first };
    let minute = WaitReason::Window(Window::DEFENDER[0]);
    let tripped = Snapshot {
        counts: snapshot().counts,
        prospect: None,
        ..waiting(WaitReason::Actions, "2026-11-24T23:33:00", 1_098)
    };
    vec![
        ("started", started),
        ("sending", sending),
        ("minute", waiting(minute, "2026-11-24T01:26:40", 0)),
        ("hour", snapshot()),
        ("retry after", waiting(WaitReason::RetryAfter, "2026-11-24T02:03:40", 0)),
        ("backoff", waiting(WaitReason::Backoff, "2026-11-24T01:27:10", 3)),
        ("network", waiting(WaitReason::Network { since, gives_up_at }, "2026-11-24T01:27:00", 0)),
        ("sign-in", waiting(WaitReason::SignIn { since, gives_up_at }, "2026-11-24T01:27:00", 0)),
        ("between", waiting(WaitReason::Between { hours }, "2026-11-24T22:00:00", 0)),
        ("canary", waiting(WaitReason::Canary { succeeded: 14, of: 20 }, "2026-11-24T23:00:00", 6)),
        ("settle", in_doubt()),
        ("following", following()),
        ("tripped", tripped),
    ]
}

fn all_at(columns: usize) -> String {
    let mut text = String::new();
    let mut add = |name: &str, moment: &Moment<'_>| {
        let shown = shown(&heading(), moment, columns);
        writeln!(text, "--- {name}\n{shown}").unwrap();
    };
    for (name, snapshot) in phases() {
        let moment = Moment {
            is_calm: name == "hour",
            retried_because: Some("Defender answered 503"),
            ..Moment::of(&snapshot)
        };
        add(name, &moment);
    }
    let stopped = Snapshot { waiting: None, prospect: None, ..snapshot() };
    let stopping_since = Some(at("2026-11-24T01:25:52"));
    add("stopping", &Moment { stopping_since, ..Moment::of(&stopped) });
    text
}

#[test]
fn every_phase_has_a_picture_at_every_width() {
    for columns in WIDTHS {
        insta::assert_snapshot!(format!("frames_at_{columns}"), all_at(columns));
    }
}

#[test]
fn no_picture_is_wider_than_its_terminal_or_higher_than_six_lines() {
    let long = Heading {
        tenant: "72f988bf-0000-0000-0000-000000000000".to_owned(),
        sources: vec!["ein sehr langer Name einer Liste von Geräten 設備.csv".to_owned()],
        simulated: true,
        next_command: format!("mde-offboard status 1 --journal {}.db", "long ".repeat(20)),
        ..heading()
    };
    for columns in 20..=130 {
        for heading in [&heading(), &long] {
            for (name, snapshot) in phases() {
                let said = Some("x".repeat(300));
                for snapshot in [Snapshot { said, ..snapshot.clone() }, snapshot] {
                    let lines = frame(heading, &Moment::of(&snapshot), &look(columns));
                    let widest = lines.iter().map(|line| measure_text_width(line)).max();
                    let picture = lines.join("\n");
                    assert!(widest < Some(columns.min(101)), "{name} {columns}:\n{picture}");
                    assert!(lines.len() <= 6, "{name} {columns}:\n{picture}");
                }
            }
        }
    }
}

#[test]
fn a_sentence_breaks_between_words_and_a_command_is_there_whole_or_not_at_all() {
    for columns in 40..=120 {
        for (name, snapshot) in phases() {
            let picture = shown(&heading(), &Moment::of(&snapshot), columns);
            for line in picture.lines().filter(|line| line.contains("mde-offboard")) {
                let whole = ["mde-offboard status 1 --journal a.db", "mde-offboard track 1"];
                assert!(whole.iter().any(|whole| line.ends_with(whole)), "{name}: {line}");
            }
        }
        let pause = waiting(WaitReason::RetryAfter, "2026-11-24T01:27:00", 0);
        let words = shown(&heading(), &Moment::of(&pause), columns);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Defender asked for a pause until 01:27:00 (429)"), "{words}");
    }
}

#[test]
fn a_low_terminal_shows_what_matters_most() {
    let pictures = [2, 3, 4].map(|rows| {
        let look = Look { rows, ..look(80) };
        frame(&heading(), &Moment::of(&snapshot()), &look)
    });
    assert_eq!(pictures.each_ref().map(Vec::len), [1, 2, 3]);
    assert!(pictures.iter().all(|lines| lines.last().unwrap().contains("hourly limit")));
}

#[test]
fn elapsed_time_moves_each_second() {
    for (seconds, words) in [
        (0, " 0 s"),
        (59, " 59 s"),
        (85, " 1 m 25 s"),
        (3_605, " 1 h 00 m 05 s"),
        (12_369, " 3 h 26 m 09 s"),
        (100 * 3_600, " 100 h 00 m 00 s"),
    ] {
        let now = Snapshot { elapsed: Duration::from_secs(seconds), ..snapshot() };
        let picture = shown(&heading(), &Moment::of(&now), 80);
        assert!(picture.lines().next().unwrap().ends_with(words), "{picture}");
    }
}

#[test]
fn a_picture_without_unicode_is_plain_ascii() {
    let heading = Heading { tenant: "72f988bf-0000-0000-0000-000000000000".into(), ..heading() };
    for columns in [40, 60, 80] {
        for (_, snapshot) in phases() {
            let look = Look { charset: Charset::Ascii, ..look(columns) };
            let said = Some("words ".repeat(60));
            for snapshot in [Snapshot { said, ..snapshot.clone() }, snapshot] {
                let picture = frame(&heading, &Moment::of(&snapshot), &look).join("\n");
                assert!(picture.is_ascii(), "{picture}");
            }
        }
    }
    let ascii = Look { charset: Charset::Ascii, ..look(80) };
    let picture = frame(&heading, &Moment::of(&snapshot()), &ascii);
    assert!(picture[1].contains("[###") && picture[1].contains("---]"), "{picture:?}");
}

#[test]
fn colours_only_repeat_what_words_say() {
    for columns in WIDTHS {
        for (name, snapshot) in phases() {
            let coloured = Look { colouring: Colouring::On, ..look(columns) };
            let moment = Moment::of(&snapshot);
            let lines = frame(&heading(), &moment, &coloured);
            let picture = lines.join("\n");
            assert!(picture.contains('\u{1b}'), "{name} {columns}");
            let plain = console::strip_ansi_codes(&picture).into_owned();
            assert_eq!(plain, shown(&heading(), &moment, columns), "{name} {columns}");
        }
    }
}

#[test]
fn a_stopping_picture_says_how_long_it_can_take_at_most_and_counts_down() {
    let stopping_since = Some(at("2026-11-24T01:26:00"));
    for (seconds, left) in [(0, "at most 30 s more"), (12, "at most 18 s more"), (99, "0 s more")] {
        let now = at("2026-11-24T01:26:00").plus(Duration::from_secs(seconds));
        let snapshot = Snapshot { at: now, ..snapshot() };
        let picture = shown(&heading(), &Moment { stopping_since, ..Moment::of(&snapshot) }, 100);
        assert!(picture.contains("stopping: no new requests; 4 in flight"), "{picture}");
        assert!(picture.contains(left), "{picture}");
        assert!(!picture.contains("Ctrl-C stops safely"), "{picture}");
    }
}

#[test]
fn nothing_is_wrong_is_said_only_of_a_wait_for_a_limit() {
    for (name, snapshot) in phases() {
        let moment = Moment { is_calm: true, ..Moment::of(&snapshot) };
        let picture = shown(&heading(), &moment, 100);
        let said = picture.contains("nothing is wrong");
        assert_eq!(said, matches!(name, "minute" | "hour"), "{picture}");
    }
}

#[test]
fn where_a_few_more_fall_into_another_hour_both_ends_are_shown() {
    let prospect = snapshot().prospect.map(|prospect| Prospect {
        latest_send_at: Some(prospect.last_send_at.plus(Duration::from_hours(1))),
        ..prospect
    });
    let shown = shown(&heading(), &Moment::of(&Snapshot { prospect, ..snapshot() }), 100);
    assert!(shown.contains("no 429   last request between 23:03 and Wed 00:03\n"), "{shown}");
}

#[test]
fn hours_of_this_zone_are_shown_without_it() {
    let berlin = Zone::new(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let heading = Heading { zone: berlin, ..heading() };
    let (_, between) = phases().swap_remove(8);
    let picture = shown(&heading, &Moment::of(&between), 100);
    assert!(picture.contains("outside 22:00-06:00; next request 22:00"), "{picture}");
}
