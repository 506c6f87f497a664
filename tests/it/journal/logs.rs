//! The journal's file and the log beside it: whole together, and known where they are not.

use std::fs;
use std::path::{Path, PathBuf};

use mde_offboard::domain::{BatchFact, BatchId, Fact};
use mde_offboard::journal::{Changes, Journal, JournalError, check};
use rusqlite::Connection;

use super::setup::{accepted, at, batch_of, new_batch, open, place, runner, stage, tell};
use crate::support::batches::CreatePlanned as _;

const FILE: [&str; 1] = [""];
const FILE_AND_LOG: [&str; 2] = ["", "-wal"];

pub(super) fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Some of a journal's files as they are on disk now, in a folder of their own: what a power cut
/// would leave, or a person who copies them.
pub(super) fn copy(path: &Path, endings: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let (folder, to) = place();
    for ending in endings {
        fs::copy(with(path, ending), with(&to, ending)).unwrap();
    }
    (folder, to)
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A batch of three, one of which is sent and accepted.
fn begun(path: &Path) -> (Journal, BatchId) {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, 3);
    tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-1")]);
    (journal, batch)
}

/// A whole journal goes on as it was, and nobody is told of a loss.
#[track_caller]
fn check_whole(path: &Path, batch: BatchId) {
    let reader = Journal::open_reader(path).unwrap();
    assert_eq!(reader.lost_log(), None);
    drop(reader);
    let journal = open(path);
    assert_eq!(journal.lost_log(), None);
    assert!(!journal.is_rolled_back(batch).unwrap());
    journal.verify_rows(batch).unwrap();
}

#[test]
fn a_batch_is_in_the_file_itself_as_soon_as_it_is_made() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 3);
    let (_copied, copied) = copy(&path, &FILE);
    assert_eq!(Journal::open_reader(&copied).unwrap().batch(batch).unwrap().unwrap().total, 3);
}

#[test]
fn what_a_runner_leaves_in_order_is_one_file_and_is_whole() {
    let (folder, path) = place();
    let (journal, batch) = begun(&path);
    drop(journal);
    assert_eq!(names(folder.path()), ["journal.db", "journal.db.lock"]);
    let (_copied, copied) = copy(&path, &FILE);
    for path in [path, copied] {
        Journal::open_reader(&path).unwrap().batches().unwrap();
        assert!(!with(&path, "-wal").exists() && !with(&path, "-shm").exists());
        check_whole(&path, batch);
    }
}

#[test]
fn what_a_runner_that_died_leaves_is_whole_with_its_log() {
    let (_folder, path) = place();
    let (journal, batch) = begun(&path);
    let (_copied, copied) = copy(&path, &FILE_AND_LOG);
    let mut reader = Journal::open_reader(&copied).unwrap();
    assert_eq!(reader.counts(batch).unwrap(), journal.counts(batch).unwrap());
    reader.request_stop(batch, "anna", at(9)).unwrap();
    drop(reader);
    assert!(with(&copied, "-wal").exists(), "to look leaves the log");
    assert!(Journal::open_reader(&copied).unwrap().stop_request(batch).unwrap().is_some());
    check_whole(&copied, batch);
}

#[test]
fn a_log_that_was_begun_again_many_times_still_belongs_to_its_file() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let mut batch = BatchId(0);
    for number in 0..12 {
        stage(&mut journal, number * 300..(number + 1) * 300);
        batch = journal.create_planned(&new_batch(u64::from(number)), at(0)).unwrap();
    }
    tell(&mut journal, batch, 1, &[Fact::Sending]);
    let (_copied, copied) = copy(&path, &FILE_AND_LOG);
    check_whole(&copied, batch);
}

/// The file alone, or with a log that is not its own: told to those who look, and noted.
#[track_caller]
fn check_lost(path: &Path, batch: BatchId) {
    let reader = Journal::open_reader(path).unwrap();
    assert_eq!(reader.lost_log(), Some(with(path, "-wal")));
    drop(reader);
    let findings = check(path);
    assert!(findings.iter().any(|finding| finding.name == "log" && !finding.ok), "{findings:?}");
    let mut reader = Journal::open_reader(path).unwrap();
    let refused = reader.request_stop(batch, "anna", at(9));
    assert!(matches!(refused, Err(JournalError::LogLost { .. })), "{refused:?}");
}

#[test]
fn a_file_whose_log_is_missing_goes_on_as_after_an_older_copy() {
    let (_folder, path) = place();
    let (mut journal, batch) = begun(&path);
    let (_copied, copied) = copy(&path, &FILE);
    stage(&mut journal, [9]);
    let over = journal.create_planned(&new_batch(77), at(1)).unwrap();
    tell(
        &mut journal,
        over,
        1,
        &[Fact::Skipped { reason: mde_offboard::domain::Reason::Withdrawn }],
    );
    drop(journal);
    check_lost(&copied, batch);
    let mut journal = open(&copied);
    assert_eq!(journal.lost_log(), Some(with(&copied, "-wal")));
    assert!(journal.is_rolled_back(batch).unwrap());
    let facts = journal.batch_facts_of(batch).unwrap();
    assert!(facts.iter().any(|(_, fact)| *fact == BatchFact::RolledBack { actions: 0 }));
    // Also if the runner that found it out dies before it has waited.
    let (_again, again) = copy(&copied, &FILE_AND_LOG);
    let died = open(&again);
    assert_eq!(died.lost_log(), None, "it is told once");
    assert!(died.is_rolled_back(batch).unwrap());
    tell(&mut journal, batch, 2, &[Fact::Sending]);
    assert!(!journal.is_rolled_back(batch).unwrap());
    drop(journal);
    check_whole(&copied, batch);
}

#[test]
fn an_emptied_a_wiped_and_a_cut_log_are_missing() {
    let (_folder, path) = place();
    let (_journal, batch) = begun(&path);
    let wipe: fn(&mut Vec<u8>) = |bytes| bytes.fill(0);
    for damage in [wipe, Vec::clear, |bytes: &mut Vec<u8>| bytes.truncate(100)] {
        let (_copied, copied) = copy(&path, &FILE_AND_LOG);
        let mut bytes = fs::read(with(&copied, "-wal")).unwrap();
        damage(&mut bytes);
        fs::write(with(&copied, "-wal"), bytes).unwrap();
        check_lost(&copied, batch);
        assert!(open(&copied).is_rolled_back(batch).unwrap());
    }
}

#[test]
fn batches_that_came_to_a_good_end_are_not_rolled_back() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let over = batch_of(&mut journal, 1);
    tell(
        &mut journal,
        over,
        1,
        &[Fact::Skipped { reason: mde_offboard::domain::Reason::Withdrawn }],
    );
    stage(&mut journal, [7, 8]);
    let batch = journal.create_planned(&new_batch(77), at(1)).unwrap();
    let (_copied, copied) = copy(&path, &FILE);
    let journal = open(&copied);
    assert!(!journal.is_rolled_back(over).unwrap());
    assert!(journal.is_rolled_back(batch).unwrap());
}

#[test]
fn a_log_of_another_file_or_time_is_refused_and_left_as_it_is() {
    let (_folder, path) = place();
    let (journal, batch) = begun(&path);
    let (_older, older) = copy(&path, &FILE_AND_LOG);
    let (_other_folder, other) = place();
    let (_other_journal, _) = begun(&other);
    drop(journal);
    let (_left, left) = copy(&path, &FILE);
    let mut journal = open(&path);
    tell(&mut journal, batch, 2, &[Fact::Sending]);
    let (_newer, newer) = copy(&path, &FILE_AND_LOG);
    // An older file, left in order or not, with the log of a later run, and with another's.
    for (file, log) in
        [(&older, &newer), (&older, &other), (&newer, &older), (&left, &older), (&left, &other)]
    {
        let (_mixed, mixed) = copy(file, &FILE);
        fs::copy(with(log, "-wal"), with(&mixed, "-wal")).unwrap();
        let before = (fs::read(&mixed).unwrap(), fs::read(with(&mixed, "-wal")).unwrap());
        check_lost(&mixed, batch);
        let refused = Journal::open_runner(&mixed, runner()).unwrap_err();
        assert!(matches!(refused, JournalError::LogForeign { .. }), "{refused:?}");
        let after = (fs::read(&mixed).unwrap(), fs::read(with(&mixed, "-wal")).unwrap());
        assert!(before == after, "it was touched");
        // Without it, the file goes on.
        fs::remove_file(with(&mixed, "-wal")).unwrap();
        open(&mixed).verify_rows(batch).unwrap();
    }
}

/// Holds a snapshot, as a report does that nobody reads to its end.
fn snapshot(path: &Path) -> Connection {
    let reader = Connection::open(path).unwrap();
    reader.execute_batch("BEGIN; SELECT COUNT(*) FROM facts").unwrap();
    reader
}

#[test]
fn with_a_reader_in_the_way_a_log_that_was_written_belongs_to_its_file_all_the_same() {
    let (_folder, path) = place();
    let (journal, batch) = begun(&path);
    drop(journal);
    let longest = Journal::open_reader(&path).unwrap();
    let reader = snapshot(&path);
    // Nobody runs: it is a reader that writes.
    let mut stop = Journal::open_reader(&path).unwrap();
    stop.request_stop(batch, "anna", at(5)).unwrap();
    stop.request_stop(batch, "bob", at(6)).unwrap();
    drop(stop);
    let (_stopped, stopped) = copy(&path, &FILE_AND_LOG);
    assert_eq!(open(&stopped).stop_request(batch).unwrap().unwrap().by, "bob");
    let mut journal = open(&path);
    tell(&mut journal, batch, 2, &[Fact::Sending]);
    let (_died, died) = copy(&path, &FILE_AND_LOG);
    check_whole(&died, batch);
    drop(journal);
    let (_left, left) = copy(&path, &FILE_AND_LOG);
    check_whole(&left, batch);
    drop(reader);
    drop(longest);
    check_whole(&path, batch);
}

#[test]
fn a_log_that_an_older_version_of_the_program_left_is_taken() {
    let (_folder, path) = place();
    let (journal, batch) = begun(&path);
    drop(journal);
    let older = Connection::open(&path).unwrap();
    older.execute_batch("UPDATE runner SET heartbeat = NULL; PRAGMA wal_checkpoint").unwrap();
    older.execute_batch("INSERT INTO stop_requests VALUES (1, 'anna', 7)").unwrap();
    let (_copied, copied) = copy(&path, &FILE_AND_LOG);
    drop(older);
    assert_eq!(open(&copied).stop_request(batch).unwrap().unwrap().by, "anna");
}

#[test]
fn a_copy_that_is_a_mixture_is_refused_as_damaged() {
    for damage in [
        "UPDATE counts SET machines = machines + 1 WHERE state = 'queued'",
        "DROP TRIGGER facts_are_not_changed; UPDATE facts SET at = 3 WHERE id = 1",
    ] {
        let (_folder, path) = place();
        let (_journal, _) = begun(&path);
        let (_copied, copied) = copy(&path, &FILE);
        Connection::open(&copied).unwrap().execute_batch(damage).unwrap();
        let refused = Journal::open_runner(&copied, runner()).unwrap_err();
        assert!(matches!(refused, JournalError::Damaged { .. }), "{refused:?}");
    }
}

#[test]
fn while_runners_come_and_go_nobody_who_looks_is_told_of_a_loss() {
    let (_folder, path) = place();
    let (journal, batch) = begun(&path);
    drop(journal);
    std::thread::scope(|scope| {
        let runners = scope.spawn(|| {
            for second in 0..60 {
                let mut journal = open(&path);
                for _ in 0..20 {
                    let fact = BatchFact::Started { command: "run".to_owned() };
                    let batch_facts = vec![(batch, at(second), fact)];
                    journal.commit(&Changes { batch_facts, ..Changes::default() }).unwrap();
                }
            }
        });
        while !runners.is_finished() {
            let reader = Journal::open_reader(&path).unwrap();
            assert_eq!(reader.lost_log(), None);
            reader.counts(batch).unwrap();
        }
    });
    check_whole(&path, batch);
}
