//! Taking back what can be taken back.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, BatchId, Detail, Doubt, End, ReadAnswer, Reply, State, Trouble,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::journal::Journal;

use crate::support::machines::machine_id;
use crate::support::script::{Story, action, detail, index_of, list, marked, play_on, submitted};
use crate::support::world::batch_of;

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
