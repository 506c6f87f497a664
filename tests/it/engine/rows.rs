//! Answers in a row: what outlives the process, and what POSTs without an answer lead to.

use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, Answer, BatchFact, Detail, Doubt, End, Fact, MachineNumber, Missing, Page,
    ReadAnswer, Reply, State,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::journal::{Changes, Entry};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, accept, action, detail, done, list, marked, one_by_one, play, play_on, play_posts,
    silence, submitted, trouble, unreachable,
};
use crate::support::world::{START, batch_of};

fn bad_request() -> Answered {
    submitted(Answer::Refused(detail(400, "InvalidRequestBody")))
}

#[test]
fn nine_refusals_before_a_restart_and_one_after_it_are_ten_in_a_row() {
    let options = one_by_one();
    let story = play_posts(batch_of(30, &options), &options, |count, _| match count {
        ..=9 => bad_request(),
        _ => trouble(unreachable()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable, "the run ends in the middle of the row");
    let again = play_posts((story.journal, story.batch), &options, |_, _| bad_request());
    assert_eq!(again.conclusion.end, End::Tripped);
    assert_eq!(again.all_posts(), 1);
}

#[test]
fn after_a_person_looked_a_row_begins_anew() {
    let options = one_by_one();
    let story = play_posts(batch_of(30, &options), &options, |_, _| bad_request());
    assert_eq!(story.conclusion.end, End::Tripped);
    let again = play_posts((story.journal, story.batch), &options, |count, ask| match count {
        ..=9 => bad_request(),
        _ => accept(ask),
    });
    assert_eq!(again.conclusion.end, End::Settled);
}

#[test]
fn posts_without_an_answer_are_sent_one_at_a_time_after_five_in_a_row() {
    let options = RunOptions { concurrency: 8, ..RunOptions::default() };
    let story = play_posts(batch_of(60, &options), &options, |count, ask| match count {
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
    let story = play_posts(batch_of(500, &options), &options, |_, _| silence());
    assert_eq!(story.conclusion.end, End::Unreachable);
    let counts = story.conclusion.counts;
    assert!(counts.of(State::Queued) > 400, "{counts:?}");
    let again = play_posts((story.journal, story.batch), &options, |_, ask| accept(ask));
    assert_eq!(again.conclusion.end, End::Settled, "and goes on once they are");
    let first = again.asked.iter().find(|(_, ask)| matches!(ask, Ask::Submit { .. }));
    // The clock stands at the start again, so the calls of the first run count as just made, and
    // may still be under way.
    let window = Some(Duration::from_secs(66));
    assert_eq!(first.map(|(at, _)| *at), window, "without a wait of its own");
}

/// The lags that are on record, in the order in which they were seen.
fn lags(story: &Story) -> Vec<Duration> {
    let facts = story.journal.batch_facts_of(story.batch).expect("readable");
    let noted = facts.iter().filter_map(|(_, fact)| match fact {
        BatchFact::ListedLate { longest } => Some(*longest),
        _ => None,
    });
    noted.collect()
}

/// The longest lag that is on record.
fn longest_lag(story: &Story) -> Option<Duration> {
    lags(story).into_iter().max()
}

#[test]
fn following_is_not_ended_because_the_last_posts_were_not_answered() {
    // Longer than the patience for a network.
    let track_timeout = Duration::from_hours(13);
    let options = RunOptions { track_timeout, ..RunOptions::default() };
    let pending = action("one", machine_id(5), &marked(5), ActionStatus::Pending);
    let story = play(6, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(5) => {
            let action = pending.clone();
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::Submit { .. } => silence(),
        Ask::Find { .. } => list(Vec::new()),
        _ => list(vec![pending.clone()]),
    });
    assert_eq!(story.conclusion.counts.of(State::Held), 5, "all that could be sent was sent");
    assert_eq!(story.conclusion.end, End::Pending);
}

#[test]
fn however_short_the_patience_a_run_tries_once_before_it_gives_up_on_posts() {
    // Shorter than the time until the first try.
    let offline_timeout = Some(Duration::from_millis(500));
    let options = RunOptions { concurrency: 5, offline_timeout, ..RunOptions::default() };
    let story = play_posts(batch_of(6, &options), &options, |count, ask| match count {
        ..=5 => silence(),
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
}

/// Not found at its first look-up, found at its second.
#[test]
fn a_doubt_that_its_second_look_up_finds_raises_the_settle_time() {
    let options = RunOptions { settle: Duration::from_mins(1), ..RunOptions::default() };
    let mut look_ups = 0;
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { .. } => {
            look_ups += 1;
            let ours = action("late", machine_id(0), &marked(0), ActionStatus::Succeeded);
            list(if look_ups == 2 { vec![ours] } else { Vec::new() })
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Succeeded);
    assert_eq!(longest_lag(&story), Some(Duration::from_mins(1)));
}

/// A computer that was off for two hours between two look-ups: nobody looked in between.
#[test]
fn time_in_which_nobody_looked_is_no_lag() {
    let options = RunOptions::default();
    let (mut journal, batch) = batch_of(1, &options);
    let sent = START.minus(Duration::from_hours(2));
    let entry = |fact| Entry { batch, number: MachineNumber(1), at: sent, fact };
    let look_at = sent.plus(options.settle);
    let detail = Detail::new(None, Some("timeout"), "no answer");
    let facts = vec![
        entry(Fact::Sending),
        entry(Fact::Uncertain { doubt: Doubt::NoAnswer, detail, look_at }),
        entry(Fact::Missing(Missing::Again { look_at })),
    ];
    journal.commit(&Changes { facts, ..Changes::default() }).expect("written");
    let story = play_on((journal, batch), Task::Send, &options, |_, ask| match ask {
        Ask::Find { .. } => {
            list(vec![action("late", machine_id(0), &marked(0), ActionStatus::Succeeded)])
        }
        Ask::Submit { .. } => unreachable!("its action exists"),
        _ => list(Vec::new()),
    });
    assert_eq!((story.state(0), longest_lag(&story)), (State::Succeeded, None));
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
    let longest = longest_lag(&story).expect("the lag is on record");
    assert!(longest >= seen && longest <= LAG, "{longest:?}");
    let noted = lags(&story);
    assert!(noted.windows(2).all(|pair| pair[0] < pair[1]), "each of them once: {noted:?}");
}

#[test]
fn a_lag_of_an_earlier_process_is_not_forgotten() {
    let options = RunOptions { settle: Duration::from_mins(1), ..RunOptions::default() };
    let (mut journal, batch) = batch_of(1, &options);
    let longest = Duration::from_mins(10);
    let noted = (batch, START, BatchFact::ListedLate { longest });
    let changes = Changes { batch_facts: vec![noted], ..Changes::default() };
    journal.commit(&changes).expect("written");
    let story = play_posts((journal, batch), &options, |count, ask| match count {
        1 => silence(),
        _ => accept(ask),
    });
    assert!(story.posts(0)[1] >= longest * 2, "{:?}", story.posts(0));
}

#[test]
fn an_endless_list_stops_the_run_before_the_first_post() {
    let mut rows = 0;
    let story = play(3, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => {
            // Never the same twice, so that only their number ends it.
            let actions = (0..3).map(|index| {
                rows += 1;
                let (id, comment) = (format!("other-{rows}"), "somebody else's");
                action(&id, machine_id(index), comment, ActionStatus::Succeeded)
            });
            let what =
                ReadAnswer::Read(Page { rows: 10_000, items: actions.collect(), has_next: false });
            Answered::Actions(Reply { what, heard: true, server_date: None })
        }
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 0);
    assert!(story.asked.len() == 1_000, "{}", story.asked.len());
}

fn unknown() -> Answered {
    submitted(Answer::Absent(detail(404, "ResourceNotFound")))
}

/// How often a machine was sent, by its place in the list.
fn place(ask: &Ask) -> u32 {
    let Ask::Submit { machine, .. } = ask else { unreachable!("only POSTs come here") };
    crate::support::script::index_of(*machine)
}

#[test]
fn a_list_of_another_tenant_stops_at_its_tenth_machine() {
    let options = one_by_one();
    let story = play_posts(batch_of(2_000, &options), &options, |_, _| unknown());
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 10);
    assert_eq!(story.conclusion.counts.of(State::Queued), 2_000, "none is given up for it");
    let why = story.conclusion.why.unwrap_or_default();
    assert!(why.contains("another tenant") && why.contains("ResourceNotFound"), "{why}");
}

#[test]
fn of_any_twenty_machines_nineteen_that_are_unknown_stop_the_run() {
    let options = one_by_one();
    for known in 0..20 {
        let story = play_posts(batch_of(20, &options), &options, |_, ask| {
            if place(ask) == known { accept(ask) } else { unknown() }
        });
        assert_eq!(story.conclusion.end, End::Tripped, "only machine {known} is known");
    }
}

#[test]
fn a_good_list_with_unknown_machines_goes_through() {
    // Nine at the very beginning, and one in twenty after that: their later tries come in a row.
    let is_unknown = |index: u32| index < 9 || index.is_multiple_of(20);
    let story =
        play_posts(batch_of(600, &RunOptions::default()), &RunOptions::default(), |_, ask| {
            if is_unknown(place(ask)) { unknown() } else { accept(ask) }
        });
    assert_eq!(story.conclusion.end, End::Settled);
    let unknown = u64::try_from((0..600).filter(|index| is_unknown(*index)).count()).unwrap();
    assert_eq!(story.conclusion.counts.of(State::Rejected), unknown);
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 600 - unknown);
}

#[test]
fn unknown_machines_before_a_restart_and_after_it_are_one_row() {
    let options = one_by_one();
    let story = play_posts(batch_of(30, &options), &options, |count, _| match count {
        ..=9 => unknown(),
        _ => trouble(unreachable()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    let again = play_posts((story.journal, story.batch), &options, |_, _| unknown());
    assert_eq!(again.conclusion.end, End::Tripped);
    // The nine come first, for the second time: they say nothing new.
    let fresh = again.asked.iter().filter(|(_, ask)| matches!(ask, Ask::Submit { .. }));
    let fresh = fresh.filter(|(_, ask)| place(ask) >= 9).count();
    assert_eq!(fresh, 1, "the tenth machine");
}

#[test]
fn later_404s_of_a_few_machines_before_a_restart_are_no_row() {
    let options = one_by_one();
    // Six machines, three times each, and one that ends the run.
    let story = play_posts(batch_of(7, &options), &options, |_, ask| {
        if place(ask) == 6 { trouble(unreachable()) } else { unknown() }
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    assert_eq!(story.conclusion.counts.of(State::Rejected), 6);
    let again = play_posts((story.journal, story.batch), &options, |count, ask| match count {
        1 => unknown(),
        _ => accept(ask),
    });
    assert_eq!(again.conclusion.end, End::Settled, "it is the seventh and not the thirteenth");
}

#[test]
fn ten_wrong_answers_in_a_row_stop_the_run_whichever_they_are() {
    let options = one_by_one();
    let stranger = || {
        let doubt = Doubt::OtherAnswer;
        let detail = Detail::new(Some(403), None, "<h1>Blocked by policy</h1>");
        submitted(Answer::Doubtful { doubt, detail })
    };
    let story = play_posts(batch_of(40, &options), &options, |count, _| match count % 3 {
        0 => stranger(),
        1 => bad_request(),
        _ => unknown(),
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 10);
    let story = play_posts(batch_of(40, &options), &options, |_, _| stranger());
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 10);
    let why = story.conclusion.why.unwrap_or_default();
    assert!(why.contains("proxy") && why.contains("Blocked by policy"), "{why}");
}
