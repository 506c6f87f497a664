//! A run stops once more machines were rejected or failed than may.

use std::time::Duration;

use mde_offboard::domain::{ActionStatus, Answer, End, Fact, MachineId, State, StoppedBy, Trouble};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task, lift_guards, recount_failures};
use mde_offboard::guard::{FailureLimit, Tally};
use mde_offboard::journal::{Changes, Entry, Filter, Machine};

use crate::support::script::{
    Story, accept, action, detail, index_of, list, marked, no_list, play_on, play_posts, submitted,
};
use crate::support::world::{START, batch_of};

/// About the machine's system: ten of them in a row say nothing about the run.
fn refused() -> Answered {
    submitted(Answer::Refused(detail(400, "OsPlatformNotSupported")))
}

fn limited(limit: &str, concurrency: usize) -> RunOptions {
    let failures_max = Some(FailureLimit::parse(limit).expect("a limit"));
    RunOptions { failures_max, concurrency, ..RunOptions::default() }
}

/// Every `nth` POST is refused.
fn run(machines: u32, options: &RunOptions, nth: usize) -> Story {
    play_posts(batch_of(machines, options), options, |count, ask| {
        if count.is_multiple_of(nth) { refused() } else { accept(ask) }
    })
}

#[test]
fn a_number_is_exceeded_by_one_more() {
    let story = run(60, &limited("3", 1), 10);
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.conclusion.guard, Some(StoppedBy::MaxFailures));
    assert_eq!(story.all_posts(), 40);
    assert_eq!(
        story.conclusion.why.as_deref(),
        Some(
            "4 machines were rejected or failed, of 40 that were answered for: more than \
             --max-failures 3"
        )
    );
    assert_eq!(run(60, &limited("6", 1), 10).conclusion.end, End::Settled);
    assert_eq!(run(60, &limited("0", 1), 10).all_posts(), 10, "none may fail");
}

/// Nothing is left that stopping could save.
#[test]
fn the_last_answers_of_all_do_not_stop_a_run() {
    let story = run(10, &limited("0", 1), 10);
    assert_eq!((story.all_posts(), story.conclusion.end), (10, End::Settled));
    assert_eq!((story.state(9), story.conclusion.guard), (State::Rejected, None));
}

#[test]
fn of_two_guards_that_say_stop_at_once_the_first_one_is_told_and_recorded() {
    let options = RunOptions { canary: 2, ..limited("0", 1) };
    let story = run(10, &options, 1);
    assert_eq!(story.conclusion.guard, Some(StoppedBy::MaxFailures));
    let tripped = story.events.iter().filter(|event| event.what.name() == "guard_tripped");
    assert_eq!(tripped.count(), 1);
}

#[test]
fn a_share_counts_from_the_twentieth_answer_on() {
    let answers = |failing: &'static [usize]| {
        let options = limited("10%", 1);
        play_posts(batch_of(60, &options), &options, move |count, ask| {
            if failing.contains(&count) { refused() } else { accept(ask) }
        })
    };
    // Two of nineteen are 10.5 %, and two of twenty are not more than 10 %.
    assert_eq!(answers(&[1, 2]).conclusion.end, End::Settled);
    let story = answers(&[1, 2, 3]);
    assert_eq!(story.all_posts(), 20, "{:?}", story.conclusion.why);
}

#[test]
fn a_limit_is_exceeded_strictly() {
    for (limit, answered, failed, exceeded) in [
        ("5%", 20, 1, false),
        ("5%", 20, 2, true),
        ("5%", 19, 19, false),
        ("0%", 20, 1, true),
        ("99%", 1_000, 990, false),
        ("99%", 1_000, 991, true),
        ("0", 1, 1, true),
        ("1", 1, 1, false),
    ] {
        let limit = FailureLimit::parse(limit).expect("a limit");
        assert_eq!(limit.is_exceeded(Tally { answered, failed }), exceeded, "{limit}");
    }
    for text in ["", "%", "100%", "-1", "5.5%", "five"] {
        assert!(FailureLimit::parse(text).is_err(), "{text}");
    }
}

#[test]
fn after_the_last_one_that_may_fail_only_what_is_in_flight_is_sent() {
    for concurrency in [1, 4, 8] {
        let options = limited("3", concurrency);
        let story = play_posts(batch_of(200, &options), &options, |count, ask| {
            if count >= 10 { refused() } else { accept(ask) }
        });
        assert_eq!(story.conclusion.guard, Some(StoppedBy::MaxFailures));
        // The 13th POST is the fourth that fails.
        assert!(story.all_posts() < 13 + concurrency, "{} posts", story.all_posts());
    }
}

#[test]
fn answers_of_earlier_runs_count() {
    let options = limited("3", 1);
    let Story { journal, batch, .. } = run(60, &options, 10);
    // The limit still holds: not one more is sent.
    let again = play_posts((journal, batch), &options, |_, ask| accept(ask));
    assert_eq!((again.all_posts(), again.conclusion.end), (0, End::Tripped));
    let counts = again.conclusion.counts;
    assert_eq!((counts.of(State::Rejected), counts.of(State::Queued)), (4, 20));
}

#[test]
fn a_person_who_goes_on_starts_the_count_again() {
    let options = limited("3", 1);
    let Story { mut journal, batch, .. } = run(200, &options, 10);
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    let again = play_posts((journal, batch), &options, |count, ask| {
        if count.is_multiple_of(10) { refused() } else { accept(ask) }
    });
    assert_eq!(again.conclusion.guard, Some(StoppedBy::MaxFailures));
    assert_eq!(again.all_posts(), 40);
}

/// What is queued again failed before: without a new count it could fail four times for nothing.
#[test]
fn machines_that_are_queued_again_count_again() {
    let options = limited("3", 1);
    let Story { mut journal, batch, .. } = run(60, &options, 10);
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    let rejected = Filter { states: vec![State::Rejected], ..Filter::default() };
    let mut facts = Vec::new();
    let visit = |machine: Machine| {
        facts.push(Entry { batch, number: machine.number, at: START, fact: Fact::Requeued });
    };
    journal.each_machine(batch, &rejected, visit).expect("rows");
    journal.commit(&Changes { facts, ..Changes::default() }).expect("a journal");
    recount_failures(&mut journal, batch, START).expect("a journal");
    let again = play_posts((journal, batch), &options, |_, _| refused());
    assert_eq!(again.all_posts(), 4, "{:?}", again.conclusion);
}

#[test]
fn what_somebody_else_had_asked_for_is_no_answer() {
    let options = limited("0", 1);
    let story = play_posts(batch_of(5, &options), &options, |_, ask| {
        let Ask::Submit { machine, .. } = ask else { unreachable!("only POSTs") };
        let id = format!("action-{}", index_of(*machine));
        let words = "Requested in the portal";
        let action = action(&id, *machine, words, ActionStatus::Failed);
        submitted(Answer::Accepted { action, adopted: true, http_status: 201 })
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.conclusion.counts.of(State::Failed), 5);
}

/// Accepts all but every tenth; a list says that the actions have this status by then.
fn followed(options: &RunOptions, status: &ActionStatus) -> Story {
    let mut accepted: Vec<MachineId> = Vec::new();
    let mut posts = 0_usize;
    let row = |machine: &MachineId, status| {
        let index = index_of(*machine);
        action(&format!("action-{index}"), *machine, &marked(index), status)
    };
    play_on(batch_of(60, options), Task::Send, options, |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            posts += 1;
            if posts.is_multiple_of(10) {
                return refused();
            }
            accepted.push(*machine);
            let action = row(machine, ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => list(accepted.iter().map(|machine| row(machine, status.clone())).collect()),
    })
}

#[test]
fn after_a_guard_tripped_what_is_pending_is_followed_and_nothing_more_is_sent() {
    let story = followed(&limited("3", 1), &ActionStatus::Succeeded);
    assert_eq!(story.conclusion.guard, Some(StoppedBy::MaxFailures));
    assert_eq!(story.all_posts(), 40);
    let counts = story.conclusion.counts;
    assert_eq!((counts.of(State::Pending), counts.of(State::Succeeded)), (0, 36));
    let batch = story.journal.batch(story.batch).expect("a journal").expect("a batch");
    assert_eq!(batch.end, Some(End::Tripped));
}

#[test]
fn after_a_guard_tripped_following_ends_with_its_time() {
    let options = RunOptions { track_timeout: Duration::from_mins(5), ..limited("3", 1) };
    let story = followed(&options, &ActionStatus::Pending);
    assert_eq!(story.conclusion.end, End::Tripped);
    let last = story.asked.last().map(|(at, _)| *at).expect("a request");
    assert!(last >= Duration::from_mins(4), "it was followed: {last:?}");
    assert!(last <= Duration::from_mins(6), "and not for ever: {last:?}");
    assert_eq!(story.conclusion.counts.of(State::Pending), 36);

    let options = RunOptions { track_timeout: Duration::ZERO, ..limited("3", 1) };
    let story = followed(&options, &ActionStatus::Succeeded);
    let counts = story.conclusion.counts;
    assert_eq!(counts.of(State::Pending), 36, "a run that does not follow ends at once");
}

#[test]
fn a_guard_that_tripped_and_lists_that_fail_afterwards_are_both_told() {
    let options = RunOptions { track_timeout: Duration::from_mins(5), ..limited("3", 1) };
    let mut posts = 0_usize;
    let story = play_on(batch_of(60, &options), Task::Send, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            posts += 1;
            if posts.is_multiple_of(10) {
                return refused();
            }
            let index = index_of(*machine);
            let id = format!("action-{index}");
            let action = action(&id, *machine, &marked(index), ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ if at.is_zero() => list(Vec::new()),
        _ => no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable"))),
    });
    assert_eq!(story.conclusion.guard, Some(StoppedBy::MaxFailures));
    let why = story.conclusion.why.unwrap_or_default();
    assert!(why.starts_with("4 machines were rejected or failed"), "{why}");
    assert!(why.contains("; Defender's list of actions could not be read"), "{why}");
}
