//! Requests go out in the hours in which they may, and in no others.

use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, Answer, DayHours, End, History, Now, OpeningHours, State, Steady, Timestamp,
    Window,
};
use mde_offboard::engine::{Ask, RunOptions, forecast};
use mde_offboard::event::{Happening, WaitReason};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, done, index_of, list, marked, play, silence, submitted,
};
use crate::support::world::START;

/// The tests begin on 2026-11-23 at 17:40Z.
fn each_day(between: &str) -> RunOptions {
    let between = Some(DayHours::parse(between, "UTC").expect("hours"));
    let hours = OpeningHours { between, ..OpeningHours::default() };
    RunOptions { hours, ..RunOptions::default() }
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

fn ten_an_hour() -> Vec<Window> {
    vec![Window::parse("10/1h").expect("a limit")]
}

/// Accepts every POST; the actions end after an hour.
fn run(machines: u32, options: &RunOptions) -> Story {
    let mut known: Vec<(u32, Duration)> = Vec::new();
    play(machines, options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            let index = index_of(*machine);
            known.push((index, at));
            let id = format!("action-{index}");
            let action = action(&id, *machine, &marked(index), ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => {
            let status = |sent: Duration| {
                let ended = at >= sent + minutes(60);
                if ended { ActionStatus::Succeeded } else { ActionStatus::Pending }
            };
            let rows = known.iter().map(|(index, sent)| {
                let id = format!("action-{index}");
                action(&id, machine_id(*index), &marked(*index), status(*sent))
            });
            list(rows.collect())
        }
    })
}

fn all_posts(story: &Story) -> Vec<Duration> {
    let is_post = |ask: &Ask| matches!(ask, Ask::Submit { .. });
    story.asked.iter().filter(|(_, ask)| is_post(ask)).map(|(at, _)| *at).collect()
}

#[test]
fn a_run_waits_for_its_hours_and_says_until_when() {
    let options = RunOptions { track_timeout: minutes(90), ..each_day("22:00-06:00") };
    let story = run(3, &options);
    assert_eq!(all_posts(&story), [minutes(260); 3]);
    let wait = story.events.iter().find_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => Some(wait.clone()),
        _ => None,
    });
    let wait = wait.expect("it says so");
    let hours = Some("22:00-06:00 UTC".to_owned());
    assert_eq!(wait.reason, WaitReason::Between { hours });
    assert_eq!(wait.until, Timestamp::parse("2026-11-23T22:00:00Z").expect("a time"));
    assert_eq!(story.conclusion.end, End::Settled);
}

/// And what it has sent is followed in the meantime.
#[test]
fn what_does_not_fit_into_one_night_goes_out_in_the_next() {
    let limits = ten_an_hour();
    let options = RunOptions { limits, track_timeout: minutes(600), ..each_day("17:00-20:00") };
    let story = run(35, &options);
    let posts = all_posts(&story);
    let first_day = posts.iter().filter(|at| **at < minutes(140)).count();
    let next_day = posts.iter().filter(|at| **at >= minutes(23 * 60 + 20)).count();
    assert_eq!((first_day, next_day), (30, 5), "{posts:?}");
    let polled = story.asked.iter().any(|(at, ask)| {
        matches!(ask, Ask::List { .. }) && *at > minutes(150) && *at < minutes(1_000)
    });
    assert!(polled, "actions are followed while nothing may be sent");
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 35);
}

#[test]
fn the_forecast_of_a_run_is_when_it_comes_to_send_its_last() {
    let options = RunOptions { limits: ten_an_hour(), ..each_day("17:00-20:00") };
    let story = run(35, &options);
    let now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let foresight = forecast(&options, 35, &History::default(), now).expect("a forecast");
    let last = all_posts(&story).into_iter().max().expect("posts");
    assert_eq!(foresight.prospect.last_send_at, START.plus(last));
    let calls: Vec<u64> = foresight.stretches.iter().map(|(_, calls)| *calls).collect();
    assert_eq!(calls, [30, 5]);
    let told = story.journal.first_forecast(story.batch).expect("readable");
    assert_eq!(told, Some(foresight.prospect.last_send_at), "the run says the same");
}

#[test]
fn after_its_end_a_run_ends_with_what_is_left() {
    let hours = OpeningHours { until: Some(START.plus(minutes(90))), ..OpeningHours::default() };
    let options = RunOptions { limits: ten_an_hour(), hours, ..RunOptions::default() };
    let story = run(35, &options);
    assert_eq!(story.conclusion.end, End::PastUntil);
    assert_eq!(story.conclusion.ended_at, START.plus(minutes(90)));
    assert_eq!(all_posts(&story).len(), 20);
    let why = story.conclusion.why.expect("a reason");
    assert_eq!(why, "--until 2026-11-23T19:10:00Z has passed");
}

/// Nothing is gained by waiting for an end before which nothing can be sent.
#[test]
fn a_run_that_cannot_send_any_more_before_its_end_ends_at_once() {
    let until = Some(START.plus(minutes(90)));
    let hours = OpeningHours { until, ..each_day("22:00-06:00").hours };
    let story = run(3, &RunOptions { hours, ..RunOptions::default() });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::PastUntil, 0));
    assert_eq!(story.conclusion.ended_at, START);
}

#[test]
fn nothing_is_sent_before_its_beginning() {
    let not_before = Some(START.plus(minutes(33)));
    let hours = OpeningHours { not_before, ..OpeningHours::default() };
    let story = run(2, &RunOptions { hours, ..RunOptions::default() });
    assert_eq!(all_posts(&story), [minutes(33); 2]);
}

/// Retries and what look-ups release keep to the hours as well; look-ups do not.
#[test]
fn whatever_is_sent_again_keeps_to_the_hours() {
    let mut posts = 0;
    let options = RunOptions { concurrency: 1, ..each_day("17:00-17:41") };
    let story = play(2, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            posts += 1;
            match posts {
                1 => silence(),
                2 => submitted(Answer::Absent(detail(404, "ResourceNotFound"))),
                _ => done(*machine),
            }
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    let (first, second) = (story.posts(0), story.posts(1));
    let tomorrow = minutes(24 * 60 - 40);
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(first[1] >= tomorrow && second[1] >= tomorrow, "{first:?} {second:?}");
    assert!(story.look_ups(0).iter().all(|at| *at < minutes(20)), "{:?}", story.look_ups(0));
}

#[test]
fn a_run_that_has_nothing_more_to_send_does_not_wait_for_its_hours() {
    // They end twenty minutes after the start, and the actions forty minutes later.
    let options = RunOptions { track_timeout: minutes(90), ..each_day("17:00-18:00") };
    let story = run(3, &options);
    assert_eq!(story.conclusion.end, End::Settled);
    let waits: Vec<_> = story
        .events
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Waiting { wait, .. } => Some(wait.reason.word()),
            _ => None,
        })
        .collect();
    assert!(!waits.is_empty() && waits.iter().all(|word| *word == "actions"), "{waits:?}");
}
