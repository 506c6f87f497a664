//! How numbers, durations, times and waits are written for people.

use std::time::Duration;

use mde_offboard::domain::{State, Window};
use mde_offboard::event::{Usage, WaitReason};
use mde_offboard::reporter::{
    Sent, Zone, ascii_json, counts_line, lasting, progress_words, progress_words_at_rest, share,
    thousands, usage_line, wait_words, window_name,
};

use super::{Log, at, counts, event, heading, snapshot, wait, zone};

#[test]
fn numbers_have_commas() {
    let all = [0, 12, 999, 1_000, 13_878, 1_000_000].map(thousands);
    assert_eq!(all, ["0", "12", "999", "1,000", "13,878", "1,000,000"]);
}

#[test]
fn a_share_is_whole_only_when_all_is_done() {
    assert_eq!([share(999, 1_000), share(1_000, 1_000), share(0, 0)], ["99 %", "100 %", "100 %"]);
}

#[test]
fn durations_have_the_two_units_that_matter() {
    let all = [0, 34, 60, 3_599, 3_600, 12_360, 172_799, 172_800, 237_600]
        .map(|seconds| lasting(Duration::from_secs(seconds)));
    let expected =
        ["0 s", "34 s", "1 m", "59 m", "1 h 0 m", "3 h 26 m", "47 h 59 m", "2 d 0 h", "2 d 18 h"];
    assert_eq!(all, expected);
    assert_eq!(lasting(Duration::from_millis(850)), "850 ms");
}

#[test]
fn sent_is_what_got_beyond_queued_and_sending_without_the_skipped() {
    let all = State::ALL.map(|state| (state, 1));
    assert_eq!(Sent::from(&counts(&all)), Sent { sent: 8, of: 10 });
    assert_eq!(Sent::from(&snapshot().counts), Sent { sent: 6_000, of: 13_878 });
}

#[test]
fn the_counts_beside_sent_add_up_to_it() {
    let all = counts(&State::ALL.map(|state| (state, 1)));
    assert_eq!(
        counts_line(&all),
        "pending 1   succeeded 1   failed 1   timed out 1   cancelled 1   rejected 1   \
         uncertain 1   held 1   skipped 1"
    );
}

#[test]
fn windows_of_other_lengths_are_named_as_they_are_given() {
    let second = Window::parse("100/1s").unwrap();
    assert_eq!(window_name(second), "100/1s");
    assert_eq!(usage_line(&[Usage { window: second, used: 7 }]), "100/1s 7/100");
}

#[test]
fn a_time_has_its_day_where_it_is_another_one() {
    let now = at("2026-11-24T23:30:00");
    let near = |time| zone().near_minute(at(time), now);
    assert_eq!(near("2026-11-24T23:59:00"), "23:59");
    assert_eq!(near("2026-11-25T00:03:00"), "Wed 00:03");
    assert_eq!(near("2026-11-30T09:00:00"), "Mon 09:00");
    assert_eq!(near("2026-12-01T09:00:00"), "Tue 1 Dec 09:00");
    let when = |time| zone().when_minute(at(time), now);
    assert_eq!(when("2026-11-24T23:59:00"), "at 23:59");
    assert_eq!(when("2026-11-25T00:03:00"), "on Wed 00:03");
    assert_eq!(zone().rfc3339(now), "2026-11-24T23:30:00+01:00");
    assert_eq!(zone().name(now), "CET");
    assert_eq!(zone().name(at("2026-07-01T00:00:00")), "CEST");
}

#[test]
fn every_wait_names_an_instant() {
    let (since, gives_up_at) = (at("2026-11-24T01:20:00"), at("2026-11-24T13:20:00"));
    let until = "2026-11-24T01:27:10";
    let other = Window::parse("100/1s").unwrap();
    let all = [
        wait(WaitReason::Window(Window::DEFENDER[0]), until, 0),
        wait(WaitReason::Window(other), until, 0),
        wait(WaitReason::RetryAfter, until, 0),
        wait(WaitReason::ReadsPaused { gives_up_at: Some(gives_up_at) }, until, 0),
        wait(WaitReason::ReadsPaused { gives_up_at: None }, until, 0),
        wait(WaitReason::Backoff, until, 3),
        wait(WaitReason::Backoff, until, 1),
        wait(WaitReason::Backoff, until, 0),
        wait(WaitReason::Network { since, gives_up_at }, until, 0),
        wait(WaitReason::Network { since, gives_up_at }, until, 7),
        wait(WaitReason::SignIn { since, gives_up_at }, until, 0),
        wait(WaitReason::Settle, until, 2),
        wait(WaitReason::Settle, until, 0),
        wait(WaitReason::Actions, "2026-11-24T23:33:00", 1_760),
        wait(WaitReason::Between { hours: None }, "2026-11-25T03:00:00", 0),
        wait(WaitReason::Canary { succeeded: 14, of: 20 }, "2026-11-24T22:00:00", 6),
        wait(WaitReason::Canary { succeeded: 14, of: 20 }, "2026-11-24T22:00:00", 5),
    ];
    let words = all.map(|wait| wait_words(&wait, snapshot().at, &zone()));
    insta::assert_snapshot!(words.join("\n"), @r"
    the limit per minute is used up; next request at 01:27:10 (in 1 m)
    the limit 100/1s is used up; next request at 01:27:10 (in 1 m)
    Defender asked for a pause until 01:27:10 (429); another tool may be using this app's quota
    Defender asked for a pause of lists until 01:27:10 (429), giving up at 13:20
    Defender asked for a pause of lists until 01:27:10 (429)
    3 machines are retried, the first at 01:27:10
    1 machine is retried at 01:27:10
    Defender's list of actions could not be read; next try at 01:27:10
    no connection since 01:20; next try at 01:27:10, giving up at 13:20
    no usable answer to the last 7 requests since 01:20; next try at 01:27:10, giving up at 13:20
    sign-in refused since 01:20; next try at 01:27:10, giving up at 13:20
    2 requests got no answer; they are looked up at 01:27:10 before anything is sent again
    Defender has actions that are not in the journal; checked again at 01:27:10 before sending
    all sent; 1,760 actions are pending, followed until 23:33
    nothing is sent before Wed 03:00. You may close the program and resume later
    14 of 20 canary machines succeeded; waiting for 6 until 22:00
    14 of 20 canary machines succeeded, 1 did not; waiting for 5 until 22:00
    ");
}

fn shut(hours: &str) -> WaitReason {
    WaitReason::Between { hours: Some(hours.to_owned()) }
}

#[test]
fn hours_name_their_zone_where_it_is_another_one() {
    let berlin = Zone::new(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let words = |hours, until| wait_words(&wait(shut(hours), until, 0), snapshot().at, &berlin);
    let end = ". You may close the program and resume later";
    let said = words("22:00-06:00 Europe/Berlin", "2026-11-24T22:00:00");
    assert_eq!(said, format!("outside 22:00-06:00; next request 22:00{end}"));
    let said = words("22:00-06:00 Asia/Tokyo", "2026-11-25T14:00:00");
    assert_eq!(said, format!("outside 22:00-06:00 Asia/Tokyo; next request Wed 14:00 CET{end}"));
}

#[test]
fn json_is_plain_ascii_beyond_the_first_plane_too() {
    let json = ascii_json(&["bücher", "\u{1f512}", "\n\"\\"]);
    assert_eq!(json, r#"["b\u00fccher","\ud83d\udd12","\n\"\\"]"#);
    let back: [String; 3] = serde_json::from_str(&json).unwrap();
    assert_eq!(back, ["bücher", "\u{1f512}", "\n\"\\"]);
}

#[test]
fn each_machine_is_accepted_refused_in_doubt_or_to_go() {
    let states = [
        (State::Queued, 250),
        (State::Sending, 8),
        (State::Uncertain, 2),
        (State::Pending, 1),
        (State::Rejected, 40),
        (State::Skipped, 9),
    ];
    let some = counts(&states);
    assert_eq!(progress_words(&some), "1 accepted, 40 refused, 2 in doubt, 258 to go");
    assert_eq!(progress_words_at_rest(&some), "1 accepted, 40 refused, 10 in doubt, 250 to go");
    let none = counts(&[(State::Queued, 260), (State::Rejected, 40)]);
    assert_eq!(progress_words(&none), "0 accepted, 40 refused, 260 to go");
}

#[test]
fn the_end_of_the_hours_is_told_by_the_clock_on_the_wall() {
    let berlin = Zone::new(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let said = berlin.until_here("--until 2026-11-24T22:00:00Z has passed");
    assert_eq!(said, "--until Tue 24 Nov 23:00:00 CET has passed");
    for other in ["--until", "--until none", "it said 2026-11-24T22:00:00Z"] {
        assert_eq!(berlin.until_here(other), other);
    }
}

#[test]
fn a_gap_is_called_what_is_known_of_it() {
    use mde_offboard::domain::{ClockGap, GapCause};
    use mde_offboard::event::{Happening, Observer};
    use mde_offboard::reporter::Plain;

    for (from, cause, says) in [
        ("2026-11-24T00:03:00", GapCause::Sleep, "the computer slept from 00:03 to 01:14; "),
        ("2026-11-24T01:13:05", GapCause::Sleep, "the computer slept from 01:13:05 to 01:14:00; "),
        (
            "2026-11-24T00:03:00",
            GapCause::ClockSet,
            "the computer's clock was set from 00:03 to 01:14; ",
        ),
        (
            "2026-11-24T00:03:00",
            GapCause::Unknown,
            "from 00:03 to 01:14 the computer slept, the program was stopped, or the clock was \
             set; ",
        ),
    ] {
        let log = Log::default();
        let mut plain = Plain::new(heading(), Box::new(log.clone()));
        let gap = ClockGap { from: at(from), until: at("2026-11-24T01:14:00"), cause };
        plain.event(&event(Happening::ClockGap(gap)));
        assert!(log.text().contains(&format!("\"{says}the run goes on\"")), "{}", log.text());
    }
}
