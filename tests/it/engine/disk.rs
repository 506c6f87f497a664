//! What is on disk before anybody is told, and what other processes read and write.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mde_offboard::domain::{End, Now, State, Steady};
use mde_offboard::engine::{Clock, EngineError, RunOptions, Session, StopSignal, drive};
use mde_offboard::journal::{Journal, StopRequest};
use mde_offboard::simulator::TenantOptions;

use crate::support::batches::runner;
use crate::support::in_process::InProcess;
use crate::support::world::{START, World, add_batch, assignment};

fn journal_in(folder: &Path) -> (Journal, PathBuf) {
    let path = folder.join("journal.db");
    (Journal::open_runner(&path, runner()).unwrap(), path)
}

#[tokio::test(start_paused = true)]
async fn a_stop_from_another_process_ends_the_run_and_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, path) = journal_in(folder.path());
    let batch = add_batch(&mut journal, 300, &RunOptions::default());
    let clock = Clock::starting_at(START);
    let world = World::new(TenantOptions::default(), 300);
    let remote = InProcess::new(world, &clock, Duration::from_millis(200));
    let ask = async {
        let never = std::future::pending::<()>();
        tokio::time::timeout(Duration::from_secs(30), never).await.unwrap_err();
        let mut other = Journal::open_reader(&path).unwrap();
        other.request_stop(batch, "CONTOSO\\operator", START).unwrap();
    };
    let (assignment, stop) = (assignment(batch, &RunOptions::default()), StopSignal::new());
    let mut nobody = [];
    let driven = drive(&mut journal, &remote, &assignment, &mut nobody, &clock, stop);
    let (driven, ()) = futures::join!(driven, ask);
    let conclusion = driven.unwrap();
    assert_eq!(conclusion.end, End::Stopped);
    assert_eq!(conclusion.counts.of(State::Queued), 200, "the first minute's hundred went out");
    assert!(conclusion.why.unwrap().contains("CONTOSO\\operator"));
    assert!(conclusion.ended_at.since(START) < Duration::from_secs(33));
    assert_eq!(journal.batch(batch).unwrap().unwrap().end, Some(End::Stopped));
}

/// By a request to the process: it showed no batch yet.
#[track_caller]
fn check_a_stop_before_the_first_sign_of_life(interrupted: Option<End>) {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, path) = journal_in(folder.path());
    let batch = add_batch(&mut journal, 5, &RunOptions::default());
    let request = StopRequest { by: "CONTOSO\\operator".to_owned(), at: START };
    Journal::open_reader(&path).unwrap().request_stop_of_runner(&request).unwrap();
    let assignment = assignment(batch, &RunOptions::default());
    let now = Now { steady: Steady::ORIGIN, wall: START, boot: None };
    let mut session = Session::open(&mut journal, &assignment, 10_000, now).unwrap();
    if let Some(end) = interrupted {
        session.stop(end, "interrupted", now);
    }
    session.tick(now).unwrap();
    let conclusion = session.turn(now, Vec::new()).unwrap().conclusion.unwrap();
    assert_eq!(conclusion.end, interrupted.unwrap_or(End::Stopped));
    // The process is gone, and with it what was asked of it.
    drop(journal);
    let journal = Journal::open_runner(&path, runner()).unwrap();
    assert_eq!(journal.stop_request(batch).unwrap(), Some(request));
}

#[test]
fn who_stopped_a_run_before_its_first_sign_of_life_is_remembered_with_the_batch() {
    check_a_stop_before_the_first_sign_of_life(None);
}

#[test]
fn a_stop_beside_an_interrupt_is_remembered_with_the_batch() {
    check_a_stop_before_the_first_sign_of_life(Some(End::Interrupted));
}

#[test]
fn after_a_failed_commit_nothing_is_sent_and_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, path) = journal_in(folder.path());
    let batch = add_batch(&mut journal, 5, &RunOptions::default());
    journal.wait_at_most(1);
    let clock_at = |seconds: i64| Now {
        steady: Steady::from_micros(seconds * 1_000_000),
        wall: START.plus(Duration::from_secs(seconds.unsigned_abs())),
        boot: None,
    };
    let assignment = assignment(batch, &RunOptions::default());
    let mut session = Session::open(&mut journal, &assignment, 10_000, clock_at(0)).unwrap();
    // Somebody else writes to the file and does not stop.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let failed = session.turn(clock_at(1), Vec::new());
    assert!(matches!(failed, Err(EngineError::Journal(_))), "{failed:?}");
    drop(session);
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    let calls = journal.history(100).unwrap().calls;
    assert!(calls.is_empty(), "no call was recorded, so none was made: {calls:?}");
    assert_eq!(journal.counts(batch).unwrap().of(State::Queued), 5);
}
