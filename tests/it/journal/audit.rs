//! Facts are only ever added, and whoever changes one is found out.

use std::path::Path;

use mde_offboard::domain::{ActionStatus, Fact, State};
use mde_offboard::journal::{Journal, JournalError};
use rusqlite::Connection;

use super::setup::{accepted, batch_of, ended, open, place, tell, unguarded};

/// A journal of one batch of three machines: facts 1 (the batch) to 7.
fn write(path: &Path) {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, 3);
    let life = [Fact::Sending, accepted("a-1"), ended(ActionStatus::Succeeded)];
    tell(&mut journal, batch, 1, &life);
    tell(&mut journal, batch, 2, &life[..2]);
    tell(&mut journal, batch, 3, &life[..1]);
}

/// Another program changes the file behind our back.
fn tamper(path: &Path, sql: &str) {
    let db = unguarded(path);
    assert_eq!(db.execute(sql, []).unwrap(), 1, "{sql}");
}

#[test]
fn facts_cannot_be_changed_or_deleted() {
    let (_folder, path) = place();
    write(&path);
    let db = Connection::open(&path).unwrap();
    for sql in ["UPDATE facts SET at = 0 WHERE id = 2", "DELETE FROM facts WHERE id = 2"] {
        let refused = db.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("facts are only ever added"), "{refused}");
    }
}

#[test]
fn the_head_counts_all_facts_and_moves_with_each() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    assert_eq!(journal.verify_chain().unwrap().rows, 0);
    assert_eq!(journal.verify_chain().unwrap().hash, [0; 32]);
    let batch = batch_of(&mut journal, 1);
    let first = journal.verify_chain().unwrap();
    tell(&mut journal, batch, 1, &[Fact::Sending]);
    let second = journal.verify_chain().unwrap();
    assert_eq!((first.rows, second.rows), (1, 2));
    assert_ne!(first.hash, second.hash);
}

#[test]
fn the_head_depends_on_the_first_fact_however_equal_the_last_ones_are() {
    let head_after = |machines| {
        let mut journal = Journal::in_memory().unwrap();
        let batch = batch_of(&mut journal, machines);
        tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-1")]);
        journal.verify_chain().unwrap()
    };
    let (one, two) = (head_after(1), head_after(2));
    assert_eq!(one.rows, two.rows);
    assert_ne!(one.hash, two.hash);
    assert_eq!(one, head_after(1));
}

#[test]
fn a_fact_that_was_changed_removed_or_put_in_breaks_the_chain_there() {
    for (sql, broken) in [
        ("UPDATE facts SET batch = 2 WHERE id = 1", 1),
        ("UPDATE facts SET number = 2 WHERE id = 2", 2),
        ("UPDATE facts SET number = NULL WHERE id = 2", 2),
        ("UPDATE facts SET at = at + 1 WHERE id = 3", 3),
        ("UPDATE facts SET kind = 'requeued' WHERE id = 4", 4),
        ("UPDATE facts SET content = replace(content, 'Succ', 'Fail') WHERE id = 4", 4),
        ("UPDATE facts SET hash = zeroblob(32) WHERE id = 5", 5),
        ("UPDATE facts SET id = 99 WHERE id = 7", 7),
        ("DELETE FROM facts WHERE id = 6", 6),
        ("INSERT INTO facts SELECT 8, 1, 1, at, kind, content, hash FROM facts WHERE id = 7", 8),
    ] {
        let (_folder, path) = place();
        write(&path);
        Journal::open_reader(&path).unwrap().verify_chain().unwrap();
        tamper(&path, sql);
        let found = Journal::open_reader(&path).unwrap().verify_chain().unwrap_err();
        let JournalError::ChainBroken { found } = found else { panic!("{sql}: {found:?}") };
        assert_eq!(found.first, broken, "{sql}");
    }
}

#[test]
fn rows_counts_and_owners_that_are_not_what_the_facts_say_are_found() {
    for sql in [
        "UPDATE machines SET state = 'queued' WHERE number = 3",
        "UPDATE machines SET attempts = 7 WHERE number = 2",
        "UPDATE machines SET action_id = 'b-1' WHERE number = 2",
        "UPDATE machines SET message = 'hello' WHERE number = 1",
        "UPDATE counts SET machines = machines + 1 WHERE state = 'succeeded'",
        "UPDATE batches SET total = 4",
        "DELETE FROM machines WHERE number = 3",
        "DELETE FROM facts WHERE id = 7",
        "DELETE FROM actions",
        "UPDATE batches SET ended = 'settled', ended_at = 5",
        "UPDATE batches SET first_sent_at = first_sent_at + 1",
        "UPDATE batches SET last_sent_at = NULL",
        "UPDATE batches SET tenant_id = 'fabrikam'",
        "UPDATE batches SET realm = 'loopback'",
        "UPDATE batches SET api = 'https://api.example'",
        "UPDATE batches SET comment = 'Sold'",
        "UPDATE batches SET created_at = 0",
        "UPDATE batches SET seed = '00000000'",
        "UPDATE batches SET options = '{\"settle_ms\":0}'",
        "UPDATE sources SET name = 'other.csv'",
        "INSERT INTO filters VALUES (1, 0, 'tag=old')",
        "INSERT INTO devices (batch, number) VALUES (1, 1)",
        "UPDATE machines SET machine_id = zeroblob(20) WHERE number = 1",
        "UPDATE machines SET name = 'srv-pay-02' WHERE number = 1",
        "UPDATE machines SET comment = 'mine' WHERE number = 1",
        "UPDATE machines SET line = 99 WHERE number = 1",
    ] {
        let (_folder, path) = place();
        write(&path);
        let id = Journal::open_reader(&path).unwrap().batches().unwrap()[0].id;
        Journal::open_reader(&path).unwrap().verify_rows(id).unwrap();
        tamper(&path, sql);
        let found = Journal::open_reader(&path).unwrap().verify_rows(id);
        assert!(matches!(found, Err(JournalError::Damaged { .. })), "{sql}: {found:?}");
    }
}

#[test]
fn a_machine_whose_facts_cannot_follow_each_other_is_found() {
    let (_folder, path) = place();
    write(&path);
    tamper(&path, "UPDATE facts SET kind = 'sending', content = '{}' WHERE id = 4");
    let journal = Journal::open_reader(&path).unwrap();
    let id = journal.batches().unwrap()[0].id;
    let found = journal.verify_rows(id).unwrap_err();
    let JournalError::Forbidden { source, .. } = found else { panic!("{found:?}") };
    assert_eq!(source.state, State::Pending);
}
