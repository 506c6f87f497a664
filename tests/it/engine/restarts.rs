//! What a process goes on with that finds the facts of an earlier one.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionId, ActionStatus, Detail, Doubt, Fact, Missing, Reason, State, Timestamp,
};
use mde_offboard::engine::{Ask, RunOptions, Task};

use crate::support::machines::machine_id;
use crate::support::script::{Story, action, detail, done, list, marked, play_on, taken_up};
use crate::support::world::{START, batch_with};

const MINUTE: Duration = Duration::from_mins(1);

/// A request without an answer.
fn in_doubt() -> [Fact; 2] {
    let detail = Detail::new(None, Some("timeout"), "no answer in 30s");
    [Fact::Sending, Fact::Uncertain { doubt: Doubt::NoAnswer, detail, look_at: START }]
}

/// A request that is to be made again then.
fn retried(not_before: Timestamp) -> [Fact; 2] {
    let detail = detail(404, "ResourceNotFound");
    [Fact::Sending, Fact::Retrying { not_before, counts: true, detail }]
}

fn accepted(id: &str) -> [Fact; 2] {
    [Fact::Sending, taken_up(ActionId::parse(id).expect("an action ID"), START)]
}

/// Goes on with machines of which these facts are known. POSTs are answered well; `listed` says
/// what lists and look-ups show.
fn go_on(
    options: &RunOptions,
    machines: &[&[Fact]],
    listed: impl Fn(Duration, &Ask) -> Vec<Action>,
) -> Story {
    let of = |(index, facts): (u32, &&[Fact])| -> Vec<(u32, Fact)> {
        facts.iter().map(|fact| (index, fact.clone())).collect()
    };
    let number = u32::try_from(machines.len()).expect("few");
    let facts = (0..number).zip(machines).flat_map(of);
    let batch = batch_with((number, options), START, facts);
    play_on(batch, Task::Send, options, |at, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(listed(at, ask)),
    })
}

#[test]
fn a_doubt_is_looked_up_after_the_settle_time_and_for_the_second_time_after_a_fifth_of_it() {
    let first = in_doubt();
    let again = Fact::Missing(Missing::Again { look_at: START });
    let second = [&in_doubt()[..], &[again]].concat();
    let story = go_on(&RunOptions::default(), &[&first, &second], |_, _| Vec::new());
    assert_eq!(story.look_ups(0).first(), Some(&(5 * MINUTE)));
    assert_eq!(story.look_ups(1).first(), Some(&MINUTE));
}

#[test]
fn a_retry_waits_as_long_as_was_said_and_for_no_clock_that_was_set_back() {
    // The longest that a retry waits is a minute and a fifth, however short the settle time is.
    let options = RunOptions { settle: Duration::from_secs(5), ..RunOptions::default() };
    let (soon, days) = (Duration::from_secs(72), Duration::from_hours(72));
    let machines = [retried(START.plus(soon)), retried(START.plus(days))];
    let story = go_on(&options, &[&machines[0], &machines[1]], |_, _| Vec::new());
    assert_eq!(story.posts(0), [soon]);
    let [at] = story.posts(1)[..] else { panic!("{:?}", story.posts(1)) };
    assert!(at >= soon && at <= 2 * MINUTE, "{at:?}");
}

#[test]
fn a_busy_machine_is_looked_at_again_when_an_earlier_process_said() {
    let detail = detail(400, "ActiveRequestAlreadyExists");
    let (not_before, counts) = (START.plus(12 * MINUTE), false);
    let busy = [Fact::Sending, Fact::Retrying { not_before, counts, detail }];
    let story = go_on(&RunOptions::default(), &[&busy], |_, _| Vec::new());
    assert_eq!(story.look_ups(0), [12 * MINUTE]);
    assert_eq!(story.posts(0), [12 * MINUTE]);
}

#[test]
fn an_action_of_ours_in_the_first_list_ends_a_doubt_at_once() {
    let ours = action("ours", machine_id(0), &marked(0), ActionStatus::Succeeded);
    let story = go_on(&RunOptions::default(), &[&in_doubt()], |_, _| vec![ours.clone()]);
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!((story.look_ups(0).len(), story.posts(0).len()), (0, 0));
    assert_eq!(story.conclusion.ended_at, START);
}

#[test]
fn an_action_of_somebody_else_in_the_first_list_leaves_a_doubt_to_its_look_up() {
    let ours = action("ours", machine_id(0), &marked(0), ActionStatus::Succeeded);
    let theirs = action("theirs", machine_id(0), "by hand", ActionStatus::Pending);
    // Ours is listed late.
    let story = go_on(&RunOptions::default(), &[&in_doubt()], |_, ask| match ask {
        Ask::Find { .. } => vec![theirs.clone(), ours.clone()],
        _ => vec![theirs.clone()],
    });
    assert_eq!(story.machine(0).standing.action, Some(ours.id));
    assert_eq!(story.posts(0).len(), 0);
}

#[test]
fn a_second_action_of_ours_does_not_take_the_place_of_the_one_that_is_pending() {
    // What a request without an answer came to is listed long after its machine was sent again.
    let late = action("late", machine_id(0), &marked(0), ActionStatus::Pending);
    let story = go_on(&RunOptions::default(), &[&accepted("known"), &[]], |at, _| {
        let is_over = at > MINUTE;
        let status = if is_over { ActionStatus::Succeeded } else { ActionStatus::Pending };
        vec![action("known", machine_id(0), &marked(0), status), late.clone()]
    });
    let standing = story.machine(0).standing;
    assert_eq!(standing.action, Some(ActionId::parse("known").expect("an action ID")));
    assert_eq!((standing.state, story.state(1)), (State::Succeeded, State::Succeeded));
}

#[test]
fn what_was_taken_out_or_refused_is_not_followed_for_somebody_elses_action() {
    let skipped = [Fact::Skipped { reason: Reason::Withdrawn }];
    let detail = detail(400, "OsPlatformNotSupported");
    let refused = [Fact::Sending, Fact::Rejected { reason: Reason::Refused, detail }];
    let story = go_on(&RunOptions::default(), &[&skipped, &refused, &[]], |_, _| {
        let theirs = |index| {
            let id = format!("theirs-{index}");
            action(&id, machine_id(index), "by hand", ActionStatus::Pending)
        };
        vec![theirs(0), theirs(1)]
    });
    let states = [0, 1, 2].map(|index| story.state(index));
    assert_eq!(states, [State::Skipped, State::Rejected, State::Succeeded]);
}
