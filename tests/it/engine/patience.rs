//! How long a run goes on while something cannot be reached, and which end that is.

use std::collections::BTreeSet;
use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, Detail, End, Fact, MachineId, ReadAnswer, Reply, State, Trouble,
    Unreachable, Window,
};
use mde_offboard::engine::{Answered, Ask, Assignment, RunOptions, Task};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, accept, action, detail, index_of, list, marked, one_by_one, play, play_as, play_on,
    play_slowly, silence, submitted, trouble, unreachable,
};
use crate::support::world::{START, assignment, batch_of, batch_with};

fn lasted(story: &Story) -> Duration {
    story.conclusion.ended_at.since(START)
}

fn ours(machine: MachineId, status: ActionStatus) -> Action {
    let index = index_of(machine);
    action(&format!("action-{index}"), machine, &marked(index), status)
}

fn accepted(machine: MachineId) -> Answered {
    let action = ours(machine, ActionStatus::Pending);
    submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
}

/// Defender's own refusal of a list.
fn refused() -> Answered {
    let what = ReadAnswer::Refused(detail(400, "BadRequest"));
    Answered::Actions(Reply { what, heard: true, server_date: None })
}

#[test]
fn lists_that_are_refused_end_a_run_once_all_is_sent_and_not_before() {
    let options = RunOptions {
        limits: vec![Window::parse("10/1m").expect("a window")],
        offline_timeout: Some(Duration::from_mins(10)),
        ..one_by_one()
    };
    let story = play(200, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => accepted(*machine),
        _ if at.is_zero() => list(Vec::new()),
        _ => refused(),
    });
    assert_eq!(story.all_posts(), 200, "{:?}", story.conclusion);
    assert_eq!(story.conclusion.end, End::Tripped, "waiting does not change it");
    let why = story.conclusion.why.as_deref().unwrap_or_default();
    assert!(why.starts_with("Defender's list of actions could not be read for 1"), "{why}");
    // Twenty windows; they were refused for longer than the patience by then.
    let minutes = lasted(&story).as_secs() / 60;
    assert!((19..=21).contains(&minutes), "{:?}", lasted(&story));
}

#[test]
fn look_ups_that_failed_are_forgotten_once_a_list_has_shown_what_became_of_the_doubt() {
    let offline_timeout = Some(Duration::from_mins(30));
    let track_timeout = Duration::from_hours(3);
    let options = RunOptions { offline_timeout, track_timeout, ..one_by_one() };
    let (listed, ended) = (Duration::from_secs(320), Duration::from_hours(2));
    let mut look_ups = 0;
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { machine, .. } => accepted(*machine),
        Ask::Find { .. } => {
            look_ups += 1;
            refused()
        }
        _ if at.is_zero() => list(Vec::new()),
        _ => {
            let is_over = at >= ended;
            let status = if is_over { ActionStatus::Succeeded } else { ActionStatus::Pending };
            let machines = [1, 0].map(machine_id);
            let shown = if at < listed { &machines[..1] } else { &machines[..] };
            list(shown.iter().map(|machine| ours(*machine, status.clone())).collect())
        }
    });
    assert!(look_ups > 0, "it was looked up in vain");
    assert_eq!(story.conclusion.end, End::Settled, "{:?}", story.conclusion.why);
    assert_eq!((story.state(0), story.posts(0).len()), (State::Succeeded, 1));
    assert!(lasted(&story) >= ended);
}

/// A name that does not exist.
fn no_such_name() -> Trouble {
    let detail = Detail::new(None, Some("name_unknown"), "no such host is known");
    Trouble::Unreachable { kind: Unreachable::Name, detail }
}

#[test]
fn a_name_that_was_never_found_is_a_wrong_address_and_one_that_is_gone_is_a_network_that_is_gone() {
    let offline_timeout = Some(Duration::from_mins(10));
    let options = RunOptions { offline_timeout, ..one_by_one() };
    let unknown = |batch| {
        play_on(batch, Task::Send, &options, |_, ask| match ask {
            Ask::Submit { .. } => trouble(no_such_name()),
            _ => {
                let what = ReadAnswer::Trouble(no_such_name());
                Answered::Actions(Reply { what, heard: false, server_date: None })
            }
        })
    };
    assert_eq!(unknown(batch_of(1, &options)).conclusion.end, End::Tripped);
    // An earlier process had an answer.
    let (not_before, detail) = (START, detail(404, "ResourceNotFound"));
    let facts = [Fact::Sending, Fact::Retrying { not_before, counts: true, detail }];
    let sent = batch_with((1, &options), START, facts.map(|fact| (0, fact)));
    assert_eq!(unknown(sent).conclusion.end, End::Unreachable);
    // This process had one.
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => trouble(no_such_name()),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
}

#[test]
fn posts_that_a_certificate_bars_end_the_run_at_once_and_not_after_hours() {
    let story = play(9, &one_by_one(), |_, ask| match ask {
        Ask::Submit { .. } => {
            let words = "the certificate of `defender.example` ended on 1 May 2026";
            let detail = Detail::new(None, Some("certificate"), words);
            trouble(Trouble::Unreachable { kind: Unreachable::Connect, detail })
        }
        _ => list(Vec::new()),
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::NoAccess, 3));
    assert!(lasted(&story) < Duration::from_mins(1), "{:?}", lasted(&story));
    assert_eq!(story.conclusion.counts.of(State::Queued), 9, "nothing is lost");
}

#[test]
fn a_network_that_is_back_without_a_sign_in_is_a_sign_in_that_fails() {
    let back = Duration::from_mins(5);
    let story = play(3, &one_by_one(), |at, ask| match ask {
        Ask::Submit { .. } if at < back => trouble(unreachable()),
        Ask::Submit { .. } => trouble(Trouble::SignIn(detail(401, "AADSTS7000222"))),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::NoAccess, "{:?}", story.conclusion.why);
    // The patience with a sign-in is a quarter of an hour.
    let minutes = lasted(&story).as_secs() / 60;
    assert!((20..=22).contains(&minutes), "{:?}", lasted(&story));
}

#[test]
fn a_doubt_that_an_outage_leaves_behind_is_looked_up_when_it_is_due() {
    for latency in [Duration::ZERO, Duration::from_secs(1)] {
        let mut posts = 0;
        let options = RunOptions::default();
        let (journal, batch) = batch_of(1, &options);
        let story =
            play_slowly(journal, assignment(batch, &options), latency, |_, ask| match ask {
                Ask::Submit { .. } => {
                    posts += 1;
                    // The outage is not over, and nothing is left to try with until the look-up.
                    if posts <= 6 { trouble(unreachable()) } else { silence() }
                }
                Ask::Find { machine, .. } => list(vec![ours(*machine, ActionStatus::Succeeded)]),
                _ => list(Vec::new()),
            });
        assert_eq!((story.conclusion.end, story.posts(0).len()), (End::Settled, 7));
        let due = story.posts(0)[6] + options.settle;
        assert_eq!(story.look_ups(0), [due], "{latency:?}");
    }
}

#[test]
fn while_posts_alone_cannot_connect_a_doubt_is_looked_up_when_it_is_due() {
    let options = RunOptions { poll_interval: Duration::from_mins(4), ..RunOptions::default() };
    let back = Duration::from_mins(10);
    let story = play(3, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => match index_of(*machine) {
            0 => silence(),
            1 if at < back => trouble(unreachable()),
            _ => accepted(*machine),
        },
        Ask::Find { machine, .. } => list(vec![ours(*machine, ActionStatus::Succeeded)]),
        _ if at.is_zero() => list(Vec::new()),
        _ if at < back => list(vec![ours(machine_id(2), ActionStatus::Pending)]),
        _ => list([1, 2].map(|index| ours(machine_id(index), ActionStatus::Succeeded)).to_vec()),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.look_ups(0), [options.settle]);
}

#[test]
fn processes_that_failed_at_the_same_instant_do_not_try_again_at_the_same_one() {
    let second_try = |seed: u64| {
        let options = RunOptions::default();
        let (journal, batch) = batch_of(1, &options);
        let assignment = Assignment { seed, ..assignment(batch, &options) };
        let story = play_as(journal, assignment, |at, ask| match ask {
            Ask::Submit { .. } if at.is_zero() => trouble(unreachable()),
            Ask::Submit { .. } => accept(ask),
            _ => list(Vec::new()),
        });
        story.posts(0)[1]
    };
    let tries: BTreeSet<Duration> = (0..10).map(second_try).collect();
    assert!(tries.len() > 5, "{tries:?}");
}
