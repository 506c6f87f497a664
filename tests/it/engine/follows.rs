//! Following pending actions by list, and what is forecast.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, BatchFact, Call, CallId, End, Fact, History, LimitGroup, Now,
    Page, ReadAnswer, Reply, Stamp, State, Steady, Timestamp, Trouble,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task, forecast};
use mde_offboard::event::Happening;

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, index_of, list, marked, no_list, play, play_on, submitted, taken_up,
};
use crate::support::world::{START, batch_with};

/// Three machines whose actions stay pending, and which nobody follows.
pub(super) fn pending() -> Story {
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    play(3, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            let index = index_of(*machine);
            let status = ActionStatus::Pending;
            let action = action(&format!("a-{index}"), *machine, &marked(index), status);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => list(Vec::new()),
    })
}

fn a(index: u32, status: ActionStatus) -> Action {
    action(&format!("a-{index}"), machine_id(index), &marked(index), status)
}

#[test]
fn without_a_track_timeout_a_run_ends_when_all_is_sent() {
    let story = pending();
    assert_eq!(story.conclusion.end, End::Pending);
    assert_eq!(story.conclusion.ended_at, START);
}

#[test]
fn track_reads_one_whole_list_even_when_the_time_for_following_is_over() {
    let story = pending();
    let options = RunOptions { track_timeout: Duration::ZERO, ..RunOptions::default() };
    let story = play_on((story.journal, story.batch), Task::Track, &options, |_, ask| match ask {
        Ask::List { .. } => list(vec![
            a(0, ActionStatus::Succeeded),
            a(1, ActionStatus::Failed),
            a(2, ActionStatus::Other("Parked".to_owned())),
        ]),
        _ => unreachable!("track only reads: {ask:?}"),
    });
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!(story.state(1), State::Failed);
    assert_eq!(story.state(2), State::Pending, "an unknown word is followed on");
    assert_eq!(story.conclusion.end, End::Pending);
}

/// Three machines, of which the last is sent a minute after the others, and followed for a short
/// time. Reads are answered by `answer`.
fn late_last(
    (track_timeout, poll_interval): (Duration, Duration),
    mut answer: impl FnMut(Duration, &Ask) -> Answered,
) -> Story {
    let limits = vec![mde_offboard::domain::Window::parse("2/1m").unwrap()];
    let options = RunOptions { limits, poll_interval, track_timeout, ..RunOptions::default() };
    play(3, &options, move |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            let action = a(index_of(*machine), ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => answer(at, ask),
    })
}

/// Followed for two seconds: the lists that are due by the clock come before and long after.
const BETWEEN_POLLS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(10));

/// Lists that were asked for after the last POST, since the start of the run.
fn lists_after_the_last_post(story: &Story) -> Vec<Duration> {
    let last = story.posts(2)[0];
    let lists = story.asked.iter().filter(|(_, ask)| matches!(ask, Ask::List { .. }));
    lists.map(|(at, _)| *at).filter(|at| *at > last).collect()
}

#[test]
fn a_short_time_for_following_still_reads_one_list_after_the_last_request() {
    let ended = [0, 1, 2].map(|index| a(index, ActionStatus::Succeeded));
    let story = late_last(BETWEEN_POLLS, |at, _| {
        let seen = if at > Duration::from_mins(1) { 3 } else { 0 };
        list(ended[..seen].to_vec())
    });
    let last = story.posts(2)[0];
    assert!(last > Duration::from_mins(1), "{last:?}");
    assert_eq!(lists_after_the_last_post(&story), [last + Duration::from_secs(2)]);
    assert_eq!(story.conclusion.end, End::Settled);
}

#[test]
fn a_list_that_began_before_the_last_request_was_answered_is_not_the_last_one() {
    let ended = [0, 1, 2].map(|index| a(index, ActionStatus::Succeeded));
    let (second, minute) = (Duration::from_secs(1), Duration::from_mins(1));
    let mut lists_begun = Vec::new();
    let story = late_last((second, minute), |at, ask| {
        let Ask::List { skip, .. } = ask else { unreachable!("no look-ups: {ask:?}") };
        lists_begun.extend((*skip == 0).then_some(at));
        match (lists_begun.last(), skip) {
            (Some(began), 0) if *began == second + minute => {
                let page =
                    Page { rows: 1, items: vec![a(0, ActionStatus::Pending)], has_next: true };
                Answered::Actions(Reply {
                    what: ReadAnswer::Read(page),
                    heard: true,
                    server_date: None,
                })
            }
            (Some(began), 0) if *began > second + minute => list(ended.to_vec()),
            _ => list(Vec::new()),
        }
    });
    let last = story.posts(2)[0];
    assert!(lists_begun.contains(&last), "one goes out with the last request: {lists_begun:?}");
    assert!(lists_begun.last() > Some(&last), "and another one after it: {lists_begun:?}");
    assert_eq!(story.conclusion.end, End::Settled);
}

#[test]
fn a_list_that_cannot_be_read_after_the_last_request_ends_the_following_with_its_reason() {
    let story = late_last(BETWEEN_POLLS, |at, _| match at {
        at if at > Duration::from_mins(1) => {
            no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable")))
        }
        _ => list(Vec::new()),
    });
    let tried = lists_after_the_last_post(&story);
    assert!(tried.len() > 1, "one failure is not the end: {tried:?}");
    assert!(story.conclusion.ended_at <= START.plus(tried[0] + Duration::from_secs(10)));
    assert_eq!(story.conclusion.end, End::Pending);
    assert!(story.conclusion.why.is_some(), "that outcomes are not known is told");
}

/// An earlier one does not do: the computer may have slept since.
#[test]
fn the_time_for_following_ends_with_a_list() {
    let minutes = Duration::from_mins;
    let (poll_interval, track_timeout) = (minutes(45), minutes(60));
    let options = RunOptions { poll_interval, track_timeout, ..RunOptions::default() };
    let story = play(1, &options, |at, ask| match ask {
        Ask::Submit { .. } => {
            let action = a(0, ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ if at.is_zero() => list(Vec::new()),
        _ if at < minutes(50) => list(vec![a(0, ActionStatus::Pending)]),
        _ => list(vec![a(0, ActionStatus::Succeeded)]),
    });
    assert_eq!((story.conclusion.end, story.state(0)), (End::Settled, State::Succeeded));
    let is_list = |ask: &Ask| matches!(ask, Ask::List { .. });
    let lists = story.asked.iter().filter(|(_, ask)| is_list(ask)).map(|(at, _)| *at);
    assert_eq!(lists.collect::<Vec<_>>(), [0, 45, 60].map(minutes));
}

#[test]
fn the_end_of_the_following_is_told_from_the_last_request_on() {
    let options = RunOptions { track_timeout: Duration::from_mins(10), ..RunOptions::default() };
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => {
            let action = a(0, ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => list(Vec::new()),
    });
    let until = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => Some((wait.reason.word(), wait.until)),
        _ => None,
    });
    let until: Vec<_> = until.collect();
    assert_eq!(until, [("actions", START.plus(Duration::from_mins(10)))]);
}

/// How many changes of a machine's status were recorded.
fn updates(story: &Story, index: u32) -> usize {
    let number = mde_offboard::domain::MachineNumber(index + 1);
    let facts = story.journal.facts_of(story.batch, number).unwrap();
    facts.iter().filter(|(_, fact)| matches!(fact, Fact::ActionUpdated { .. })).count()
}

#[test]
fn a_status_that_changes_at_every_poll_is_recorded_a_few_times_and_its_end_always() {
    let story = pending();
    let options = RunOptions {
        poll_interval: Duration::from_secs(5),
        track_timeout: Duration::from_mins(30),
        ..RunOptions::default()
    };
    let mut lists = 0;
    let story = play_on((story.journal, story.batch), Task::Track, &options, |_, _| {
        lists += 1;
        let other = ActionStatus::from_word(&format!("Odd{lists}"));
        let wavers = if lists % 2 == 0 { ActionStatus::Pending } else { ActionStatus::InProgress };
        match lists {
            ..200 => list(vec![a(0, other), a(1, wavers), a(2, ActionStatus::InProgress)]),
            _ => list([0, 1, 2].map(|index| a(index, ActionStatus::Succeeded)).to_vec()),
        }
    });
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 3);
    assert_eq!(updates(&story, 0), 8);
    // Forwards is the usual way, and each of those has a counted one before it.
    assert_eq!(updates(&story, 1), 8 + 9);
    assert_eq!(updates(&story, 2), 1);
}

#[test]
fn the_list_comes_first_also_when_the_window_of_reads_is_full() {
    let story = pending();
    let limits = vec![mde_offboard::domain::Window::parse("1/1m").unwrap()];
    let options = RunOptions { limits, track_timeout: Duration::ZERO, ..RunOptions::default() };
    let mut lists = 0;
    let story = play_on((story.journal, story.batch), Task::Track, &options, |_, _| {
        lists += 1;
        // The first one is the sweep, and takes the minute's only slot.
        let ended = [0, 1, 2].map(|index| a(index, ActionStatus::Succeeded));
        list(if lists == 1 { Vec::new() } else { ended.to_vec() })
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert!(story.conclusion.ended_at >= START.plus(Duration::from_secs(61)));
}

#[test]
fn a_list_that_repeats_itself_changes_nothing_twice() {
    let story = pending();
    let ended = [0, 1, 2].map(|index| a(index, ActionStatus::Succeeded));
    let twice: Vec<_> = ended.iter().chain(ended.iter()).cloned().collect();
    let options = RunOptions::default();
    let story =
        play_on((story.journal, story.batch), Task::Track, &options, |_, _| list(twice.clone()));
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 3);
}

#[test]
fn actions_are_listed_no_more_often_than_the_poll_interval_and_half_of_the_read_windows() {
    let story = pending();
    let options = RunOptions {
        poll_interval: Duration::from_millis(10),
        track_timeout: Duration::from_mins(10),
        ..RunOptions::default()
    };
    let story =
        play_on((story.journal, story.batch), Task::Track, &options, |_, _| list(Vec::new()));
    // 1,500 an hour are one in 2.4 s; half of them one in 4.8 s.
    let lists: Vec<Duration> = story.asked.iter().map(|(at, _)| *at).collect();
    for pair in lists.windows(2).skip(1) {
        assert!(pair[1] >= pair[0] + Duration::from_millis(4_800), "{pair:?}");
    }
    assert!(lists.len() > 100, "and it does follow: {}", lists.len());
}

fn now() -> Now {
    Now { steady: Steady::ORIGIN, wall: START, boot: None }
}

/// A hundred calls of a group.
fn hundred(group: LimitGroup, receipt_at: Option<Timestamp>) -> History {
    let receipt = receipt_at.map(Stamp::from);
    let call = |id| Call { id: CallId(id), group, sent_at: START, receipt };
    History { calls: (1..=100).map(call).collect(), ..History::default() }
}

/// How long after the start the last of this many machines is sent.
fn last(machines: u64, history: &History) -> Duration {
    let prospect = forecast(&RunOptions::default(), machines, history, now()).unwrap();
    prospect.prospect.last_send_at.since(START)
}

#[test]
fn a_forecast_knows_what_was_sent_before() {
    let ago = START.minus(Duration::from_secs(20));
    let posts = hundred(LimitGroup::Posts, Some(ago));
    assert_eq!(last(1, &posts), Duration::from_secs(41), "a minute, its guard, less 20 s");
    let reads = hundred(LimitGroup::Reads, Some(ago));
    assert_eq!(last(1, &reads), Duration::ZERO, "reads take no slot of the POSTs");
}

#[test]
fn a_call_without_an_answer_counts_from_now_and_a_margin() {
    assert_eq!(last(1, &hundred(LimitGroup::Posts, None)), Duration::from_secs(66));
}

#[test]
fn ten_thousand_machines_take_six_hours_and_nine_minutes() {
    assert_eq!(last(10_000, &History::default()), Duration::from_secs(22_167));
}

#[test]
fn each_change_of_a_pending_action_is_told_with_its_status() {
    let story = pending();
    let options = RunOptions::default();
    let story = play_on((story.journal, story.batch), Task::Track, &options, |at, _| {
        let first = match at.as_secs() / 60 {
            0 => ActionStatus::Pending,
            1 => ActionStatus::InProgress,
            _ => ActionStatus::Failed,
        };
        list(vec![a(0, first), a(1, ActionStatus::Succeeded), a(2, ActionStatus::Succeeded)])
    });
    let told: Vec<_> = story
        .events
        .iter()
        .filter(|event| event.machine == Some(machine_id(0)))
        .filter_map(|event| match &event.what {
            Happening::ActionUpdated { action, status, state } => {
                Some((action.as_str().to_owned(), status.clone(), *state))
            }
            _ => None,
        })
        .collect();
    let of_first = |status, state| ("a-0".to_owned(), status, state);
    let expected = [
        of_first(ActionStatus::InProgress, State::Pending),
        of_first(ActionStatus::Failed, State::Failed),
    ];
    assert_eq!(told, expected);
}

/// Defender made an action for a machine.
fn accepted(index: u32) -> Fact {
    taken_up(a(index, ActionStatus::Pending).id, START)
}

#[test]
fn track_tells_no_wait_whose_end_is_over() {
    let track_timeout = Duration::from_mins(10);
    let options = RunOptions { track_timeout, ..RunOptions::default() };
    // The time for following is over long since, or just now.
    for ago in [Duration::from_hours(1), track_timeout] {
        let facts = [(0, Fact::Sending), (0, accepted(0))];
        let batch = batch_with((1, &options), START.minus(ago), facts);
        let story =
            play_on(batch, Task::Track, &options, |_, _| list(vec![a(0, ActionStatus::Pending)]));
        assert_eq!(story.conclusion.end, End::Pending);
        for event in &story.events {
            if let Happening::Waiting { wait, .. } = &event.what {
                assert!(wait.until > event.at, "{wait:?} at {}, {ago:?}", event.at);
            }
        }
    }
}

#[test]
fn a_track_that_is_stopped_says_so_in_the_journal_unless_machines_are_still_to_be_sent() {
    let options = RunOptions::default();
    for (machines, is_written) in [(1, true), (2, false)] {
        let facts = [(0, Fact::Sending), (0, accepted(0))];
        let batch = batch_with((machines, &options), START, facts);
        let story = play_on(batch, Task::Track, &options, |_, _| {
            let other = Some(machine_id(7));
            list(vec![Action { machine: other, ..a(0, ActionStatus::Succeeded) }])
        });
        assert_eq!(story.conclusion.end, End::Tripped);
        let facts = story.journal.batch_facts_of(story.batch).expect("readable");
        let tripped = |fact: &BatchFact| matches!(fact, BatchFact::Tripped { .. });
        let written = facts.iter().any(|(_, fact)| tripped(fact));
        assert_eq!(written, is_written, "of {machines} machines one was sent");
    }
}
