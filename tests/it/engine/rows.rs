//! Answers in a row: what outlives the process, and what POSTs without an answer lead to.

use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, Answer, BatchFact, BatchId, End, Page, Reading, Reply, State,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::journal::Journal;

use crate::support::script::{
    Story, action, detail, done, list, marked, play, play_on, silence, submitted, trouble,
    unreachable,
};
use crate::support::world::{batch_of, machine_id};

fn one_by_one() -> RunOptions {
    RunOptions { concurrency: 1, ..RunOptions::default() }
}

/// Every list is empty; POSTs are answered by `answer`, which knows how often it was asked.
fn posts(
    batch: (Journal, BatchId),
    options: &RunOptions,
    answer: impl Fn(usize, &Ask) -> Answered,
) -> Story {
    let mut count = 0;
    play_on(batch, Task::Send, options, |_, ask| match ask {
        Ask::Submit { .. } => {
            count += 1;
            answer(count, ask)
        }
        _ => list(Vec::new()),
    })
}

fn accept(ask: &Ask) -> Answered {
    let Ask::Submit { machine, .. } = ask else { unreachable!("only POSTs come here") };
    done(*machine)
}

fn bad_request() -> Answered {
    submitted(Answer::Refused(detail(400, "InvalidRequestBody")))
}

#[test]
fn nine_refusals_before_a_restart_and_one_after_it_are_ten_in_a_row() {
    let options = one_by_one();
    let story = posts(batch_of(30, &options), &options, |count, _| match count {
        ..=9 => bad_request(),
        _ => trouble(unreachable()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable, "the run ends in the middle of the row");
    let again = posts((story.journal, story.batch), &options, |_, _| bad_request());
    assert_eq!(again.conclusion.end, End::Tripped);
    assert_eq!(again.all_posts(), 1);
}

#[test]
fn after_a_person_looked_a_row_begins_anew() {
    let options = one_by_one();
    let story = posts(batch_of(30, &options), &options, |_, _| bad_request());
    assert_eq!(story.conclusion.end, End::Tripped);
    let again = posts((story.journal, story.batch), &options, |count, ask| match count {
        ..=9 => bad_request(),
        _ => accept(ask),
    });
    assert_eq!(again.conclusion.end, End::Settled);
}

#[test]
fn posts_without_an_answer_are_sent_one_at_a_time_after_five_in_a_row() {
    let options = RunOptions { concurrency: 8, ..RunOptions::default() };
    let story = posts(batch_of(60, &options), &options, |count, ask| match count {
        ..=14 => silence(),
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    let about = |ask: &Ask| matches!(ask, Ask::Submit { .. });
    let sent: Vec<Duration> =
        story.asked.iter().filter(|(_, ask)| about(ask)).map(|(at, _)| *at).collect();
    assert_eq!(sent[..8], [Duration::ZERO; 8], "eight were under way at once");
    let gaps: Vec<Duration> =
        sent[7..15].windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    for (gap, whole) in gaps.iter().zip([1, 2, 4, 8, 16, 32, 64]) {
        let whole = Duration::from_secs(whole);
        assert!(*gap >= whole.mul_f64(0.8) && *gap <= whole.mul_f64(1.2), "{gaps:?}");
    }
    assert_eq!(sent[14], sent[15], "one answer, and the rest goes on as before");
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 60);
}

#[test]
fn a_run_whose_posts_are_never_answered_ends_and_leaves_few_machines_in_doubt() {
    let options = RunOptions::default();
    let story = posts(batch_of(500, &options), &options, |_, _| silence());
    assert_eq!(story.conclusion.end, End::Unreachable);
    let counts = story.conclusion.counts;
    assert!(counts.of(State::Queued) > 400, "{counts:?}");
    let again = posts((story.journal, story.batch), &options, |_, ask| accept(ask));
    assert_eq!(again.conclusion.end, End::Settled, "and goes on once they are");
    let first = again.asked.iter().find(|(_, ask)| matches!(ask, Ask::Submit { .. }));
    // The clock stands at the start again, so the calls of the first run count as just made.
    let window = Some(Duration::from_secs(61));
    assert_eq!(first.map(|(at, _)| *at), window, "without a wait of its own");
}

#[test]
fn the_longest_lag_of_a_list_raises_the_settle_time() {
    const LAG: Duration = Duration::from_secs(200);
    let options = RunOptions { settle: Duration::from_mins(1), ..RunOptions::default() };
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => {
            let action = action("first", *machine, &marked(0), ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::Submit { machine, .. } if at > Duration::ZERO => done(*machine),
        Ask::Submit { .. } => silence(),
        Ask::List { .. } if at >= LAG => {
            let status = if at > LAG * 4 { ActionStatus::Succeeded } else { ActionStatus::Pending };
            list(vec![action("first", machine_id(0), &marked(0), status)])
        }
        _ => list(Vec::new()),
    });
    let posts = story.posts(1);
    assert_eq!(posts.len(), 2);
    // Polls are 30 s apart, so the lag is seen to within one of them.
    let seen = LAG.saturating_sub(Duration::from_secs(30));
    assert!(posts[1] >= seen * 2, "{posts:?}");
    let facts = story.journal.batch_facts_of(story.batch).expect("readable");
    let noted = facts.iter().filter_map(|(_, fact)| match fact {
        BatchFact::ListedLate { longest } => Some(*longest),
        _ => None,
    });
    let longest = noted.max().expect("the lag is on record");
    assert!(longest >= seen && longest <= LAG, "{longest:?}");
}

#[test]
fn a_lag_of_an_earlier_process_is_not_forgotten() {
    let options = RunOptions { settle: Duration::from_mins(1), ..RunOptions::default() };
    let (mut journal, batch) = batch_of(1, &options);
    let longest = Duration::from_mins(10);
    let noted = (batch, crate::support::world::START, BatchFact::ListedLate { longest });
    let changes = mde_offboard::journal::Changes { batch_facts: vec![noted], ..Default::default() };
    journal.commit(&changes).expect("written");
    let story = posts((journal, batch), &options, |count, ask| match count {
        1 => silence(),
        _ => accept(ask),
    });
    assert!(story.posts(0)[1] >= longest * 2, "{:?}", story.posts(0));
}

#[test]
fn an_endless_list_stops_the_run_before_the_first_post() {
    let story = play(3, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => {
            let actions = (0..3).map(|index| {
                action("same", machine_id(index), "somebody else's", ActionStatus::Succeeded)
            });
            let what = Reading::Read(Page { rows: 10_000, items: actions.collect() });
            Answered::Actions(Reply { what, heard: true, server_date: None })
        }
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 0);
    assert!(story.asked.len() == 1_000, "{}", story.asked.len());
}
