//! What a run says that it waits for, until when, and what it heard last.

use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, Answer, BatchId, Detail, Doubt, Fact, MachineId, Missing, ReadAnswer, Reply,
    Trouble, Window,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::event::{Happening, WaitReason};
use mde_offboard::journal::Journal;

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, done, index_of, list, marked, no_list, one_by_one, play, play_on,
    silence, submitted, trouble, unreachable,
};
use crate::support::world::{START, batch_with};

/// A wait as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    reason: &'static str,
    /// Since the start.
    until: Duration,
    machines: u64,
    said: Option<String>,
}

fn told(story: &Story) -> Vec<Told> {
    let waits = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, said } => Some(Told {
            reason: wait.reason.word(),
            until: wait.until.since(START),
            machines: wait.machines,
            said: said.clone(),
        }),
        _ => None,
    });
    waits.collect()
}

fn pending(machine: MachineId) -> Answered {
    let index = index_of(machine);
    let id = format!("action-{index}");
    let action = action(&id, machine, &marked(index), ActionStatus::Pending);
    submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
}

fn absent() -> Answered {
    submitted(Answer::Absent(detail(404, "ResourceNotFound")))
}

fn refused() -> Answered {
    let what = ReadAnswer::Refused(detail(400, "BadRequest"));
    Answered::Actions(Reply { what, heard: true, server_date: None })
}

/// Lists are empty; POSTs are answered like this.
fn posts(machines: u32, options: &RunOptions, answer: impl Fn(MachineId) -> Answered) -> Story {
    play(machines, options, |_, ask| match ask {
        Ask::Submit { machine, .. } => answer(*machine),
        _ => list(Vec::new()),
    })
}

/// What was said with each wait of that reason, and for that many machines.
fn said(story: &Story, reason: &str, machines: Option<u64>) -> Vec<Option<String>> {
    let is_it = |told: &Told| {
        told.reason == reason && machines.is_none_or(|machines| told.machines == machines)
    };
    let said: Vec<_> = told(story).into_iter().filter(is_it).map(|told| told.said).collect();
    assert!(!said.is_empty(), "{reason}: {:?}", told(story));
    said
}

#[test]
fn a_wait_for_an_answer_says_what_came_last() {
    let offline_timeout = Some(Duration::from_mins(5));
    let options = RunOptions { offline_timeout, ..RunOptions::default() };
    let check = |story: &Story, reason: &str, machines: Option<u64>, words: &str| {
        for said in said(story, reason, machines) {
            assert_eq!(said.as_deref(), Some(words), "{reason}");
        }
    };
    let story = posts(10, &options, |_| trouble(unreachable()));
    check(&story, "network", None, "connection refused (connection_refused)");
    let story = posts(10, &options, |_| trouble(Trouble::SignIn(detail(401, "AADSTS7000222"))));
    check(&story, "sign_in", None, "in the server's words (AADSTS7000222, HTTP 401)");
    let settle = Duration::from_hours(2);
    let story = posts(200, &RunOptions { settle, ..options.clone() }, |_| silence());
    check(&story, "network", None, "no answer in 30s (timeout)");
    let story =
        play(1, &options, |_, _| no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable"))));
    let words = "in the server's words (ServiceUnavailable, HTTP 503)";
    check(&story, "backoff", Some(0), words);
}

#[test]
fn a_wait_that_no_answer_ends_says_nothing_of_the_last_one() {
    let check = |story: &Story, reason: &str, machines: u64| {
        for said in said(story, reason, Some(machines)) {
            assert_eq!(said, None, "{reason}");
        }
    };
    let window = |text| vec![Window::parse(text).expect("a window")];
    let options = RunOptions { limits: window("1/1m"), ..one_by_one() };
    check(&posts(3, &options, done), "window", 0);
    check(&posts(1, &one_by_one(), |_| silence()), "settle", 1);
    // A retry is no wait for lists, though lists are refused meanwhile.
    let story = play(2, &one_by_one(), |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => absent(),
        Ask::Submit { machine, .. } => pending(*machine),
        _ if at.is_zero() => list(Vec::new()),
        _ => refused(),
    });
    assert_eq!(story.posts(0).len(), 3);
    check(&story, "backoff", 1);
}

#[test]
fn of_a_retry_and_a_look_up_the_one_that_comes_first_is_told() {
    let story =
        posts(
            2,
            &one_by_one(),
            |machine| {
                if machine == machine_id(0) { silence() } else { absent() }
            },
        );
    let told: Vec<_> = told(&story)
        .into_iter()
        .map(|told| (told.reason, told.until.as_secs(), told.machines))
        .take(4)
        .collect();
    // Asked three times a minute apart; looked up after five minutes, and a minute later.
    let expected =
        [("backoff", 60, 1), ("backoff", 120, 1), ("settle", 300, 1), ("settle", 360, 1)];
    assert_eq!(told, expected);
}

#[test]
fn a_run_that_waits_for_a_look_up_says_so_though_lists_are_refused_meanwhile() {
    let story = play(2, &one_by_one(), |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { machine, .. } => pending(*machine),
        Ask::List { .. } if at.is_zero() => list(Vec::new()),
        Ask::List { .. } => refused(),
        _ => list(Vec::new()),
    });
    let look_up = START.plus(Duration::from_mins(5));
    let before = story.events.iter().filter(|event| event.at < look_up);
    let waits: Vec<_> = before
        .filter_map(|event| match &event.what {
            Happening::Waiting { wait, .. } => Some((wait.reason.word(), wait.machines)),
            _ => None,
        })
        .collect();
    assert!(!waits.is_empty() && waits.iter().all(|wait| *wait == ("settle", 1)), "{waits:?}");
}

#[test]
fn a_read_window_that_is_full_is_not_told_while_nothing_is_to_be_read() {
    let no_following = RunOptions { track_timeout: Duration::ZERO, ..one_by_one() };
    let sent = posts(1, &no_following, pending);
    // Three lists: one of the run before, and two of this one, which reads the next one only when
    // there is room for it.
    let limits = vec![Window::parse("3/10m").expect("a window")];
    let (track_timeout, poll_interval) = (Duration::from_mins(30), Duration::from_mins(10));
    let options = RunOptions { limits, track_timeout, poll_interval, ..one_by_one() };
    let story = play_on((sent.journal, sent.batch), Task::Track, &options, |_, _| {
        list(vec![action("action-0", machine_id(0), &marked(0), ActionStatus::Pending)])
    });
    let told = told(&story);
    assert!(!told.is_empty() && told.iter().all(|told| told.reason == "actions"), "{told:?}");
}

#[test]
fn a_read_window_that_is_full_is_told_where_a_list_waits_for_it() {
    let no_following = RunOptions { track_timeout: Duration::ZERO, ..one_by_one() };
    let sent = posts(1, &no_following, pending);
    // The third and last list of ten minutes goes out at the start, and the next one is due soon.
    let limits = vec![Window::parse("3/10m").expect("a window")];
    let track_timeout = Duration::from_mins(30);
    let options = RunOptions { limits, track_timeout, ..one_by_one() };
    let story = play_on((sent.journal, sent.batch), Task::Track, &options, |_, _| {
        list(vec![action("action-0", machine_id(0), &marked(0), ActionStatus::Pending)])
    });
    let told = told(&story);
    let is_it = |told: &Told| told.reason == "window" && told.until.as_secs() == 601;
    assert!(told.iter().any(is_it), "{told:?}");
}

#[test]
fn a_pause_that_defender_asks_for_is_told_with_its_end() {
    let retry_after = Some(Duration::from_secs(20));
    let mut count = 0;
    let story = play(1, &one_by_one(), |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            count += 1;
            let detail = detail(429, "429");
            let too_many = Trouble::TooMany { retry_after, window: None, detail };
            if count == 1 { trouble(too_many) } else { done(*machine) }
        }
        _ => list(Vec::new()),
    });
    let told: Vec<_> = told(&story).into_iter().map(|told| (told.reason, told.until)).collect();
    assert_eq!(told, [("retry_after", story.posts(0)[1])]);
}

/// A doubt that is looked up a minute after the start, and a retry that is due forty seconds later.
fn look_up_before_retry() -> (Journal, BatchId) {
    let cut = Detail::new(None, Some("timeout"), "no answer in 30s");
    let doubt = Fact::Uncertain { doubt: Doubt::NoAnswer, detail: cut, look_at: START };
    let again = Fact::Missing(Missing::Again { look_at: START });
    let not_before = START.plus(Duration::from_secs(100));
    let detail = detail(404, "ResourceNotFound");
    let retrying = Fact::Retrying { not_before, counts: true, detail };
    let facts = [(0, Fact::Sending), (0, doubt), (0, again), (1, Fact::Sending), (1, retrying)];
    batch_with((2, &one_by_one()), START, facts)
}

#[test]
fn a_look_up_that_comes_before_a_retry_is_told_first() {
    let story = play_on(look_up_before_retry(), Task::Send, &one_by_one(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(Vec::new()),
    });
    let told = told(&story).into_iter().map(|told| (told.reason, told.until.as_secs()));
    assert_eq!(told.take(2).collect::<Vec<_>>(), [("settle", 60), ("backoff", 100)]);
}

#[test]
fn before_the_first_list_is_read_nothing_else_is_told() {
    let mut lists = 0;
    let story = play_on(look_up_before_retry(), Task::Send, &one_by_one(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        Ask::List { .. } if lists < 3 => {
            lists += 1;
            refused()
        }
        _ => list(Vec::new()),
    });
    let words = Some("in the server's words (BadRequest, HTTP 400)".to_owned());
    let told = told(&story);
    for told in &told[..3] {
        assert_eq!((told.reason, told.machines, &told.said), ("backoff", 0, &words));
    }
    assert_eq!((told[3].reason, told[3].machines), ("settle", 1));
}

#[test]
fn a_pause_of_lists_says_when_the_following_is_over_once_all_is_sent() {
    let minutes = Duration::from_mins;
    let options = RunOptions { track_timeout: minutes(20), ..RunOptions::default() };
    let story = play(1, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => pending(*machine),
        _ if at.is_zero() => list(Vec::new()),
        _ if at < minutes(5) => {
            list(vec![action("action-0", machine_id(0), &marked(0), ActionStatus::Pending)])
        }
        _ => {
            let detail = detail(429, "TooManyRequests");
            no_list(Trouble::TooMany { retry_after: Some(minutes(60)), window: None, detail })
        }
    });
    let ends = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => match wait.reason {
            WaitReason::ReadsPaused { gives_up_at } => Some(gives_up_at),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [Some(START.plus(minutes(20)))]);
}
