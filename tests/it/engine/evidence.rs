//! Which actions in a list answer for a machine, when lists prove nothing any more, and answers
//! that are about another machine.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionId, ActionStatus, Answer, BatchFact, Detail, Doubt, End, Fact, MachineId,
    MachineNumber, Missing, ReadAnswer, Reply, State, Timestamp,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::event::Happening;
use mde_offboard::journal::{Changes, Entry};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, done, index_of, list, marked, play, play_on, silence, submitted,
};
use crate::support::world::{START, batch_of, batch_with};

const SETTLE: Duration = Duration::from_mins(5);

/// Somebody else's action for a machine, as old as that when the run starts.
fn theirs(index: u32, status: ActionStatus, age: Duration) -> Action {
    let created_at = Some(START.minus(age));
    let id = format!("theirs-{index}");
    Action { created_at, ..action(&id, machine_id(index), "by hand", status) }
}

fn hours(count: u64) -> Duration {
    Duration::from_hours(count)
}

/// Runs a batch while every list shows the same.
fn shown(options: &RunOptions, machines: u32, actions: &[Action]) -> Story {
    play(machines, options, |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(actions.to_vec()),
    })
}

#[test]
fn what_somebody_else_offboards_or_has_offboarded_today_is_adopted_and_not_sent() {
    let actions = [
        theirs(0, ActionStatus::Succeeded, hours(20)),
        theirs(1, ActionStatus::Pending, hours(20)),
        theirs(2, ActionStatus::InProgress, hours(20)),
        theirs(3, ActionStatus::Other("Parked".to_owned()), hours(20)),
        theirs(4, ActionStatus::Failed, hours(20)),
        theirs(5, ActionStatus::Cancelled, hours(20)),
    ];
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    let story = shown(&options, 7, &actions);
    for index in 0..4 {
        assert_eq!(story.posts(index).len(), 0, "{index}");
        assert!(story.machine(index).standing.adopted, "{index}");
    }
    assert_eq!(story.state(0), State::Succeeded);
    for index in 1..4 {
        assert_eq!(story.state(index), State::Pending, "{index}");
    }
    for index in 4..7 {
        assert_eq!(story.posts(index), [Duration::ZERO], "{index}: sent, and at once");
    }
}

#[test]
fn again_sends_what_succeeded_before_the_batch_and_never_what_is_active() {
    let ours_of_a_lost_journal = theirs(2, ActionStatus::Succeeded, Duration::ZERO);
    let actions = [
        theirs(0, ActionStatus::Succeeded, hours(20)),
        theirs(1, ActionStatus::Pending, hours(20)),
        ours_of_a_lost_journal,
    ];
    let options =
        RunOptions { again: true, track_timeout: Duration::ZERO, ..RunOptions::default() };
    let story = shown(&options, 3, &actions);
    assert_eq!(story.posts(0).len(), 1);
    assert_eq!(story.posts(1).len(), 0);
    assert_eq!(story.posts(2).len(), 0, "it was made since the batch");
}

#[test]
fn after_what_was_asked_for_a_moment_ago_more_is_waited_for() {
    // A journal that is lost: its list is run again, and a request of before takes effect late.
    let mut lists = 0;
    let story = play(2, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => {
            lists += 1;
            let first = theirs(0, ActionStatus::Succeeded, Duration::from_secs(20));
            let late = theirs(1, ActionStatus::Succeeded, Duration::ZERO);
            list(if lists == 1 { vec![first] } else { vec![first, late] })
        }
    });
    assert_eq!(story.all_posts(), 0);
    let listed: Vec<Duration> = story.asked.iter().map(|(at, _)| *at).collect();
    assert!(listed[1] >= SETTLE, "{listed:?}");
}

#[test]
fn an_action_made_since_the_post_is_its_answer_whatever_its_comment_says() {
    let cut: String = marked(0).chars().take(20).collect();
    let comments =
        [None, Some(String::new()), Some(cut), Some(marked(0).to_uppercase()), Some("x".into())];
    for comment in comments {
        for status in [ActionStatus::Succeeded, ActionStatus::Failed, ActionStatus::Pending] {
            let effect = action("effect", machine_id(0), "", status.clone());
            let effect = Action { comment: comment.clone(), ..effect };
            let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
            let story = play(1, &options, |_, ask| match ask {
                Ask::Submit { .. } => silence(),
                Ask::Find { .. } => list(vec![effect.clone()]),
                _ => list(Vec::new()),
            });
            assert_eq!(story.posts(0).len(), 1, "{comment:?} {status:?}");
            let standing = story.machine(0).standing;
            assert_eq!(standing.action, Some(ActionId::parse("effect").unwrap()));
            assert!(standing.adopted, "{comment:?} {status:?}");
        }
    }
}

#[test]
fn the_effect_of_a_released_request_answers_for_the_next_doubt_too() {
    // Silence; two look-ups find nothing; sent once more, silence; then the first one's effect is
    // listed, which is older than the second request.
    let effect = Action {
        created_at: Some(START.plus(Duration::from_secs(40))),
        ..action("late", machine_id(0), "no marker", ActionStatus::Succeeded)
    };
    let mut posts = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => {
            posts += 1;
            silence()
        }
        Ask::Find { .. } if posts == 2 => list(vec![effect.clone()]),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn of_several_actions_ours_is_the_answer() {
    let marked = action("ours", machine_id(0), &marked(0), ActionStatus::Failed);
    let active = theirs(0, ActionStatus::Pending, hours(1));
    let ended = theirs(0, ActionStatus::Succeeded, Duration::ZERO);
    let actions = vec![active, marked, ended];
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { .. } => list(actions.clone()),
        _ => list(Vec::new()),
    });
    assert_eq!(story.machine(0).standing.action, Some(ActionId::parse("ours").unwrap()));
    // Also in the first list, wherever it stands there.
    let story = shown(&RunOptions::default(), 1, &actions);
    assert_eq!(story.machine(0).standing.action, Some(ActionId::parse("ours").unwrap()));
    assert_eq!(story.all_posts(), 0);
}

#[test]
fn of_several_that_others_asked_for_the_active_one_is_adopted_and_else_the_newest() {
    let named = |id: &str, status, age| Action {
        id: ActionId::parse(id).expect("an action ID"),
        ..theirs(0, status, age)
    };
    let older = named("older", ActionStatus::Succeeded, hours(20));
    let newer = named("newer", ActionStatus::Succeeded, hours(2));
    let active = named("active", ActionStatus::Pending, hours(10));
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    for (one, other, best) in [(&older, &newer, "newer"), (&newer, &active, "active")] {
        for actions in [[one.clone(), other.clone()], [other.clone(), one.clone()]] {
            let story = shown(&options, 1, &actions);
            let adopted = story.machine(0).standing.action.map(|id| id.to_string());
            assert_eq!(adopted.as_deref(), Some(best));
        }
    }
}

#[test]
fn a_list_of_pending_actions_shows_what_a_doubt_and_a_queued_machine_came_to() {
    // Machine 0 is in doubt, machine 1 is pending, so lists are read; look-ups see nothing.
    let ours = action("ours", machine_id(0), &marked(0), ActionStatus::Succeeded);
    let story = play(2, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { machine, .. } => pending(*machine),
        Ask::List { .. } if at > Duration::ZERO => {
            let known = action("action-1", machine_id(1), &marked(1), ActionStatus::Pending);
            list(vec![known, ours.clone()])
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!(story.posts(0).len(), 1);
    assert_eq!(story.look_ups(0).len(), 0);
}

/// Accepted, and not ended.
fn pending(machine: MachineId) -> Answered {
    let index = index_of(machine);
    let id = format!("action-{index}");
    let action = action(&id, machine, &marked(index), ActionStatus::Pending);
    submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
}

/// Runs two machines, of which the first is never answered and the second's action is listed as
/// `shows` says.
fn doubt_beside(shows: impl Fn(Action) -> Option<Action>) -> Story {
    play(2, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { machine, .. } => pending(*machine),
        Ask::List { .. } if at > Duration::ZERO => {
            let known = action("action-1", machine_id(1), &marked(1), ActionStatus::Pending);
            list(shows(known).into_iter().collect())
        }
        _ => list(Vec::new()),
    })
}

fn told(story: &Story) -> usize {
    let is_it = |what: &Happening| matches!(what, Happening::ListsDistrusted { .. });
    story.events.iter().filter(|event| is_it(&event.what)).count()
}

#[test]
fn once_own_actions_come_back_without_their_marker_a_doubt_is_held() {
    let honest = doubt_beside(Some);
    assert_eq!((honest.posts(0).len(), told(&honest)), (2, 0), "else it is sent once more");
    let story = doubt_beside(|known| Some(Action { comment: None, ..known }));
    assert_eq!(story.state(0), State::Held);
    assert_eq!(story.posts(0).len(), 1);
    assert_eq!(told(&story), 1, "and that is said once");
}

#[test]
fn once_lists_leave_out_what_must_be_in_them_a_doubt_is_held_also_after_a_restart() {
    let story = doubt_beside(|_| None);
    assert_eq!((story.posts(0).len(), story.state(0)), (1, State::Held));
    assert_eq!(told(&story), 1);
    // Another run of the batch knows it.
    let (mut journal, batch) = (story.journal, story.batch);
    let facts = vec![Entry { batch, number: MachineNumber(1), at: START, fact: Fact::Requeued }];
    journal.commit(&Changes { facts, ..Changes::default() }).expect("written");
    let again = play_on((journal, batch), Task::Send, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    assert_eq!((again.posts(0).len(), again.state(0)), (1, State::Held));
}

#[test]
fn an_action_that_an_earlier_process_left_open_must_be_listed_too() {
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    let first = play(2, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(1) => pending(*machine),
        Ask::Submit { .. } => submitted(Answer::Refused(detail(400, "OsPlatformNotSupported"))),
        _ => list(Vec::new()),
    });
    let (mut journal, batch) = (first.journal, first.batch);
    let facts = vec![Entry { batch, number: MachineNumber(1), at: START, fact: Fact::Requeued }];
    journal.commit(&Changes { facts, ..Changes::default() }).expect("written");
    let story = play_on((journal, batch), Task::Send, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    assert_eq!((story.posts(0).len(), story.state(0)), (1, State::Held));
    assert_eq!(told(&story), 1);
}

#[test]
fn while_no_list_ever_showed_anything_one_doubt_is_released_and_what_comes_of_it_is_waited_for() {
    // Every request takes effect, no answer comes, and lists are empty for good.
    let story = play(8, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    let sent: Vec<usize> = (0..8).map(|index| story.posts(index).len()).collect();
    assert_eq!(sent.iter().sum::<usize>(), 9, "one of them twice: {sent:?}");
    assert_eq!(story.conclusion.counts.of(State::Held), 8);
    assert_eq!(told(&story), 1);
    // Where the second request is answered, the others follow.
    let mut heard = 0;
    let story = play(8, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            heard += 1;
            if heard <= 5 { silence() } else { done(*machine) }
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 8);
    assert_eq!((story.all_posts(), told(&story)), (13, 0));
}

#[test]
fn a_list_that_names_another_machine_stops_the_run_and_sends_nothing_again() {
    // A look-up that is answered with another machine's actions.
    let other = action("other", machine_id(7), "", ActionStatus::Succeeded);
    let story = play(2, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { machine, .. } => done(*machine),
        Ask::Find { .. } => list(vec![other.clone()]),
        _ => list(Vec::new()),
    });
    assert_eq!((story.conclusion.end, story.state(0)), (End::Tripped, State::Uncertain));
    assert_eq!(story.posts(0).len(), 1);
    // A list in which an action of ours belongs to somebody else.
    let story = doubt_beside(|known| Some(Action { machine: Some(machine_id(7)), ..known }));
    assert_eq!((story.conclusion.end, story.state(1)), (End::Tripped, State::Pending));
    assert_eq!(story.posts(0).len(), 1);
}

#[test]
fn a_post_that_is_answered_with_the_action_of_another_machine_stops_the_run() {
    // The answer names no machine, as Defender's may: only the action's ID tells.
    let same = |ask: &Ask| {
        let Ask::Submit { machine, .. } = ask else { return list(Vec::new()) };
        let action = action("same", *machine, "", ActionStatus::Pending);
        let action = Action { comment: None, ..action };
        submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
    };
    for concurrency in [1, 2] {
        let options = RunOptions { concurrency, ..RunOptions::default() };
        let story = play(3, &options, |_, ask| same(ask));
        assert_eq!(story.conclusion.end, End::Tripped, "{concurrency}");
        assert_eq!((story.state(0), story.state(1)), (State::Pending, State::Uncertain));
        assert_eq!(story.state(2), State::Queued);
    }
}

#[test]
fn a_cancel_that_is_answered_for_another_machine_stops_and_records_nothing() {
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    let sent = play_on(batch_of(2, &options), Task::Send, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => pending(*machine),
        _ => list(Vec::new()),
    });
    let story = play_on((sent.journal, sent.batch), Task::Cancel(None), &options, |_, ask| {
        let Ask::Cancel { action: id, .. } = ask else { return list(Vec::new()) };
        let other = action(id.as_str(), machine_id(9), "", ActionStatus::Cancelled);
        let what = ReadAnswer::Read(other);
        Answered::Cancel(Reply { what, heard: true, server_date: None })
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!((story.state(0), story.state(1)), (State::Pending, State::Pending));
}

#[test]
fn the_fact_that_lists_are_not_trusted_is_read_back() {
    let (mut journal, batch) = batch_of(1, &RunOptions::default());
    let fact = BatchFact::ListsDistrusted { why: "seen".to_owned() };
    let at = Timestamp::from_micros(START.as_micros());
    let changes = Changes { batch_facts: vec![(batch, at, fact.clone())], ..Changes::default() };
    journal.commit(&changes).expect("written");
    let told = journal.batch_facts_of(batch).expect("readable");
    assert!(told.iter().any(|(_, known)| *known == fact), "{told:?}");
}

#[test]
fn what_failed_answers_for_a_request_in_doubt_and_not_for_one_that_had_no_effect() {
    let options = RunOptions::default();
    let cut = Fact::Uncertain {
        doubt: Doubt::NoAnswer,
        detail: Detail::new(None, Some("timeout"), "no answer in 30s"),
        look_at: START,
    };
    let again = Fact::Missing(Missing::Again { look_at: START });
    let released = vec![Fact::Sending, cut, again, Fact::Missing(Missing::Resend)];
    let without_effect =
        Fact::Retrying { not_before: START, counts: true, detail: detail(404, "ResourceNotFound") };
    for (facts, is_answer) in [(released, true), (vec![Fact::Sending, without_effect], false)] {
        let facts = facts.into_iter().map(|fact| (0, fact));
        let batch = batch_with((1, &options), START, facts);
        let failed = theirs(0, ActionStatus::Failed, Duration::ZERO);
        let story = play_on(batch, Task::Send, &options, |_, ask| match ask {
            Ask::Submit { machine, .. } => done(*machine),
            _ => list(vec![failed.clone()]),
        });
        let came_to = (story.posts(0).len(), story.state(0));
        let expected = if is_answer { (0, State::Failed) } else { (1, State::Succeeded) };
        assert_eq!(came_to, expected);
    }
}
