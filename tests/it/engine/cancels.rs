//! Taking back what can be taken back.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, BatchId, Detail, Doubt, End, Fact, MachineNumber, ReadAnswer,
    Reply, State, Trouble, Window,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::event::{Event, Happening, WaitReason};
use mde_offboard::journal::Journal;

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, index_of, list, marked, no_list, play_on, submitted, unreachable,
};
use crate::support::world::{START, batch_of};

fn options() -> RunOptions {
    RunOptions { track_timeout: Duration::ZERO, concurrency: 1, ..RunOptions::default() }
}

fn open(index: u32, status: ActionStatus) -> Action {
    action(&format!("action-{index}"), machine_id(index), &marked(index), status)
}

/// A batch of which the first `pending` machines are accepted, and the next one tripped a guard.
fn stopped(machines: u32, pending: u32) -> (Journal, BatchId) {
    let story = play_on(batch_of(machines, &options()), Task::Send, &options(), |_, ask| {
        let Ask::Submit { machine, .. } = ask else { return list(Vec::new()) };
        let index = index_of(*machine);
        if index >= pending {
            let detail = Detail::new(Some(302), None, "moved");
            return submitted(Answer::Doubtful { doubt: Doubt::Redirected, detail });
        }
        let action = open(index, ActionStatus::Pending);
        submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    (story.journal, story.batch)
}

fn index_in(ask: &Ask) -> Option<u32> {
    let Ask::Cancel { action, .. } = ask else { return None };
    action.as_str().strip_prefix("action-")?.parse().ok()
}

fn answer(what: ReadAnswer<Action>) -> Answered {
    Answered::Cancel(Reply { what, heard: true, server_date: None })
}

fn cancel(batch: (Journal, BatchId), only: Option<Vec<u32>>) -> Story {
    let only = only.map(|indexes| indexes.into_iter().map(machine_id).collect());
    play_on(batch, Task::Cancel(only), &options(), |_, ask| match (ask, index_in(ask)) {
        (Ask::Submit { .. }, _) => unreachable!("a cancel sends nothing"),
        (_, Some(index)) if index.is_multiple_of(10) => {
            answer(ReadAnswer::Refused(detail(400, "InProgress")))
        }
        (_, Some(index)) => answer(ReadAnswer::Read(open(index, ActionStatus::Cancelled))),
        (Ask::List { .. }, _) => {
            list((0..40).map(|index| open(index, ActionStatus::Pending)).collect())
        }
        _ => list(Vec::new()),
    })
}

#[test]
fn what_is_queued_is_withdrawn_and_what_is_pending_is_taken_back() {
    let story = cancel(stopped(300, 40), None);
    let counts = story.conclusion.counts;
    assert_eq!(counts.of(State::Cancelled), 36);
    assert_eq!(counts.of(State::Pending), 4, "too late for every tenth");
    assert_eq!(counts.of(State::Skipped), 260, "one of them was in doubt: {counts:?}");
    assert_eq!(counts.of(State::Queued), 0);
    assert_eq!(story.look_ups(40).len(), 2, "a doubt is looked up before it is withdrawn");
}

#[test]
fn only_the_named_machines_are_taken_back() {
    let story = cancel(stopped(300, 40), Some(vec![1, 2, 200]));
    let counts = story.conclusion.counts;
    assert_eq!(counts.of(State::Cancelled), 2);
    assert_eq!(counts.of(State::Skipped), 1);
    assert_eq!(counts.of(State::Pending), 38);
    assert_eq!(counts.of(State::Queued), 258, "`resume` goes on with the rest");
    assert_eq!(story.journal.batch(story.batch).unwrap().unwrap().end, Some(End::Tripped));
}

#[test]
fn an_action_that_ends_while_it_is_being_taken_back_keeps_its_end() {
    let mut cancels = 0;
    let batch = stopped(3, 2);
    let only = Some([machine_id(0), machine_id(1)].into());
    let story = play_on(batch, Task::Cancel(only), &options(), |_, ask| match ask {
        Ask::Cancel { .. } => {
            cancels += 1;
            // Nothing is learned; it is to be asked again, but a list comes first.
            answer(ReadAnswer::Trouble(Trouble::Unreadable(detail(502, "bad_gateway"))))
        }
        Ask::List { .. } if cancels > 0 => {
            list(vec![open(0, ActionStatus::Succeeded), open(1, ActionStatus::Failed)])
        }
        _ => list(Vec::new()),
    });
    assert_eq!((story.state(0), story.state(1)), (State::Succeeded, State::Failed));
    assert!(cancels <= 6, "and it was not asked in a loop: {cancels} times");
}

/// Fails where nothing went out for a while, and nothing told why and until when.
fn check_each_wait_is_told(story: &Story) {
    let told: Vec<(Duration, Duration)> = story
        .events
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Waiting { wait, .. } => {
                Some((event.at.since(START), wait.until.since(START)))
            }
            _ => None,
        })
        .collect();
    let mut waits = 0;
    for pair in story.asked.windows(2) {
        let (from, to) = (pair[0].0, pair[1].0);
        if to.saturating_sub(from) < Duration::from_secs(5) {
            continue;
        }
        waits += 1;
        let last = told.iter().rfind(|(at, _)| *at <= from + Duration::from_secs(1));
        let is_told = last.is_some_and(|(_, until)| *until >= to);
        assert!(is_told, "nothing told of the wait from {from:?} to {to:?}: {last:?}");
    }
    assert!(waits > 0, "it never waited");
}

#[test]
fn a_cancel_whose_limit_is_used_up_says_so_and_when_it_goes_on() {
    let story = cancel(stopped(300, 250), None);
    assert_eq!(story.conclusion.counts.of(State::Cancelled), 225);
    check_each_wait_is_told(&story);
    let is_window = |event: &Event| match &event.what {
        Happening::Waiting { wait, .. } => matches!(wait.reason, WaitReason::Window(_)),
        _ => false,
    };
    assert!(story.events.iter().any(is_window));
}

#[test]
fn a_cancel_that_cannot_reach_defender_says_so_and_when_it_gives_up() {
    let story = play_on(stopped(3, 2), Task::Cancel(None), &options(), |at, ask| match ask {
        Ask::Cancel { .. } => answer(ReadAnswer::Trouble(unreachable())),
        _ if at.is_zero() => list(Vec::new()),
        _ => no_list(unreachable()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    check_each_wait_is_told(&story);
}

#[test]
fn the_end_of_a_cancelled_action_is_waited_for_as_long_as_it_says() {
    let options = RunOptions { track_timeout: Duration::from_mins(30), ..options() };
    let story = play_on(stopped(3, 2), Task::Cancel(None), &options, |_, ask| match ask {
        Ask::Cancel { .. } => {
            let index = index_in(ask).unwrap();
            answer(ReadAnswer::Read(open(index, ActionStatus::InProgress)))
        }
        _ => list((0..2).map(|index| open(index, ActionStatus::InProgress)).collect()),
    });
    let ended = story.events.last().unwrap().at;
    let last = story.events.iter().rev().find_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => Some(wait.clone()),
        _ => None,
    });
    let last = last.expect("it waits for them");
    assert_eq!((last.reason, last.machines), (WaitReason::Actions, 2));
    assert!(last.until.since(ended) < Duration::from_secs(2), "{} {ended}", last.until);
}

#[test]
fn a_track_whose_limit_is_used_up_says_so() {
    let limits = vec![Window::parse("2/1m").unwrap()];
    let options = RunOptions {
        limits,
        track_timeout: Duration::from_mins(5),
        poll_interval: Duration::from_secs(1),
        ..RunOptions::default()
    };
    let pending = || (0..2).map(|index| open(index, ActionStatus::Pending)).collect();
    let story = play_on(stopped(3, 2), Task::Track, &options, |_, _| list(pending()));
    assert_eq!(story.conclusion.end, End::Pending);
    check_each_wait_is_told(&story);
}

#[test]
fn the_end_of_a_cancelled_action_that_is_seen_only_later_is_waited_for_two_minutes() {
    let (minute, hour) = (Duration::from_mins(1), Duration::from_hours(1));
    for (seen_after, end) in [(minute, End::Settled), (hour, End::Pending)] {
        // The doubt is left out: nothing but the cancelled action is waited for.
        let task = Task::Cancel(Some([machine_id(0)].into()));
        let story = play_on(stopped(2, 1), task, &options(), |at, ask| match ask {
            Ask::Cancel { .. } => answer(ReadAnswer::Read(open(0, ActionStatus::InProgress))),
            _ if at < seen_after => list(vec![open(0, ActionStatus::InProgress)]),
            _ => list(vec![open(0, ActionStatus::Cancelled)]),
        });
        assert_eq!(story.conclusion.end, end);
        let lasted = story.conclusion.ended_at.since(START);
        assert!(lasted >= minute && lasted <= 2 * minute, "{lasted:?}");
    }
}

#[test]
fn a_cancel_that_needs_no_list_any_more_ends_though_no_list_can_be_read() {
    let patience = Duration::from_mins(3);
    let options =
        RunOptions { concurrency: 8, offline_timeout: Some(patience), ..RunOptions::default() };
    let refused = || {
        let what = ReadAnswer::Refused(detail(400, "BadRequest"));
        Answered::Actions(Reply { what, heard: true, server_date: None })
    };
    let mut lists = 0;
    let story = play_on(stopped(2, 1), Task::Cancel(None), &options, |_, ask| match ask {
        Ask::Cancel { .. } => answer(ReadAnswer::Read(open(0, ActionStatus::Cancelled))),
        Ask::List { .. } => {
            lists += 1;
            if lists == 1 { list(vec![open(0, ActionStatus::Pending)]) } else { refused() }
        }
        _ => list(Vec::new()),
    });
    assert!(lists > 1, "one was refused while the action was taken back");
    assert_eq!((story.state(0), story.state(1)), (State::Cancelled, State::Skipped));
    let lasted = story.conclusion.ended_at.since(START);
    assert!(lasted > patience, "the doubt was looked up: {lasted:?}");
    assert_eq!(story.conclusion.end, End::Settled);
}

#[test]
fn what_a_cancel_is_answered_after_a_list_showed_the_end_of_the_action_is_not_recorded() {
    let options = RunOptions { concurrency: 8, ..options() };
    let task = Task::Cancel(Some([machine_id(0)].into()));
    let mut lists = 0;
    // The list and the cancel go out together, and the list is answered first.
    let story = play_on(stopped(2, 1), task, &options, |_, ask| match ask {
        Ask::Cancel { .. } => answer(ReadAnswer::Refused(detail(400, "InProgress"))),
        _ => {
            lists += 1;
            let over = lists > 1;
            let status = if over { ActionStatus::Succeeded } else { ActionStatus::Pending };
            list(vec![open(0, status)])
        }
    });
    assert_eq!(story.state(0), State::Succeeded);
    let facts = story.journal.facts_of(story.batch, MachineNumber(1)).expect("readable");
    let asked = facts.iter().filter(|(_, fact)| matches!(fact, Fact::CancelAsked)).count();
    let refused = facts.iter().any(|(_, fact)| matches!(fact, Fact::CancelRefused { .. }));
    assert_eq!((asked, refused), (1, false), "{facts:?}");
}

#[test]
fn where_every_cancel_is_refused_no_end_is_waited_for() {
    let story = cancel(stopped(300, 40), Some(vec![0, 10, 20, 30]));
    assert_eq!(story.conclusion.counts.of(State::Cancelled), 0);
    assert_eq!((story.conclusion.end, story.conclusion.ended_at), (End::Pending, START));
}

#[test]
fn what_a_list_told_of_an_action_while_its_cancel_was_under_way_is_final() {
    let (mut lists, mut cancels) = (0, 0);
    let only = Some([machine_id(0), machine_id(1)].into());
    let options = RunOptions { concurrency: 8, ..options() };
    let story = play_on(stopped(3, 2), Task::Cancel(only), &options, |_, ask| match ask {
        Ask::Cancel { .. } => {
            cancels += 1;
            answer(ReadAnswer::Refused(detail(400, "AlreadyEnded")))
        }
        _ => {
            lists += 1;
            let ended = vec![open(0, ActionStatus::Succeeded), open(1, ActionStatus::Failed)];
            list(if lists == 1 { Vec::new() } else { ended })
        }
    });
    assert_eq!((lists, cancels), (2, 2), "the second list goes out with the cancels");
    assert_eq!((story.state(0), story.state(1)), (State::Succeeded, State::Failed));
    let facts = story.journal.facts_of(story.batch, MachineNumber(1)).expect("readable");
    assert!(matches!(facts.last(), Some((_, Fact::ActionEnded { .. }))), "{facts:?}");
}
