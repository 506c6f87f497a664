//! Ten answers in a row that say that the list, the app or the address is wrong: of any kind.

use mde_offboard::domain::{Answer, Doubt, End, Now, Steady, StoppedBy, Trouble};
use mde_offboard::engine::{Answered, Arrival, Ask, RunOptions, Session, lift_guards};
use mde_offboard::journal::Journal;

use crate::support::script::{accept, detail, list, one_by_one, play_posts, submitted, trouble};
use crate::support::world::{START, assignment, batch_of};

fn doubtful(status: u16, doubt: Doubt) -> Answered {
    submitted(Answer::Doubtful { doubt, detail: detail(status, "Whatever") })
}

type Refusal = (&'static str, fn() -> Answered);

const REFUSALS: [Refusal; 7] = [
    ("400", || submitted(Answer::Refused(detail(400, "InvalidRequestBody")))),
    ("404", || submitted(Answer::Absent(detail(404, "ResourceNotFound")))),
    ("403", || trouble(Trouble::Forbidden(detail(403, "DisallowedOperation")))),
    ("409", || doubtful(409, Doubt::OtherAnswer)),
    ("422", || doubtful(422, Doubt::OtherAnswer)),
    ("a page", || doubtful(404, Doubt::OtherAnswer)),
    ("a success of another shape", || doubtful(200, Doubt::WrongShape)),
];

/// The first answer is good, so that a 403 is not the run's first.
fn check(name: &str, refusal: impl Fn(usize) -> Answered) {
    let options = one_by_one();
    let story = play_posts(batch_of(60, &options), &options, |count, ask| {
        if count == 1 { accept(ask) } else { refusal(count) }
    });
    assert_eq!(story.conclusion.end, End::Tripped, "{name}: {:?}", story.conclusion.why);
    assert_eq!(story.conclusion.guard, Some(StoppedBy::Answers), "{name}");
    assert_eq!(story.all_posts(), 11, "{name}: {:?}", story.conclusion.why);
}

#[test]
fn ten_refusals_of_one_kind_stop_the_run() {
    for (name, refusal) in &REFUSALS[..2] {
        check(name, |_| refusal());
    }
    for (name, refusal) in &REFUSALS[3..6] {
        check(name, |_| refusal());
    }
}

#[test]
fn ten_refusals_in_any_mix_stop_the_run() {
    for first in 0..REFUSALS.len() {
        for step in [1, 2, 3] {
            let name = format!("from {first} by {step}");
            check(&name, |count| REFUSALS[(first + count * step) % REFUSALS.len()].1());
        }
    }
    // A permission and a list that are both wrong, in turn: neither is in a row by itself.
    check("403 and 400", |count| REFUSALS[if count % 2 == 0 { 2 } else { 0 }].1());
}

/// Killed with the tenth answer on disk, and others still to come.
#[test]
fn a_process_that_dies_as_a_guard_trips_does_not_forget_it() {
    let options = RunOptions { concurrency: 12, ..RunOptions::default() };
    let (mut journal, batch) = batch_of(60, &options);
    let now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let assignment = assignment(batch, &options);
    let mut session = Session::open(&mut journal, &assignment, 10_000, now).expect("opens");
    let sweep = session.turn(now, Vec::new()).expect("a turn").requests;
    let arrive = |call, answered| Arrival { call, at: now, answered };
    let swept = sweep.into_iter().map(|request| arrive(request.call, list(Vec::new())));
    let posts = session.turn(now, swept.collect()).expect("a turn").requests;
    assert!(posts.iter().all(|request| matches!(request.ask, Ask::Submit { .. })));
    assert_eq!(posts.len(), 12);
    let refused = posts.into_iter().take(10).map(|request| arrive(request.call, REFUSALS[0].1()));
    let turn = session.turn(now, refused.collect()).expect("a turn");
    assert!(turn.conclusion.is_none() && turn.requests.is_empty(), "two are in flight");
    drop(session);
    let found = |journal: &Journal| {
        let end = journal.batch(batch).unwrap().unwrap().end;
        (end, journal.stopped_by(batch).unwrap(), journal.why_ended(batch).unwrap())
    };
    let (end, guard, why) = found(&journal);
    assert_eq!((end, guard), (Some(End::Tripped), Some(StoppedBy::Answers)));
    assert!(why.expect("a reason").contains("refused ten machines in a row"));
    // The person who goes on has seen those ten.
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    assert_eq!(found(&journal), (None, None, None));
    let again = play_posts((journal, batch), &options, |_, ask| accept(ask));
    assert_ne!(again.conclusion.end, End::Tripped);
}
