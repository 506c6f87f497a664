//! Machines that are busy with another action: isolation, a scan, a live response session.

use std::time::Duration;

use mde_offboard::domain::{Action, ActionStatus, ActionType, Answer, End, Reason, State, Trouble};
use mde_offboard::engine::{Ask, RunOptions, Task};
use mde_offboard::event::{Happening, WaitReason};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, accept, action, detail, list, one_by_one, play, play_on, submitted, trouble,
};

/// A live response session of a machine.
fn session(status: ActionStatus) -> Action {
    let kind = ActionType::Other("LiveResponse".to_owned());
    Action { kind, ..action("session", machine_id(0), "looking into it", status) }
}

/// Two of them end a run.
fn no_token() -> mde_offboard::engine::Answered {
    trouble(Trouble::Unauthorized(detail(401, "Unauthorized")))
}

fn busy() -> mde_offboard::engine::Answered {
    submitted(Answer::Busy(detail(400, "ActiveRequestAlreadyExists")))
}

/// A server on which the first machine's session lasts until then.
fn answer(at: Duration, ask: &Ask, ends_at: Duration) -> mde_offboard::engine::Answered {
    let is_over = at >= ends_at;
    match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) && !is_over => busy(),
        Ask::Submit { .. } => accept(ask),
        Ask::Find { .. } => {
            let status = if is_over { ActionStatus::Succeeded } else { ActionStatus::InProgress };
            list(vec![session(status)])
        }
        _ => list(Vec::new()),
    }
}

const HOURS: Duration = Duration::from_hours(6);

#[test]
fn a_busy_machine_waits_for_hours_and_uses_up_no_attempt() {
    let options = RunOptions { attempts_max: 1, ..one_by_one() };
    let story = play(2, &options, |at, ask| answer(at, ask, HOURS));
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!((story.state(0), story.state(1)), (State::Succeeded, State::Succeeded));
    let posts = story.posts(0);
    assert_eq!(posts.len(), 2);
    assert!(posts[1] >= HOURS && posts[1] <= HOURS + Duration::from_mins(12), "{posts:?}");
    assert_eq!(story.machine(0).standing.attempts_counted, 1);
    let reads = story.look_ups(0);
    assert!(reads.len() < 60, "reads back off: {}", reads.len());
    let longest = reads.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max();
    assert!(longest <= Some(Duration::from_mins(12)), "{longest:?}");
    let waits = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => Some((wait.reason.clone(), wait.machines)),
        _ => None,
    });
    let busy = (WaitReason::Busy, 1);
    assert!(waits.into_iter().any(|wait| wait == busy), "and it says why it waits");
    let told = story.events.iter().any(|event| match &event.what {
        Happening::Retrying { detail, .. } => detail.message.contains("LiveResponse"),
        _ => false,
    });
    assert!(told, "and for which action");
}

#[test]
fn after_a_restart_a_busy_machine_is_waited_for_as_before() {
    let options = RunOptions { attempts_max: 1, ..one_by_one() };
    // It ends for another reason, in the middle of the wait.
    let first = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(1) => no_token(),
        _ => answer(at, ask, HOURS),
    });
    assert_eq!(first.conclusion.end, End::NoAccess);
    assert_eq!(first.state(0), State::Queued, "it certainly had no effect");
    let story = play_on((first.journal, first.batch), Task::Send, &options, |at, ask| {
        answer(at, ask, HOURS)
    });
    assert_eq!((story.conclusion.end, story.state(0)), (End::Settled, State::Succeeded));
    assert_eq!(story.posts(0).len(), 1, "read until it was over, then sent");
    assert_eq!(story.machine(0).standing.attempts_counted, 1);
}

#[test]
fn a_machine_that_stays_busy_is_given_up_after_a_day_and_retry_takes_it_again() {
    let story = play(1, &one_by_one(), |at, ask| answer(at, ask, Duration::from_hours(1_000)));
    let standing = story.machine(0).standing;
    assert_eq!((standing.state, standing.reason), (State::Rejected, Some(Reason::Attempts)));
    let words = standing.detail.expect("told").message;
    assert!(words.contains("LiveResponse") && words.contains("InProgress"), "{words}");
    let took = story.conclusion.ended_at.since(crate::support::world::START);
    assert!(took >= Duration::from_hours(24) && took < Duration::from_hours(25), "{took:?}");
    assert_eq!(story.posts(0).len(), 1);
}

#[test]
fn one_action_after_another_is_waited_for_no_longer_than_one() {
    // Over for a moment whenever it is looked at an even time; the POST always finds a new one.
    let mut reads = 0;
    let story = play(1, &one_by_one(), |_, ask| match ask {
        Ask::Submit { .. } => busy(),
        Ask::Find { .. } => {
            reads += 1;
            let over = reads % 2 == 0;
            list(vec![session(if over { ActionStatus::Failed } else { ActionStatus::Pending })])
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Rejected);
    let took = story.conclusion.ended_at.since(crate::support::world::START);
    assert!(took < Duration::from_hours(25), "{took:?}");
}

#[test]
fn an_offboard_action_that_keeps_it_busy_is_adopted_at_once_and_also_later() {
    for appears in [Duration::ZERO, Duration::from_hours(1)] {
        let theirs = action("theirs", machine_id(0), "the portal's", ActionStatus::Succeeded);
        let story = play(1, &RunOptions::default(), |at, ask| match ask {
            Ask::Submit { .. } => busy(),
            Ask::Find { .. } if at >= appears => {
                let active = Action { status: ActionStatus::Pending, ..theirs.clone() };
                list(vec![active, session(ActionStatus::Succeeded)])
            }
            Ask::Find { .. } => list(vec![session(ActionStatus::Pending)]),
            Ask::List { .. } if at > appears => list(vec![theirs.clone()]),
            _ => list(Vec::new()),
        });
        let standing = story.machine(0).standing;
        assert_eq!((standing.state, standing.adopted), (State::Succeeded, true));
        assert_eq!(story.posts(0).len(), 1);
    }
}

#[test]
fn cancel_takes_a_busy_machine_out_and_does_not_wait_for_it() {
    let options = one_by_one();
    let first: Story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(1) => no_token(),
        _ => answer(at, ask, HOURS),
    });
    assert_eq!(first.state(0), State::Queued);
    let task = Task::Cancel(None);
    let story =
        play_on((first.journal, first.batch), task, &options, |at, ask| answer(at, ask, HOURS));
    assert_eq!((story.state(0), story.state(1)), (State::Skipped, State::Skipped));
    assert_eq!(story.all_posts(), 0);
}

#[test]
fn a_machine_that_is_busy_with_what_no_list_shows_is_sent_ever_more_seldom() {
    let story = play(1, &one_by_one(), |_, ask| match ask {
        Ask::Submit { .. } => busy(),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Rejected);
    let posts = story.posts(0);
    let gaps: Vec<Duration> =
        posts.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    // A minute that doubles to ten, give or take a fifth.
    let expected = [60, 120, 240, 480, 600, 600, 600];
    assert_eq!(gaps.len(), expected.len(), "{gaps:?}");
    for (gap, seconds) in gaps.iter().zip(expected) {
        let expected = Duration::from_secs(seconds);
        assert!((expected * 4 / 5..=expected * 6 / 5).contains(gap), "{gap:?} for {expected:?}");
    }
}

#[test]
fn busy_machines_take_no_more_than_half_of_the_reads() {
    let machines = 10;
    // So short that the limit alone spaces the reads.
    let options = RunOptions { settle: Duration::from_secs(5), ..one_by_one() };
    let story = play(machines, &options, |at, ask| match ask {
        Ask::Submit { .. } if at < HOURS => busy(),
        Ask::Submit { .. } => accept(ask),
        Ask::Find { machine, .. } if at < HOURS => {
            let kind = ActionType::Other("LiveResponse".to_owned());
            let open = action("session", *machine, "looking into it", ActionStatus::InProgress);
            list(vec![Action { kind, ..open }])
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.counts.of(State::Succeeded), u64::from(machines));
    // 1,500 an hour are one in 2.4 s; half of them for ten machines, 48 s for each.
    for index in 0..machines {
        let reads = story.look_ups(index);
        assert!(reads.len() > 300, "and each is read: {}", reads.len());
        for pair in reads[1..].windows(2) {
            assert!(pair[1] >= pair[0] + Duration::from_secs(48), "{pair:?}");
        }
    }
}

#[test]
fn a_wait_for_busy_machines_says_how_many_they_are() {
    let story = play(2, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { .. } if at < HOURS => busy(),
        Ask::Submit { .. } => accept(ask),
        Ask::Find { machine, .. } => {
            let over = at >= HOURS;
            let status = if over { ActionStatus::Succeeded } else { ActionStatus::InProgress };
            list(vec![Action { machine: Some(*machine), ..session(status) }])
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    let most = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } if wait.reason == WaitReason::Busy => Some(wait.machines),
        _ => None,
    });
    assert_eq!(most.max(), Some(2));
}

#[test]
fn after_a_restart_a_busy_machine_whose_offboarding_is_listed_is_not_asked_about_any_more() {
    let options = one_by_one();
    let first = play(3, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(2) => no_token(),
        Ask::Submit { .. } => busy(),
        Ask::Find { machine, .. } => {
            let session = session(ActionStatus::InProgress);
            list(vec![Action { machine: Some(*machine), ..session }])
        }
        _ => list(Vec::new()),
    });
    assert_eq!(first.conclusion.end, End::NoAccess);
    let theirs = |status| {
        let created_at = Some(crate::support::world::START.minus(Duration::from_hours(2)));
        Action { created_at, ..action("theirs", machine_id(0), "the portal's", status) }
    };
    let story = play_on((first.journal, first.batch), Task::Send, &options, |at, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Find { machine, .. } => {
            let over = at >= HOURS;
            let status = if over { ActionStatus::Succeeded } else { ActionStatus::InProgress };
            list(vec![Action { machine: Some(*machine), ..session(status) }])
        }
        _ if at < Duration::from_mins(20) => list(vec![theirs(ActionStatus::Pending)]),
        _ => list(vec![theirs(ActionStatus::Succeeded)]),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!((story.posts(0).len(), story.look_ups(0).len()), (0, 0));
    assert!(!story.look_ups(1).is_empty(), "the other one is waited for as before");
    assert!(story.posts(1).len() == 1 && story.posts(1)[0] >= HOURS, "{:?}", story.posts(1));
}

#[test]
fn another_action_after_a_first_one_is_asked_about_as_often_as_the_first_was() {
    // The second one begins as soon as a read has shown the end of the first one.
    let (first_ends, second_ends) = (Duration::from_hours(1), Duration::from_hours(3));
    let mut met = Vec::new();
    let story = play(1, &one_by_one(), |at, ask| match ask {
        Ask::Submit { .. } if at < second_ends => {
            met.push(at);
            busy()
        }
        Ask::Submit { .. } => accept(ask),
        Ask::Find { .. } => {
            let is_over = at >= second_ends || at >= first_ends && met.len() == 1;
            let status = if is_over { ActionStatus::Succeeded } else { ActionStatus::InProgress };
            list(vec![session(status)])
        }
        _ => list(Vec::new()),
    });
    assert_eq!((story.state(0), met.len()), (State::Succeeded, 2), "{met:?}");
    let reads = story.look_ups(0);
    let gaps_after = |post: Duration| -> Vec<Duration> {
        let reads: Vec<Duration> = reads.iter().copied().filter(|at| *at > post).take(2).collect();
        vec![reads[0].saturating_sub(post), reads[1].saturating_sub(reads[0])]
    };
    let (first, second) = (gaps_after(met[0]), gaps_after(met[1]));
    for (first, second) in first.iter().zip(&second) {
        assert!(*second < *first * 2, "{first:?}, then {second:?}");
    }
}
