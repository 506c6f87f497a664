//! The first machines go alone, and the others only once all of those have succeeded.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, ActionType, Answer, BatchFact, BatchId, End, State, StoppedBy, Window,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task, lift_guards};
use mde_offboard::event::{Happening, WaitReason};
use mde_offboard::journal::Journal;

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, index_of, list, marked, play, play_on, silence, submitted,
};
use crate::support::world::{START, batch_of};

pub(super) fn canary_of(machines: u32) -> RunOptions {
    RunOptions { canary: machines, settle: Duration::from_mins(1), ..RunOptions::default() }
}

pub(super) fn action_of(index: u32, status: ActionStatus) -> Action {
    action(&format!("action-{index}"), machine_id(index), &marked(index), status)
}

pub(super) fn accepted(ask: &Ask) -> Answered {
    let Ask::Submit { machine, .. } = ask else { unreachable!("only POSTs come here") };
    let action = action_of(index_of(*machine), ActionStatus::Pending);
    submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
}

/// Every POST is accepted; `status` says what has become of a machine by an instant. Lists show
/// what was accepted.
pub(super) fn following(
    batch: (Journal, BatchId),
    options: &RunOptions,
    status: impl Fn(u32, Duration) -> ActionStatus,
) -> Story {
    let mut known: Vec<u32> = Vec::new();
    play_on(batch, Task::Send, options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            known.push(index_of(*machine));
            accepted(ask)
        }
        _ => list(known.iter().map(|index| action_of(*index, status(*index, at))).collect()),
    })
}

fn run(
    machines: u32,
    options: &RunOptions,
    status: impl Fn(u32, Duration) -> ActionStatus,
) -> Story {
    following(batch_of(machines, options), options, status)
}

pub(super) fn why(story: &Story) -> &str {
    story.conclusion.why.as_deref().unwrap_or_default()
}

fn canary_waits(story: &Story) -> Vec<(u64, u64, u64)> {
    let waits = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => match wait.reason {
            WaitReason::Canary { succeeded, of } => Some((succeeded, of, wait.machines)),
            _ => None,
        },
        _ => None,
    });
    waits.collect()
}

#[test]
fn the_others_wait_until_all_of_the_canary_succeeded() {
    let ended = Duration::from_mins(10);
    let story = run(12, &canary_of(3), |_, at| {
        if at >= ended { ActionStatus::Succeeded } else { ActionStatus::Pending }
    });
    assert_eq!(story.conclusion.end, End::Settled, "{:?}", story.conclusion);
    for index in 0..3 {
        assert_eq!(story.posts(index), [Duration::ZERO], "{index}");
    }
    for index in 3..12 {
        let posts = story.posts(index);
        assert_eq!(posts.len(), 1);
        assert!(posts[0] >= ended && posts[0] < ended + Duration::from_mins(1), "{posts:?}");
    }
    assert_eq!(canary_waits(&story).first(), Some(&(0, 3, 3)));
    let facts = story.journal.batch_facts_of(story.batch).expect("readable");
    let told = |wanted: &BatchFact| facts.iter().any(|(_, fact)| fact == wanted);
    let chosen =
        |fact: &BatchFact| matches!(fact, BatchFact::CanaryChosen { machines: 3, chosen: Some(_) });
    assert!(facts.iter().any(|(_, fact)| chosen(fact)) && told(&BatchFact::CanaryPassed));
}

#[test]
fn one_that_fails_stops_the_run_once_the_rest_of_the_canary_has_ended() {
    let story = run(12, &canary_of(4), |index, at| match index {
        1 => ActionStatus::Failed,
        _ if at >= Duration::from_mins(5) => ActionStatus::Succeeded,
        _ => ActionStatus::Pending,
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.conclusion.guard, Some(StoppedBy::Canary));
    assert_eq!(why(&story), "the canary did not pass: of 4, 3 succeeded, 1 failed (pc-0002)");
    assert_eq!(story.all_posts(), 4);
    assert!(story.conclusion.ended_at.since(START) < Duration::from_mins(6));
    let guard = StoppedBy::Canary;
    let tripped = Happening::GuardTripped { guard, why: why(&story).to_owned() };
    assert!(story.events.iter().any(|event| event.what == tripped));
}

#[test]
fn one_that_is_still_pending_when_its_wait_ends_stops_the_run_and_is_named() {
    let options = RunOptions { canary_wait: Duration::from_mins(40), ..canary_of(6) };
    let story =
        run(
            12,
            &options,
            |index, _| {
                if index < 2 { ActionStatus::Succeeded } else { ActionStatus::Pending }
            },
        );
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(
        why(&story),
        "the canary did not pass: of 6, 2 succeeded, 4 are pending after 40m (pc-0003, pc-0004, \
         pc-0005 ...)"
    );
    assert_eq!(story.conclusion.ended_at.since(START), Duration::from_mins(40));
    assert_eq!(story.all_posts(), 6);
    assert_eq!(canary_waits(&story), [(0, 6, 6)], "told once, for the same end");
}

#[test]
fn a_canary_that_is_refused_sends_no_more_of_itself() {
    let options = RunOptions { concurrency: 1, ..canary_of(5) };
    let story = play(12, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if index_of(*machine) == 1 => {
            submitted(Answer::Refused(detail(400, "ClientVersionNotSupported")))
        }
        Ask::Submit { .. } => accepted(ask),
        Ask::List { .. } => list(vec![action_of(0, ActionStatus::Succeeded)]),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    let said = "of 5, 1 succeeded, 1 rejected, 3 are not sent (pc-0002)";
    assert!(why(&story).ends_with(said), "{}", why(&story));
    assert!(story.all_posts() <= 2);
}

#[test]
fn what_somebody_else_asked_for_counts_as_the_canarys() {
    let by_other = Action {
        comment: Some("Requested in the portal".to_owned()),
        created_at: Some(START.minus(Duration::from_mins(30))),
        ..action_of(1, ActionStatus::Pending)
    };
    let story = play(6, &canary_of(3), |at, ask| match ask {
        Ask::Submit { .. } => accepted(ask),
        _ if at.is_zero() => list(vec![by_other.clone()]),
        _ => {
            let status =
                |index| if index == 1 { ActionStatus::Failed } else { ActionStatus::Succeeded };
            list((0..3).map(|index| action_of(index, status(index))).collect())
        }
    });
    assert_eq!(story.posts(1), [] as [Duration; 0], "it is adopted");
    assert_eq!(story.all_posts(), 2);
    assert_eq!(why(&story), "the canary did not pass: of 3, 2 succeeded, 1 failed (pc-0002)");
}

#[test]
fn one_that_stays_in_doubt_has_not_ended() {
    let options = RunOptions { canary_wait: Duration::from_mins(90), ..canary_of(2) };
    let story = play(4, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if index_of(*machine) == 0 => silence(),
        Ask::Submit { .. } => accepted(ask),
        Ask::Find { .. } => list(Vec::new()),
        Ask::List { .. } => list(vec![action_of(1, ActionStatus::Succeeded)]),
        _ => unreachable!("nothing is taken back"),
    });
    assert_eq!(story.state(0), State::Held, "sent twice without an answer");
    let said = "of 2, 1 succeeded, 1 is held after 90m (pc-0001)";
    assert!(why(&story).ends_with(said), "{}", why(&story));
    assert_eq!(story.posts(2), [] as [Duration; 0]);
}

/// The lists that show what becomes of it are read although nobody wants to follow afterwards.
#[test]
fn it_is_followed_even_where_actions_are_not() {
    let options = RunOptions { track_timeout: Duration::ZERO, ..canary_of(2) };
    let story = run(5, &options, |index, at| {
        let ended = index < 2 && at >= Duration::from_mins(3);
        if ended { ActionStatus::Succeeded } else { ActionStatus::Pending }
    });
    assert_eq!(story.conclusion.end, End::Pending);
    assert_eq!(story.all_posts(), 5);
    assert_eq!(story.conclusion.counts.of(State::Pending), 3);
}

#[test]
fn a_canary_for_which_nobody_waits_is_a_batch_like_any_other() {
    let options = RunOptions { track_timeout: Duration::from_mins(5), ..canary_of(20) };
    let story = run(3, &options, |_, _| ActionStatus::Pending);
    assert_eq!(story.conclusion.end, End::Pending);
    assert_eq!(story.all_posts(), 3);
    assert_eq!(canary_waits(&story), []);
    let one_by_one = RunOptions { concurrency: 1, ..options };
    let story = play(3, &one_by_one, |_, ask| match ask {
        Ask::Submit { machine, .. } if index_of(*machine) == 0 => {
            submitted(Answer::Refused(detail(400, "OsPlatformNotSupported")))
        }
        Ask::Submit { .. } => accepted(ask),
        _ => list(Vec::new()),
    });
    assert_eq!((story.all_posts(), story.conclusion.guard), (3, None), "none is held back");
}

#[test]
fn a_person_who_goes_on_is_not_stopped_by_the_same_canary_again() {
    let options = canary_of(2);
    let Story { mut journal, batch, conclusion, .. } =
        run(30, &options, |_, _| ActionStatus::Failed);
    assert_eq!(conclusion.end, End::Tripped);
    let ended = |journal: &Journal| journal.batch(batch).unwrap().unwrap().end;
    assert_eq!(ended(&journal), Some(End::Tripped));
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    assert_eq!(ended(&journal), None, "a process that dies now does not ask again");
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    let again = following((journal, batch), &options, |_, _| ActionStatus::Succeeded);
    assert_eq!(again.conclusion.end, End::Settled);
    assert_eq!(again.all_posts(), 28);
}

/// Without a person's word the next run stops at once, whatever became of the first.
#[test]
fn a_canary_that_failed_is_not_forgotten() {
    let options = canary_of(2);
    let Story { journal, batch, .. } = run(9, &options, |_, _| ActionStatus::Failed);
    let again = following((journal, batch), &options, |_, _| ActionStatus::Succeeded);
    assert_eq!(again.conclusion.guard, Some(StoppedBy::Canary));
    assert_eq!(again.all_posts(), 0);
}

/// A machine that is busy with a scan would be waited for for a day.
#[test]
fn one_that_is_busy_with_something_else_does_not_prolong_the_wait() {
    let story = play(4, &canary_of(2), |_, ask| match ask {
        Ask::Submit { machine, .. } if index_of(*machine) == 0 => {
            submitted(Answer::Busy(detail(400, "ActiveRequestAlreadyExists")))
        }
        Ask::Submit { .. } => accepted(ask),
        Ask::Find { machine, .. } => {
            let scan = ActionType::Other("RunAntiVirusScan".to_owned());
            list(vec![Action { kind: scan, ..action("scan", *machine, "", ActionStatus::Pending) }])
        }
        _ => list(vec![action_of(1, ActionStatus::Succeeded)]),
    });
    let said = "of 2, 1 succeeded, 1 is to be sent again after 1h (pc-0001)";
    assert!(why(&story).ends_with(said), "{}", why(&story));
    let lasted = story.conclusion.ended_at.since(START);
    assert!(lasted >= Duration::from_hours(1) && lasted < Duration::from_mins(65), "{lasted:?}");
}

#[test]
fn while_some_of_a_lost_canary_are_pending_the_rest_of_it_is_not_sent() {
    let options = RunOptions { concurrency: 1, ..canary_of(5) };
    let ended = Duration::from_mins(10);
    let mut first_was_sent = false;
    let story = play(12, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if index_of(*machine) == 1 => {
            submitted(Answer::Refused(detail(400, "ClientVersionNotSupported")))
        }
        Ask::Submit { .. } => {
            first_was_sent = true;
            accepted(ask)
        }
        _ if !first_was_sent => list(Vec::new()),
        _ if at < ended => list(vec![action_of(0, ActionStatus::Pending)]),
        _ => list(vec![action_of(0, ActionStatus::Succeeded)]),
    });
    let said = "of 5, 1 succeeded, 1 rejected, 3 are not sent (pc-0002)";
    assert!(why(&story).ends_with(said), "{}", why(&story));
    assert_eq!(story.all_posts(), 2);
    assert!(story.conclusion.ended_at.since(START) >= ended, "the pending one is followed");
}

#[test]
fn three_that_did_not_end_are_all_named() {
    let options = RunOptions { canary_wait: Duration::from_mins(40), ..canary_of(3) };
    let story = run(12, &options, |_, _| ActionStatus::Pending);
    let said = "3 are pending after 40m (pc-0001, pc-0002, pc-0003)";
    assert!(why(&story).ends_with(said), "{}", why(&story));
}

#[test]
fn its_wait_begins_when_its_last_machine_is_sent_and_news_of_an_action_do_not_prolong_it() {
    let limits = vec![Window::parse("1/5m").expect("a limit")];
    let canary_wait = Duration::from_mins(20);
    let story = run(4, &RunOptions { limits, canary_wait, ..canary_of(2) }, |_, at| {
        if at < Duration::from_mins(15) { ActionStatus::Pending } else { ActionStatus::InProgress }
    });
    assert_eq!(story.conclusion.guard, Some(StoppedBy::Canary));
    let last = story.posts(1)[0];
    assert!(last >= Duration::from_mins(5), "{last:?}");
    assert_eq!(story.conclusion.ended_at.since(START), last + canary_wait);
}
