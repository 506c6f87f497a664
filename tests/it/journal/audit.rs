//! Facts are only ever added, and whoever changes one is found out.

use std::collections::BTreeSet;
use std::path::Path;

use mde_offboard::domain::{ActionStatus, BatchId, Fact, State};
use mde_offboard::journal::{Journal, JournalError, NewBatch, check};
use rusqlite::Connection;

use super::setup::{accepted, at, batch_of, ended, new_batch, open, place, stage, tell, unguarded};
use crate::support::batches::CreatePlanned as _;

/// A journal of one batch of three machines: facts 1 (the batch) to 7.
fn write(path: &Path) {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, 3);
    let life = [Fact::Sending, accepted("a-1"), ended(ActionStatus::Succeeded)];
    tell(&mut journal, batch, 1, &life);
    tell(&mut journal, batch, 2, &life[..2]);
    tell(&mut journal, batch, 3, &life[..1]);
}

/// The same with a second batch, of machines 4 to 9, of which two go first.
fn write_with_canary(path: &Path) -> BatchId {
    write(path);
    let mut journal = open(path);
    stage(&mut journal, 4..=9);
    journal.create_planned(&NewBatch { canary: 2, ..new_batch(9) }, at(9)).unwrap()
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
fn machines_that_go_first_are_those_that_were_chosen() {
    for sql in [
        "DELETE FROM canaries WHERE number = 2",
        "UPDATE canaries SET number = 5 WHERE number = 2",
        "INSERT INTO canaries VALUES (2, 3)",
        "INSERT INTO canaries VALUES (1, 3)",
    ] {
        let (_folder, path) = place();
        let second = write_with_canary(&path);
        let verify = |path: &Path| {
            let journal = Journal::open_reader(path).unwrap();
            [BatchId(1), second].iter().try_for_each(|id| journal.verify_rows(*id))
        };
        verify(&path).unwrap();
        tamper(&path, sql);
        let found = verify(&path).unwrap_err().to_string();
        assert!(found.contains("the canary of batch"), "{sql}: {found}");
        let findings = check(&path);
        let wrong: Vec<_> = findings.iter().filter(|finding| !finding.ok).collect();
        assert_eq!((wrong.len(), wrong[0].name), (1, "rows"), "{sql}: {findings:#?}");
    }
}

#[test]
fn another_choice_takes_the_place_of_the_first_and_none_leaves_none() {
    let (_folder, path) = place();
    let batch = write_with_canary(&path);
    let mut journal = open(&path);
    for most in [4, 0, 1] {
        journal.choose_canary(batch, most, at(10)).unwrap();
        assert_eq!(journal.canary(batch).unwrap().len(), most as usize);
        journal.verify_rows(batch).unwrap();
    }
}

/// The columns of each table, and what finds a change of them.
const COVERED: [(&str, &str); 19] = [
    ("made_of", "batches id created_at tenant_id realm api comment seed content total"),
    ("facts", "batches options ended ended_at first_sent_at last_sent_at"),
    ("made_of", "sources batch position name"),
    ("made_of", "filters batch position condition"),
    (
        "made_of",
        "devices batch number os_platform onboarding_status health_status tags device_group",
    ),
    ("made_of", "machines batch number machine_id name comment source line device"),
    (
        "facts",
        "machines state attempts attempts_counted absences resends misses not_before first_sent_at \
         sent_at settled_at action_id action_status action_created_at adopted cancel_asked reason \
         http_status code message",
    ),
    ("facts", "canaries batch number"),
    ("facts", "counts batch state machines"),
    ("facts", "actions action_id batch number"),
    ("check: places", "places machine_id batch number"),
    ("chain", "facts id batch number at kind content hash"),
    ("chain", "chain_forms id first_fact"),
    // No record of what was done: how fast, by whom just now, and where the file is to go on.
    ("nothing", "quotas id tenant_id realm app"),
    ("nothing", "calls id quota limit_group sent_at receipt_at receipt_boot receipt_since_boot"),
    ("nothing", "freezes quota limit_group until streak until_boot until_since_boot"),
    (
        "nothing",
        "phantoms quota limit_group limit window_micros calls until until_boot until_since_boot",
    ),
    ("nothing", "server_clock id date wall"),
    ("nothing", "runner id pid host user command since heartbeat"),
];

/// The request to stop and the hand-over are told by facts once they are heeded.
const COVERED_LATER: [&str; 2] =
    ["stop_requests batch requested_by at", "hand_over id role token other by host at"];

#[test]
fn of_every_column_it_is_known_what_finds_a_change() {
    let (_folder, path) = place();
    write(&path);
    let db = Connection::open(&path).unwrap();
    let sql =
        "SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
               WHERE t.type = 'table'";
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let found: BTreeSet<String> = columns.collect::<Result<_, _>>().unwrap();
    let known = COVERED.iter().map(|(_, words)| *words).chain(COVERED_LATER).flat_map(|words| {
        let mut words = words.split_whitespace();
        let table = words.next().unwrap();
        words.map(move |column| format!("{table}.{column}"))
    });
    let known: BTreeSet<String> = known.collect();
    assert_eq!(found, known, "say in COVERED what finds a change of a new column");
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
