//! A canary that is met again later, or given to a batch under way.

use std::time::Duration;

use mde_offboard::domain::{ActionStatus, BatchId, Detail, End, Fact, MachineNumber};
use mde_offboard::engine::{Ask, RunOptions, Task};
use mde_offboard::journal::{Changes, Entry, Journal};

use crate::support::script::{index_of, list, play_on, taken_up};
use crate::support::world::{START, batch_of};

use super::canary::{accepted, action_of, canary_of, following, why};

/// A canary of two, sent twice as long ago as it is waited for; what the journal knows of them.
fn sent_long_ago(options: &RunOptions, known: [ActionStatus; 2]) -> (Journal, BatchId) {
    let long_ago = START.minus(options.canary_wait * 2);
    let (mut journal, batch) = batch_of(6, &RunOptions { canary: 0, ..options.clone() });
    journal.choose_canary(batch, 2, long_ago).expect("a journal");
    let facts = known.into_iter().zip(0..).flat_map(|(status, index)| {
        let accepted = taken_up(action_of(index, ActionStatus::Pending).id, long_ago);
        let ended = Fact::ActionEnded { status: status.clone(), device_error: None };
        let ended = status.is_final().then_some(ended);
        let entry =
            move |fact| Entry { batch, number: MachineNumber(index + 1), at: long_ago, fact };
        [Fact::Sending, accepted].into_iter().chain(ended).map(entry)
    });
    let changes = Changes { facts: facts.collect(), ..Changes::default() };
    journal.commit(&changes).expect("a journal");
    (journal, batch)
}

#[test]
fn a_canary_that_failed_long_ago_is_not_said_to_have_taken_too_long() {
    let options = canary_of(2);
    let batch = sent_long_ago(&options, [ActionStatus::Succeeded, ActionStatus::Failed]);
    let story = following(batch, &options, |_, _| ActionStatus::Succeeded);
    assert_eq!(why(&story), "the canary did not pass: of 2, 1 succeeded, 1 failed (pc-0002)");
}

#[test]
fn a_canary_is_judged_by_what_the_first_list_shows_and_not_by_what_was_known_before() {
    let options = canary_of(2);
    let batch = sent_long_ago(&options, [ActionStatus::Pending, ActionStatus::Pending]);
    let mut known = vec![0, 1];
    let story = play_on(batch, Task::Send, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            known.push(index_of(*machine));
            accepted(ask)
        }
        _ => list(known.iter().map(|at| action_of(*at, ActionStatus::Succeeded)).collect()),
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 4), "{}", why(&story));
}

/// So it is where the computer sleeps meanwhile.
#[test]
fn a_canary_is_judged_by_a_list_from_the_end_of_its_time_and_not_by_an_earlier_one() {
    let poll_interval = Duration::from_mins(45);
    let options = RunOptions { poll_interval, ..canary_of(2) };
    let ended = Duration::from_mins(50);
    let story = following(batch_of(6, &options), &options, |_, at| {
        if at >= ended { ActionStatus::Succeeded } else { ActionStatus::Pending }
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 6), "{}", why(&story));
    let over = options.canary_wait;
    assert!(story.asked.iter().any(|(at, ask)| *at == over && matches!(ask, Ask::List { .. })));
}

/// A canary that is given to a batch under way: what is due for another try waits as well.
#[test]
fn what_is_to_be_tried_again_waits_for_a_canary_too() {
    let options = canary_of(2);
    let (mut journal, batch) = batch_of(6, &RunOptions { canary: 0, ..options.clone() });
    let not_before = START.plus(Duration::from_mins(1));
    let detail = Detail::new(Some(404), Some("ResourceNotFound"), "not found");
    let retrying = Fact::Retrying { not_before, counts: true, detail };
    let entry = |fact| Entry { batch, number: MachineNumber(6), at: START, fact };
    let facts = vec![entry(Fact::Sending), entry(retrying)];
    journal.commit(&Changes { facts, ..Changes::default() }).expect("a journal");
    journal.choose_canary(batch, 2, START).expect("a journal");
    let ended = Duration::from_mins(10);
    let story = following((journal, batch), &options, |_, at| {
        if at >= ended { ActionStatus::Succeeded } else { ActionStatus::Pending }
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert!(story.posts(5).iter().all(|at| *at >= ended), "{:?}", story.posts(5));
    assert_eq!(story.all_posts(), 6);
}

/// And what was sent without an answer before it is looked up at once.
#[test]
fn a_doubt_of_an_earlier_run_does_not_wait_for_a_canary() {
    let options = canary_of(2);
    let (mut journal, batch) = batch_of(6, &RunOptions { canary: 0, ..options.clone() });
    let facts = vec![Entry { batch, number: MachineNumber(6), at: START, fact: Fact::Sending }];
    journal.commit(&Changes { facts, ..Changes::default() }).expect("a journal");
    journal.choose_canary(batch, 2, START).expect("a journal");
    let ended = Duration::from_mins(10);
    let mut known: Vec<u32> = Vec::new();
    let story = play_on((journal, batch), Task::Send, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            known.push(index_of(*machine));
            accepted(ask)
        }
        Ask::Find { .. } => list(Vec::new()),
        _ => {
            let status = if at >= ended { ActionStatus::Succeeded } else { ActionStatus::Pending };
            list(known.iter().map(|index| action_of(*index, status.clone())).collect())
        }
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert!(story.look_ups(5)[0] < ended, "{:?}", story.look_ups(5));
    assert!(story.posts(5)[0] >= ended, "{:?}", story.posts(5));
}
