//! Doubt: left alone, looked up twice, then one of three ends. And the sweep before the first POST.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, BatchFact, Doubt, End, Page, ReadAnswer, Reply, State, Trouble,
    Window,
};
use mde_offboard::engine::{Answered, Ask, OnUncertain, RunOptions, Task};
use mde_offboard::event::{Happening, WaitReason};

use crate::support::machines::machine_id;
use crate::support::script::{
    action, detail, done, index_of, list, marked, no_list, one_by_one, play, play_on, silence,
    submitted, trouble, unreachable,
};
use crate::support::world::{START, batch_of};

const SETTLE: Duration = Duration::from_mins(5);

fn first_silent(count: &mut u32, ask: &Ask) -> Answered {
    let Ask::Submit { machine, .. } = ask else { return list(Vec::new()) };
    *count += 1;
    if *count == 1 { silence() } else { done(*machine) }
}

#[test]
fn an_unanswered_post_is_left_alone_for_the_settle_time_then_looked_up_twice_then_sent_once_more() {
    let mut count = 0;
    let story = play(1, &RunOptions::default(), |_, ask| first_silent(&mut count, ask));
    assert_eq!(story.state(0), State::Succeeded);
    let (posts, look_ups) = (story.posts(0), story.look_ups(0));
    assert_eq!((posts.len(), look_ups.len()), (2, 2));
    assert!(look_ups[0] >= posts[0] + SETTLE, "{look_ups:?}");
    assert!(look_ups[1] >= look_ups[0] + SETTLE / 5, "{look_ups:?}");
    assert!(posts[1] >= look_ups[1]);
}

#[test]
fn an_unanswered_post_that_took_effect_is_found_by_its_marker_and_not_sent_again() {
    let ours = action("lost-1", machine_id(0), &marked(0), ActionStatus::Pending);
    let ended = action("lost-1", machine_id(0), &marked(0), ActionStatus::Succeeded);
    let story = play(1, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { .. } => list(vec![ours.clone()]),
        _ if at > SETTLE => list(vec![ended.clone()]),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!(story.posts(0).len(), 1);
    let standing = story.machine(0).standing;
    assert_eq!(standing.action.map(|id| id.to_string()).as_deref(), Some("lost-1"));
    assert!(!standing.adopted);
}

#[test]
fn the_active_action_of_somebody_else_is_adopted_and_told_so() {
    let theirs = action("theirs", machine_id(0), "by hand", ActionStatus::Pending);
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => submitted(Answer::Busy(detail(400, "ActiveRequestAlreadyExists"))),
        Ask::Find { .. } => list(vec![theirs.clone()]),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Pending);
    assert!(story.machine(0).standing.adopted);
    assert_eq!(story.posts(0).len(), 1);
    assert!(story.look_ups(0)[0] < SETTLE, "a busy machine is looked up at once");
}

#[test]
fn an_ended_action_of_somebody_else_from_before_the_post_is_no_answer() {
    let created_at = Some(START.minus(Duration::from_hours(1)));
    let theirs = action("theirs", machine_id(0), "by hand", ActionStatus::Failed);
    let theirs = Action { created_at, ..theirs };
    let mut count = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Find { .. } => list(vec![theirs.clone()]),
        _ => first_silent(&mut count, ask),
    });
    assert_eq!(story.posts(0).len(), 2);
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn a_second_doubt_that_finds_nothing_is_held_for_a_person() {
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Held);
    assert_eq!(story.posts(0).len(), 2, "sent again once, never twice");
    assert_eq!(story.look_ups(0).len(), 4);
    assert_eq!(story.conclusion.end, End::Settled);
}

#[test]
fn with_hold_an_unanswered_post_is_never_sent_again_by_itself() {
    let options = RunOptions { on_uncertain: OnUncertain::Hold, ..RunOptions::default() };
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Held);
    assert_eq!(story.posts(0).len(), 1);
}

#[test]
fn a_list_that_is_not_whole_never_leads_to_a_resend() {
    let mut finds = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { .. } => {
            finds += 1;
            match finds {
                1..=3 => no_list(Trouble::Unreadable(detail(502, "bad_gateway"))),
                // A full page that says nothing of this machine: there may be more.
                4..=6 => {
                    let page = Page { items: Vec::new(), rows: 10_000, has_next: false };
                    let what = ReadAnswer::Read(page);
                    Answered::Actions(Reply { what, heard: true, server_date: None })
                }
                _ => {
                    let ours = action("late", machine_id(0), &marked(0), ActionStatus::Succeeded);
                    list(vec![ours])
                }
            }
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.posts(0).len(), 1);
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn a_busy_machine_without_an_offboard_action_is_tried_again_later() {
    let mut count = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            count += 1;
            if count < 3 {
                submitted(Answer::Busy(detail(400, "ActiveRequestAlreadyExists")))
            } else {
                done(*machine)
            }
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!(story.posts(0).len(), 3);
}

#[test]
fn nothing_is_posted_before_the_sweep_and_what_it_finds_is_not_posted_at_all() {
    let ours = action("older", machine_id(1), &marked(1), ActionStatus::Succeeded);
    let mut swept = false;
    let story = play(3, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            assert!(swept, "the sweep comes first");
            assert_ne!(*machine, machine_id(1), "its action exists");
            done(*machine)
        }
        _ => {
            swept = true;
            list(vec![ours.clone()])
        }
    });
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 3);
}

#[test]
fn a_journal_restored_from_an_older_copy_waits_sweeps_again_and_counts_the_lost_calls() {
    let first = action("one", machine_id(0), &marked(0), ActionStatus::Succeeded);
    let second = action("two", machine_id(1), &marked(1), ActionStatus::Succeeded);
    let options = RunOptions::default();
    let story = play(3, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        // The second one is listed late.
        _ if at < Duration::from_mins(4) => list(vec![first.clone()]),
        _ => list(vec![first.clone(), second.clone()]),
    });
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 3);
    assert!(story.posts(0).is_empty() && story.posts(1).is_empty());
    assert!(story.posts(2)[0] >= options.settle * 2, "each find waits for late effects");
    let facts = story.journal.batch_facts_of(story.batch).expect("facts");
    let rollbacks = facts.iter().filter(|(_, fact)| matches!(fact, BatchFact::RolledBack { .. }));
    assert_eq!(rollbacks.count(), 2);
    let calls = story.journal.history(100).expect("calls").calls;
    let posts = calls.iter().filter(|call| call.group == mde_offboard::domain::LimitGroup::Posts);
    assert_eq!(posts.count(), 3, "lost calls take slots as well");
}

#[test]
fn cancel_after_an_older_copy_takes_back_what_the_lost_part_had_sent() {
    let sent = action("one", machine_id(0), &marked(0), ActionStatus::Pending);
    let options = RunOptions::default();
    let (batch, task) = (batch_of(2, &options), Task::Cancel(None));
    let story = play_on(batch, task, &options, |_, ask| match ask {
        Ask::Cancel { .. } => {
            let what = ReadAnswer::Read(Action { status: ActionStatus::Cancelled, ..sent.clone() });
            Answered::Cancel(Reply { what, heard: true, server_date: None })
        }
        Ask::Submit { .. } => unreachable!("cancel sends nothing"),
        _ => list(vec![sent.clone()]),
    });
    assert_eq!(story.state(0), State::Cancelled, "it was withdrawn, and is found nevertheless");
    assert_eq!(story.state(1), State::Skipped);
    story.journal.verify_rows(story.batch).expect("the rows are what the facts say");
}

#[test]
fn after_retry_the_old_action_is_not_taken_for_an_answer() {
    let options = RunOptions::default();
    let failed = action("old", machine_id(0), &marked(0), ActionStatus::Failed);
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => {
            submitted(Answer::Accepted { action: failed.clone(), adopted: false, http_status: 201 })
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Failed);
    let (mut journal, batch) = (story.journal, story.batch);
    requeue(&mut journal, batch);
    let mut count = 0;
    let story = play_on((journal, batch), Task::Send, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            count += 1;
            if count == 1 { silence() } else { done(*machine) }
        }
        _ => list(vec![failed.clone()]),
    });
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!(story.posts(0).len(), 2);
    assert_eq!(story.machine(0).standing.action.expect("one").to_string(), "action-0");
}

fn requeue(journal: &mut mde_offboard::journal::Journal, batch: mde_offboard::domain::BatchId) {
    use mde_offboard::domain::{Fact, MachineNumber};
    use mde_offboard::journal::{Changes, Entry};
    let entry = Entry { batch, number: MachineNumber(1), at: START, fact: Fact::Requeued };
    let changes = Changes { facts: vec![entry], ..Changes::default() };
    journal.commit(&changes).expect("a failed machine may be queued again");
}

#[test]
fn a_server_whose_clock_is_an_hour_behind_is_asked_for_an_hour_more() {
    const BEHIND: Duration = Duration::from_hours(1);
    let mut ours = action("older", machine_id(0), &marked(0), ActionStatus::Succeeded);
    ours.created_at = Some(START.minus(BEHIND));
    let story = play(1, &RunOptions::default(), |at, ask| match ask {
        Ask::List { since, .. } => {
            let created = ours.created_at.expect("just set");
            let listed = if *since <= created { vec![ours.clone()] } else { Vec::new() };
            let page = Page { rows: listed.len(), items: listed, has_next: false };
            let server_date = Some(START.plus(at).minus(BEHIND));
            Answered::Actions(Reply { what: ReadAnswer::Read(page), heard: true, server_date })
        }
        _ => unreachable!("its action exists: {ask:?}"),
    });
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn where_no_list_ever_showed_an_accepted_action_a_doubt_waits_for_one_that_does() {
    let options = RunOptions { poll_interval: Duration::from_mins(10), ..one_by_one() };
    let accepted_from = Duration::from_mins(4);
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { .. } if at < accepted_from => trouble(unreachable()),
        Ask::Submit { machine, comment } => {
            let action = action("hidden", *machine, comment, ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.posts(0).len(), 1, "lists leave out what was accepted: they prove nothing");
    assert_eq!(story.state(0), State::Held);
}

#[test]
fn a_machine_that_was_sent_again_and_is_busy_with_what_no_list_shows_is_held() {
    let mut count = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => {
            count += 1;
            let busy = Answer::Busy(detail(400, "ActiveRequestAlreadyExists"));
            if count == 1 { silence() } else { submitted(busy) }
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.posts(0).len(), 2);
    assert_eq!(story.state(0), State::Held);
}

#[test]
fn a_held_machine_keeps_what_its_request_came_to() {
    let options = RunOptions { on_uncertain: OnUncertain::Hold, ..RunOptions::default() };
    let error = || {
        let detail = detail(500, "InternalServerError");
        submitted(Answer::Doubtful { doubt: Doubt::OtherAnswer, detail })
    };
    let answers: [(fn() -> Answered, _, _); 2] = [
        (
            silence,
            None,
            "sent without an answer, and not found at Defender in two look-ups: no answer in 30s",
        ),
        (
            error,
            Some(500),
            "not found at Defender in two look-ups; the answer was: in the server's words",
        ),
    ];
    for (answer, status, words) in answers {
        let story = play(1, &options, |_, ask| match ask {
            Ask::Submit { .. } => answer(),
            _ => list(Vec::new()),
        });
        let standing = story.machine(0).standing;
        let detail = standing.detail.expect("told");
        assert_eq!((standing.state, detail.http_status), (State::Held, status));
        assert_eq!(detail.message, words);
    }
}

#[test]
fn a_doubt_about_the_last_attempt_is_held_and_not_sent_once_more() {
    let options = RunOptions { attempts_max: 1, ..RunOptions::default() };
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    assert_eq!((story.state(0), story.posts(0).len()), (State::Held, 1));
}

#[test]
fn a_doubt_does_not_wait_for_a_list_that_shows_what_was_accepted_minutes_later() {
    let later = Duration::from_mins(4);
    let story = play(3, &one_by_one(), |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) && at < SETTLE => silence(),
        Ask::Submit { machine, .. } if *machine == machine_id(0) => done(*machine),
        Ask::Submit { machine, .. } if *machine == machine_id(2) && at < later => {
            trouble(unreachable())
        }
        Ask::Submit { machine, comment } => {
            let id = if *machine == machine_id(1) { "shown" } else { "hidden" };
            let action = action(id, *machine, comment, ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::List { .. } if at.is_zero() => list(Vec::new()),
        Ask::List { .. } => {
            list(vec![action("shown", machine_id(1), &marked(1), ActionStatus::Pending)])
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.posts(2).last().map(|at| *at >= later), Some(true));
    let posts = story.posts(0);
    assert_eq!((posts.len(), story.state(0)), (2, State::Succeeded), "{posts:?}");
    assert!(posts[1] <= SETTLE + SETTLE / 4, "after its two look-ups: {posts:?}");
}

#[test]
fn a_wait_for_doubts_to_settle_says_how_many_they_are() {
    let options = RunOptions { on_uncertain: OnUncertain::Hold, ..RunOptions::default() };
    let story = play(3, &options, |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    let settles = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } if wait.reason == WaitReason::Settle => Some(wait.machines),
        _ => None,
    });
    assert_eq!(settles.max(), Some(3));
}

#[test]
fn while_one_doubt_was_released_as_a_trial_the_answer_of_another_machine_releases_no_other_one() {
    let limits = vec![Window::parse("20/7m").expect("a limit")];
    let options = RunOptions { limits, ..RunOptions::default() };
    // Two that are never answered, and others, of which some are sent when one of those two is sent
    // again.
    let story = play(25, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if index_of(*machine) < 2 => silence(),
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(Vec::new()),
    });
    assert_eq!(story.posts(0)[1], story.posts(24)[0]);
    assert_eq!((story.posts(0).len(), story.posts(1).len()), (2, 1));
    assert_eq!((story.state(0), story.state(1)), (State::Held, State::Held));
}
