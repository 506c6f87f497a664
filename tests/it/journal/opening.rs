//! Who may open which file.

use std::path::Path;

use mde_offboard::domain::{BatchId, Fact, Window};
use mde_offboard::event::{Wait, WaitReason};
use mde_offboard::journal::{Changes, Heartbeat, Journal, JournalError, StopRequest};
use rusqlite::Connection;

use super::setup::{accepted, at, batch_of, entry, machine, open, place, runner, tell};
use crate::support::journals::until_free;

#[test]
fn a_folder_that_is_missing_is_made() {
    let (folder, _) = place();
    let path = folder.path().join("new/deeper/journal.db");
    assert_eq!(open(&path).path(), Some(path.as_path()));
    assert!(path.exists());
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_any_of_its_files() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, path) = place();
    let mut journal = open(&path);
    batch_of(&mut journal, 3);
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        names.push(file.file_name().into_string().unwrap());
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{names:?}");
    }
    names.sort();
    assert_eq!(names, ["journal.db", "journal.db-shm", "journal.db-wal", "journal.db.lock"]);
}

#[test]
fn a_second_runner_is_refused_and_told_who_has_it() {
    let (_folder, path) = place();
    let first = open(&path);
    let mut other = runner();
    other.pid = 1;
    let refused = Journal::open_runner(&path, other).unwrap_err();
    let said = refused.to_string();
    let JournalError::Locked { runner: Some(holder), .. } = refused else { panic!("{refused:?}") };
    assert_eq!(holder, runner());
    assert!(said.contains("process 4711 of anna on build-3"), "{said}");
    drop(first);
    open(&path);
}

#[test]
fn whoever_looks_sees_whether_the_runner_lives_and_what_it_does() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 1);
    let reader = Journal::open_reader(&path).unwrap();
    assert_eq!(reader.runner().unwrap().unwrap().heartbeat, None);

    let (since, gives_up_at) = (at(1), at(2));
    for reason in [
        WaitReason::Window(Window::DEFENDER[1]),
        WaitReason::RetryAfter,
        WaitReason::ReadsPaused { gives_up_at: Some(gives_up_at) },
        WaitReason::ReadsPaused { gives_up_at: None },
        WaitReason::Backoff,
        WaitReason::Network { since, gives_up_at },
        WaitReason::SignIn { since, gives_up_at },
        WaitReason::Settle,
        WaitReason::Actions,
        WaitReason::Between { hours: None },
        WaitReason::Between { hours: Some("22:00-06:00 Europe/Berlin".to_owned()) },
        WaitReason::Canary { succeeded: 14, of: 20 },
    ] {
        let waiting = Some(Wait { reason, until: at(60), machines: 7 });
        let beat = Heartbeat { at: at(5), batch, waiting, said: None, last_send_at: Some(at(100)) };
        journal.heartbeat(&beat).unwrap();
        let view = reader.runner().unwrap().unwrap();
        assert_eq!((view.runner, view.alive, view.heartbeat), (runner(), true, Some(beat)));
    }
    drop(journal);
    // Another test may start a process just now, which has the lock until it is that program.
    until_free(&path);
    assert!(!reader.runner().unwrap().unwrap().alive);
}

#[test]
fn a_reader_beside_a_runner_sees_each_commit_and_changes_nothing() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 2);
    let mut reader = Journal::open_reader(&path).unwrap();
    tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-1")]);
    assert_eq!(machine(&reader, batch, 1), machine(&journal, batch, 1));
    assert_eq!(reader.counts(batch).unwrap(), journal.counts(batch).unwrap());
    reader.verify_rows(batch).unwrap();

    let facts = vec![entry(batch, 2, 9, Fact::Sending)];
    let refused = reader.commit(&Changes { facts, ..Changes::default() });
    assert!(matches!(refused, Err(JournalError::ReadOnly)), "{refused:?}");
    let request = StopRequest { by: "anna".to_owned(), at: at(1) };
    assert!(matches!(reader.clear_stop(batch, &request), Err(JournalError::ReadOnly)));
    assert!(matches!(reader.set_options(batch, "{}", at(0)), Err(JournalError::ReadOnly)));
    assert!(matches!(reader.stage(&super::setup::row(9)), Err(JournalError::ReadOnly)));
}

#[test]
fn a_stop_request_reaches_the_runner_from_another_connection() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 1);
    assert_eq!(journal.stop_request(batch).unwrap(), None);

    let mut reader = Journal::open_reader(&path).unwrap();
    reader.request_stop(batch, "anna on laptop", at(1)).unwrap();
    reader.request_stop(batch, "bob on laptop", at(2)).unwrap();
    let expected = StopRequest { by: "bob on laptop".to_owned(), at: at(2) };
    assert_eq!(journal.stop_request(batch).unwrap(), Some(expected.clone()));

    let earlier = StopRequest { by: "anna on laptop".to_owned(), at: at(1) };
    journal.clear_stop(batch, &earlier).unwrap();
    assert_eq!(reader.stop_request(batch).unwrap(), Some(expected.clone()), "a newer one stays");
    journal.clear_stop(batch, &expected).unwrap();
    assert_eq!(reader.stop_request(batch).unwrap(), None);
    let nowhere = reader.request_stop(BatchId(99), "anna", at(3));
    assert!(matches!(nowhere, Err(JournalError::UnknownBatch { id: BatchId(99) })));
}

#[test]
fn a_journal_that_was_closed_opens_as_it_was() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 3);
    tell(&mut journal, batch, 2, &[Fact::Sending, accepted("a-2")]);
    let (before, head) = (journal.batches().unwrap(), journal.verify_chain().unwrap());
    drop(journal);
    let journal = open(&path);
    assert_eq!(journal.batches().unwrap(), before);
    assert_eq!(journal.verify_chain().unwrap(), head);
    journal.verify_rows(batch).unwrap();
}

#[test]
fn a_reader_finds_no_journal_where_none_is_or_nothing_came_of_it() {
    let (_folder, path) = place();
    let missing = Journal::open_reader(&path).unwrap_err();
    assert!(matches!(missing, JournalError::Missing { .. }), "{missing:?}");
    assert!(!path.exists());
    std::fs::write(&path, b"").unwrap();
    let empty = Journal::open_reader(&path).unwrap_err();
    assert!(matches!(empty, JournalError::Missing { .. }), "{empty:?}");
    open(&path);
}

/// Opens a file both ways; both must refuse it and leave every byte as it was.
fn check_refused(path: &Path, fits: fn(&JournalError) -> bool) {
    let before = std::fs::read(path).unwrap();
    for refused in [Journal::open_runner(path, runner()), Journal::open_reader(path)] {
        let error = refused.unwrap_err();
        assert!(fits(&error), "{error:?}");
    }
    assert_eq!(std::fs::read(path).unwrap(), before);
    let folder = std::fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(folder.count(), 1, "a file was left beside it");
}

fn is_foreign(error: &JournalError) -> bool {
    matches!(error, JournalError::NotAJournal { .. })
}

#[test]
fn a_file_that_is_no_database_is_refused_untouched() {
    for garbage in [b"machine,comment\n".to_vec(), vec![0; 8192], b"SQLite format 3\0".to_vec()] {
        let (_folder, path) = place();
        std::fs::write(&path, garbage).unwrap();
        check_refused(&path, is_foreign);
    }
}

#[test]
fn another_programs_database_is_refused_untouched() {
    let (_folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE mine (x); PRAGMA user_version = 1").unwrap();
    other.close().unwrap();
    check_refused(&path, is_foreign);
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let (folder, path) = place();
    drop(open(&path));
    std::fs::remove_file(folder.path().join("journal.db.lock")).unwrap();
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    newer.close().unwrap();
    check_refused(&path, |error| matches!(error, JournalError::Newer { found: 99, known: 7, .. }));
}

#[test]
fn a_damaged_page_is_named_as_damage() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    batch_of(&mut journal, 500);
    drop(journal);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0x5A);
    std::fs::write(&path, bytes).unwrap();
    let read = Journal::open_reader(&path).and_then(|journal| journal.batches());
    assert!(matches!(read, Err(JournalError::Damaged { .. })), "{read:?}");
}

#[test]
fn a_stop_request_to_the_runner_outlives_its_heartbeats_and_not_the_runner() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 1);
    let mut reader = Journal::open_reader(&path).unwrap();
    assert_eq!(reader.stop_of_runner().unwrap(), None);
    let request = StopRequest { by: "anna on \"laptop\"".to_owned(), at: at(1) };
    reader.request_stop_of_runner(&request).unwrap();
    assert_eq!(journal.stop_of_runner().unwrap().as_ref(), Some(&request));
    assert_eq!(journal.runner().unwrap().unwrap().heartbeat, None, "it is no sign of life");

    let beat = Heartbeat { at: at(5), batch, waiting: None, said: None, last_send_at: None };
    journal.heartbeat(&beat).unwrap();
    reader.request_stop_of_runner(&request).unwrap();
    assert_eq!(reader.runner().unwrap().unwrap().heartbeat, Some(beat));
    assert_eq!(journal.stop_of_runner().unwrap(), Some(request));

    drop(journal);
    until_free(&path);
    assert_eq!(open(&path).stop_of_runner().unwrap(), None, "the next one knows nothing of it");
}
