//! Whose calls spend which budget, and how much of it is ours.

use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, Answer, BatchFact, Detail, End, Fact, History, MachineNumber, Now, State, Steady,
    Trouble, Window,
};
use mde_offboard::engine::{Answered, Arrival, Ask, RunOptions, Session, Task, forecast};
use mde_offboard::journal::{Changes, Entry};

use crate::support::script::{
    Story, action, done, index_of, list, marked, play, play_on, submitted, trouble,
};
use crate::support::world::{START, assignment, batch_of};

fn windows(limits: &[&str]) -> Vec<Window> {
    limits.iter().map(|limit| Window::parse(limit).expect("a limit")).collect()
}

/// The most requests of a kind within any minute.
fn most_in_a_minute(story: &Story, of: impl Fn(&Ask) -> bool) -> usize {
    let asked: Vec<Duration> =
        story.asked.iter().filter(|(_, ask)| of(ask)).map(|(at, _)| *at).collect();
    let within = |first: &Duration| {
        asked.iter().filter(|at| *at >= first && **at < *first + Duration::from_mins(1)).count()
    };
    asked.iter().map(within).max().unwrap_or(0)
}

/// Forty machines whose actions stay pending for a while.
fn forty(options: &RunOptions) -> Story {
    play(40, options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            let index = index_of(*machine);
            let pending =
                action(&format!("a-{index}"), *machine, &marked(index), ActionStatus::Pending);
            submitted(Answer::Accepted { action: pending, adopted: false, http_status: 201 })
        }
        _ if at < Duration::from_mins(8) => list(Vec::new()),
        _ => {
            let ended = |index| {
                let id = crate::support::machines::machine_id(index);
                action(&format!("a-{index}"), id, &marked(index), ActionStatus::Succeeded)
            };
            list((0..40).map(ended).collect())
        }
    })
}

#[test]
fn shared_reads_and_posts_spend_one_budget() {
    let limits = windows(&["10/1m"]);
    let options = RunOptions {
        limits,
        shared_reads: true,
        poll_interval: Duration::from_secs(20),
        ..RunOptions::default()
    };
    let story = forty(&options);
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(most_in_a_minute(&story, |_| true), 10, "together they fill the minute");
    let apart = forty(&RunOptions { shared_reads: false, ..options });
    assert!(most_in_a_minute(&apart, |_| true) > 10);
    assert_eq!(most_in_a_minute(&apart, |ask| matches!(ask, Ask::Submit { .. })), 10);
}

#[test]
fn a_forecast_with_shared_reads_counts_the_lists_in_between() {
    let options = RunOptions {
        limits: windows(&["10/1m"]),
        shared_reads: true,
        poll_interval: Duration::from_secs(20),
        ..RunOptions::default()
    };
    let story = forty(&options);
    let said = story.journal.first_forecast(story.batch).unwrap().expect("a forecast");
    let last = story.asked.iter().rev().find(|(_, ask)| matches!(ask, Ask::Submit { .. }));
    let (said, came) = (said.since(START), last.expect("sent").0);
    assert!(said.abs_diff(came) <= Duration::from_secs(61), "said {said:?}, came {came:?}");
    let apart = RunOptions { shared_reads: false, ..options };
    let now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let alone = forecast(&apart, 40, &History::default(), now);
    let alone = alone.expect("a forecast").prospect.last_send_at.since(START);
    assert!(said > alone, "with lists in between it takes longer: {said:?}, {alone:?}");
}

#[test]
fn of_a_share_of_the_quota_no_more_is_used() {
    let options = RunOptions { quota_share: 30, ..RunOptions::default() };
    let story = play(100, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 100);
    assert_eq!(most_in_a_minute(&story, |_| true), 31, "30 POSTs, and one list");
}

#[test]
fn a_share_leaves_at_least_one_call_of_each_window() {
    let share = |limit: &str, percent| Window::parse(limit).unwrap().share(percent).to_string();
    assert_eq!(share("100/1m", 50), "50/1m");
    assert_eq!(share("1500/1h", 33), "495/1h");
    assert_eq!(share("3/1m", 33), "1/1m");
    assert_eq!(share("2/1m", 1), "1/1m");
    assert_eq!(share("7/1m", 100), "7/1m");
}

#[test]
fn options_of_before_the_share_was_there_mean_all_of_it() {
    let old = r#"{"limits":["100/1m"],"pace":"burst","concurrency":8,"max_attempts":8,
        "settle_ms":1,"on_uncertain":"hold","poll_interval_ms":1,"track_timeout_ms":1,
        "offline_timeout_ms":null}"#;
    let options = RunOptions::from_json(old).unwrap();
    assert_eq!((options.quota_share, options.shared_reads), (100, false));
    let new = RunOptions { quota_share: 40, shared_reads: true, ..options };
    assert_eq!(RunOptions::from_json(&new.to_json()).unwrap(), new);
}

#[test]
fn a_429_that_nobody_expected_is_known_to_the_next_process() {
    let mut refused = 0;
    let story = play(20, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } if refused > 0 => done(*machine),
        Ask::Submit { .. } => {
            refused += 1;
            let detail = Detail::new(Some(429), Some("429"), "quota exceeded");
            let (retry_after, window) = (Some(Duration::from_secs(40)), None);
            trouble(Trouble::TooMany { retry_after, window, detail })
        }
        _ => list(Vec::new()),
    });
    let history = story.journal.history(1_000).unwrap();
    let [phantoms] = history.phantoms[..] else { panic!("{:?}", history.phantoms) };
    assert_eq!(phantoms.window, Window::DEFENDER[0]);
    assert!(phantoms.calls >= 92, "all that our own calls do not explain: {phantoms:?}");
    assert_eq!(phantoms.until, history.freezes[0].until);
    let sent: Vec<Duration> = story
        .asked
        .iter()
        .filter(|(_, ask)| matches!(ask, Ask::Submit { .. }))
        .map(|(at, _)| *at)
        .collect();
    let after = &sent[8..];
    assert_eq!(after[0], Duration::from_secs(41));
    for pair in after.windows(2) {
        assert!(pair[1] >= pair[0] + Duration::from_millis(610), "evenly since: {pair:?}");
    }
}

/// After how many seconds the last machine was expected to be sent, each time that it was said.
fn forecasts(story: &Story) -> Vec<u64> {
    let facts = story.journal.batch_facts_of(story.batch).unwrap();
    let said = |fact: &BatchFact| match fact {
        BatchFact::Forecast { last_send_at } => Some(last_send_at.since(START).as_secs()),
        _ => None,
    };
    facts.iter().filter_map(|(_, fact)| said(fact)).collect()
}

/// All succeed but the first, which fails.
fn first_fails(ask: &Ask) -> Answered {
    match ask {
        Ask::Submit { machine, .. } if index_of(*machine) == 0 => {
            let failed = action("a-0", *machine, &marked(0), ActionStatus::Failed);
            submitted(Answer::Accepted { action: failed, adopted: false, http_status: 201 })
        }
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(Vec::new()),
    }
}

#[test]
fn the_first_forecast_of_a_list_is_a_fact_and_that_of_a_retry_another() {
    let options = RunOptions::default();
    let story = play(250, &options, |_, ask| first_fails(ask));
    assert_eq!(forecasts(&story), [122]);
    let Story { mut journal, batch, .. } = story;
    let again = play_on((journal, batch), Task::Send, &options, |_, ask| first_fails(ask));
    assert_eq!(forecasts(&again), [122], "nothing was to be sent");
    journal = again.journal;
    let requeued = Entry { batch, number: MachineNumber(1), at: START, fact: Fact::Requeued };
    journal.commit(&Changes { facts: vec![requeued], ..Changes::default() }).unwrap();
    let retried = play_on((journal, batch), Task::Send, &options, |_, ask| first_fails(ask));
    assert_eq!(forecasts(&retried).len(), 2);
}

#[test]
fn a_forecast_counts_with_the_time_that_posts_take_to_be_answered_and_reads_take_not() {
    let options = RunOptions {
        limits: windows(&["100/1m"]),
        concurrency: 100,
        poll_interval: Duration::from_secs(20),
        ..RunOptions::default()
    };
    let (mut journal, batch) = batch_of(300, &options);
    let at = |seconds| {
        let since = Duration::from_secs(seconds);
        Now { steady: Steady::ORIGIN.plus(since), wall: START.plus(since), boot: None }
    };
    let mut session =
        Session::open(&mut journal, &assignment(batch, &options), 10_000, at(0)).expect("opens");
    let mut arrivals = Vec::new();
    // The list before the first POST; a minute's POSTs, answered ten seconds later; a list of
    // pending actions that takes forty.
    for (now, answered_at, requests) in
        [(0, 0, 1), (0, 10, 100), (10, 10, 0), (20, 60, 1), (60, 60, 0)]
    {
        let turn = session.turn(at(now), std::mem::take(&mut arrivals)).expect("a turn");
        assert_eq!(turn.requests.len(), requests, "after {now} s");
        for request in turn.requests {
            let answered = match &request.ask {
                Ask::Submit { machine, .. } if index_of(*machine) == 0 => {
                    let action = action("a-0", *machine, &marked(0), ActionStatus::Pending);
                    submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
                }
                Ask::Submit { machine, .. } => done(*machine),
                _ => list(Vec::new()),
            };
            arrivals.push(Arrival { call: request.call, at: at(answered_at), answered });
        }
        if requests == 0 {
            let prospect = session.tick(at(now)).expect("a journal").prospect.expect("a forecast");
            let last = prospect.last_send_at.since(START).as_secs_f64();
            // Twice: ten seconds until the answers, and a minute and its guard after them.
            assert!((last - 142.0).abs() < 0.5, "after {now} s: {last}");
        }
    }
}
