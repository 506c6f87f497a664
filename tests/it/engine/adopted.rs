//! A list of pending actions shows an action that the journal does not know: whose machine it is
//! taken for, and where that one is found.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, Detail, End, Fact, MachineNumber, State, Window,
};
use mde_offboard::engine::{Answered, Ask, OnUncertain, RunOptions, Task};
use mde_offboard::journal::{Changes, Entry};

use crate::support::machines::machine_id;
use crate::support::script::{
    action, done, index_of, list, marked, play, play_on, silence, submitted,
};
use crate::support::world::{START, batch_of};

const MINUTE: Duration = Duration::from_mins(1);

/// Pending until ten minutes have passed.
fn status(at: Duration) -> ActionStatus {
    if at < 10 * MINUTE { ActionStatus::Pending } else { ActionStatus::Succeeded }
}

fn ours(index: u32, status: ActionStatus) -> Action {
    action(&format!("action-{index}"), machine_id(index), &marked(index), status)
}

/// What somebody asked for in the portal.
fn theirs(index: u32, status: ActionStatus) -> Action {
    action(&format!("theirs-{index}"), machine_id(index), "by hand", status)
}

fn accepted(action: Action, adopted: bool) -> Answered {
    submitted(Answer::Accepted { action, adopted, http_status: 201 })
}

#[test]
fn a_machine_that_is_not_fetched_yet_is_adopted_and_not_sent() {
    let options = RunOptions { poll_interval: Duration::from_secs(20), ..RunOptions::default() };
    let story = play(400, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => {
            accepted(ours(0, ActionStatus::Pending), false)
        }
        Ask::Submit { machine, .. } => done(*machine),
        // Of all lists before the end, only the third one shows it.
        _ if (MINUTE..MINUTE + options.poll_interval).contains(&at) || at >= 10 * MINUTE => {
            list(vec![ours(0, status(at)), theirs(399, status(at))])
        }
        _ if at.is_zero() => list(Vec::new()),
        _ => list(vec![ours(0, status(at))]),
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 399));
    assert_eq!((story.posts(399).len(), story.machine(399).standing.adopted), (0, true));
}

#[test]
fn a_machine_that_waits_for_the_canary_is_adopted_and_its_neighbour_is_not() {
    // By the list before the first POST, and by a later one.
    for shown_from in [Duration::ZERO, 3 * MINUTE] {
        check_neighbours(shown_from);
    }
}

fn check_neighbours(shown_from: Duration) {
    let options = RunOptions { canary: 2, ..RunOptions::default() };
    let (mut journal, batch) = batch_of(6, &RunOptions { canary: 0, ..options.clone() });
    let retrying = || Fact::Retrying {
        not_before: START.plus(MINUTE),
        counts: true,
        detail: Detail::new(Some(404), Some("ResourceNotFound"), "not found"),
    };
    // The last two were tried before.
    let entry = |number, fact| Entry { batch, number: MachineNumber(number), at: START, fact };
    let facts = [5, 6].map(|number| [entry(number, Fact::Sending), entry(number, retrying())]);
    journal.commit(&Changes { facts: facts.concat(), ..Changes::default() }).expect("a journal");
    journal.choose_canary(batch, 2, START).expect("a journal");
    let mut known: Vec<u32> = Vec::new();
    let story = play_on((journal, batch), Task::Send, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            known.push(index_of(*machine));
            accepted(ours(index_of(*machine), ActionStatus::Pending), false)
        }
        _ => {
            let seen = known.iter().map(|index| ours(*index, status(at)));
            let created_at = Some(START.minus(120 * MINUTE));
            let by_hand = || Action { created_at, ..theirs(5, status(at)) };
            let by_hand = (at >= shown_from).then(by_hand);
            list(seen.chain(by_hand).collect())
        }
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!((story.posts(4).len(), story.posts(5).len()), (1, 0));
    let action = |index| story.machine(index).standing.action.map(|id| id.to_string());
    assert_eq!((action(4).as_deref(), action(5).as_deref()), (Some("action-4"), Some("theirs-5")));
}

#[test]
fn a_machine_whose_request_is_under_way_has_its_answer_to_come() {
    let limits = vec![Window::parse("1/1m").expect("a limit")];
    // The first list goes out with the second request.
    let at_once = Duration::from_secs(61);
    let canary = RunOptions { canary: 2, limits, poll_interval: at_once, ..RunOptions::default() };
    for options in [RunOptions { canary: 0, ..canary.clone() }, canary] {
        let story = play(4, &options, |at, ask| match ask {
            Ask::Submit { machine, .. } if *machine == machine_id(1) => {
                accepted(theirs(1, ActionStatus::Pending), true)
            }
            Ask::Submit { machine, .. } => {
                accepted(ours(index_of(*machine), ActionStatus::Pending), false)
            }
            _ if at < at_once => list(Vec::new()),
            _ => {
                let others = [0, 2, 3].map(|index| ours(index, status(at)));
                list(others.into_iter().chain([theirs(1, status(at))]).collect())
            }
        });
        let listed =
            |(at, ask): &(Duration, Ask)| *at == at_once && matches!(ask, Ask::List { .. });
        assert!(story.asked.iter().any(listed) && story.posts(1) == [at_once]);
        let facts = story.journal.facts_of(story.batch, MachineNumber(2)).expect("readable");
        let accepted = |(_, fact): &&(_, Fact)| matches!(fact, Fact::Accepted { .. });
        assert_eq!(facts.iter().filter(accepted).count(), 1, "{facts:?}");
        assert_eq!(story.state(1), State::Succeeded);
    }
}

#[test]
fn what_was_left_to_a_person_is_found_where_its_action_is_listed_after_all() {
    let options = RunOptions { on_uncertain: OnUncertain::Hold, ..RunOptions::default() };
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { .. } => accepted(ours(1, ActionStatus::Pending), false),
        Ask::Find { .. } => list(Vec::new()),
        _ if at < MINUTE / 2 => list(Vec::new()),
        _ if at < 15 * MINUTE => list(vec![ours(1, ActionStatus::Pending)]),
        _ => list([0, 1].map(|index| ours(index, ActionStatus::Succeeded)).to_vec()),
    });
    assert_eq!((story.posts(0).len(), story.look_ups(0).len()), (1, 2), "held by then");
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn a_doubt_is_not_settled_by_what_somebody_else_asked_for_but_by_its_look_up() {
    let story = play(2, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { .. } => accepted(ours(1, ActionStatus::Pending), false),
        // Theirs was cancelled by then, and ours took its place.
        Ask::Find { .. } => list(vec![ours(0, status(at))]),
        _ if at.is_zero() => list(Vec::new()),
        _ => list(vec![theirs(0, ActionStatus::Pending), ours(1, status(at))]),
    });
    assert_eq!((story.posts(0).len(), story.look_ups(0).len()), (1, 1));
    let standing = story.machine(0).standing;
    assert_eq!(standing.action.map(|id| id.to_string()).as_deref(), Some("action-0"));
    assert!(!standing.adopted);
}

/// While no list showed anything of ours, one doubt after another is sent once more.
#[test]
fn a_doubt_whose_action_is_somebody_elses_lets_the_next_one_go() {
    let options = RunOptions::default();
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(1) && at >= options.settle => {
            accepted(ours(1, ActionStatus::Succeeded), false)
        }
        Ask::Submit { .. } => silence(),
        Ask::Find { machine, .. } if *machine == machine_id(0) && at >= 2 * options.settle => {
            list(vec![theirs(0, ActionStatus::Succeeded)])
        }
        _ => list(Vec::new()),
    });
    assert_eq!((story.posts(0).len(), story.posts(1).len()), (2, 2));
    assert!(story.machine(0).standing.adopted);
    // A second one that nobody accounts for would hold the others up for as long as that.
    let held_up = story.posts(0)[1] + 4 * options.settle;
    assert!(story.posts(1)[1] < held_up, "{:?}", story.posts(1));
}
