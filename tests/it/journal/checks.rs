//! A check names what is wrong, and nothing else.

use std::path::Path;

use mde_offboard::domain::{ActionStatus, Detail, Doubt, Fact, Missing, Reason};
use mde_offboard::journal::{Finding, Journal, check};
use rusqlite::Connection;

use super::setup::{
    accepted, at, batch_of, detail, ended, new_batch, open, place, stage, tell, to_first_form,
    unguarded,
};
use crate::support::batches::CreatePlanned as _;

/// A journal in which every kind of fact happened: machine 1 succeeded, 2 is pending, 3 was
/// skipped, 4 failed and is queued again, 5 is held, 6 was found and cancelled, 7 was rejected.
fn write(path: &Path) {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, 8);
    let doubt =
        || Fact::Uncertain { doubt: Doubt::NoAnswer, detail: Detail::default(), look_at: at(9) };
    let again = || Fact::Missing(Missing::Again { look_at: at(99) });
    let (held, refused) =
        (Fact::Held { detail: Detail::default() }, Fact::CancelRefused { detail: detail("Busy") });
    let retrying = Fact::Retrying { not_before: at(1), counts: true, detail: Detail::default() };
    let rejected = |reason| Fact::Rejected { reason, detail: detail("Code") };
    let updated = Fact::ActionUpdated { status: ActionStatus::InProgress };
    let send = Fact::Sending;
    let resent = [send.clone(), doubt(), again(), Fact::Missing(Missing::Resend), send.clone()];
    let lives: [Vec<Fact>; 7] = [
        vec![send.clone(), accepted("a-1"), updated, ended(ActionStatus::Succeeded)],
        vec![send.clone(), retrying, send.clone(), accepted("a-2")],
        vec![Fact::Skipped { reason: Reason::Withdrawn }],
        vec![send.clone(), accepted("a-4"), ended(ActionStatus::Failed), Fact::Requeued],
        [resent.to_vec(), vec![doubt(), again(), held]].concat(),
        [
            resent.to_vec(),
            vec![doubt(), accepted("a-6"), Fact::CancelAsked, refused],
            vec![ended(ActionStatus::Cancelled)],
        ]
        .concat(),
        vec![send, rejected(Reason::Refused)],
    ];
    for (number, life) in (1..).zip(&lives) {
        tell(&mut journal, batch, number, life);
    }
    // A second batch, which leaves alone what the first one has.
    stage(&mut journal, 1..=9);
    journal.create_planned(&new_batch(77), at(500)).unwrap();
}

/// Another program changes the file behind our back, and makes the audit chain whole again.
fn damage(path: &Path, sql: &str) {
    let db = unguarded(path);
    db.execute_batch(sql).unwrap();
    drop(db);
    to_first_form(path, i64::MAX);
}

/// Which checks fail after the damage; each of them has a hint.
#[track_caller]
fn failing(sql: &str) -> Vec<&'static str> {
    let (_folder, path) = place();
    write(&path);
    damage(&path, sql);
    let findings = check(&path);
    let wrong: Vec<&Finding> = findings.iter().filter(|finding| !finding.ok).collect();
    assert!(wrong.iter().all(|finding| finding.hint.is_some()), "{findings:#?}");
    wrong.iter().map(|finding| finding.name).collect()
}

const NAMES: [&str; 11] = [
    "journal",
    "schema",
    "audit chain",
    "rows",
    "attempts",
    "settled",
    "states",
    "actions",
    "counts",
    "places",
    "references",
];

#[test]
fn a_journal_in_which_every_kind_of_fact_happened_is_fit() {
    let (_folder, path) = place();
    write(&path);
    // Also while a runner has it.
    let _runner = open(&path);
    let findings = check(&path);
    assert!(findings.iter().all(|finding| finding.ok && finding.hint.is_none()), "{findings:#?}");
    let names: Vec<&str> = findings.iter().map(|finding| finding.name).collect();
    assert_eq!(names, NAMES);
    let kinds: Vec<String> = {
        let db = Connection::open(&path).unwrap();
        let mut kinds = db.prepare("SELECT DISTINCT kind FROM facts").unwrap();
        let kinds = kinds.query_map([], |row| row.get(0)).unwrap();
        kinds.collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(kinds.len(), 15, "fourteen about machines, and `created`: {kinds:?}");
}

#[test]
fn a_journal_with_a_chain_that_was_made_anew_over_sound_facts_is_fit() {
    assert_eq!(failing("SELECT 1"), Vec::<&str>::new());
}

#[test]
fn each_damage_is_told_by_the_checks_that_it_concerns_and_by_no_other() {
    let fact = |number: u32, kind: &str| {
        format!(
            "INSERT INTO facts (batch, number, at, kind, content, hash)
             SELECT 1, {number}, 9, '{kind}', '{{}}', zeroblob(32)"
        )
    };
    let created = "UPDATE facts SET content = replace(content, ':8,', ':7,')
                   WHERE kind = 'created' AND batch = 1";
    // Facts that cannot follow each other are told by the fold as well: `rows`.
    let cases: [(String, &[&str]); 14] = [
        ("DELETE FROM places WHERE number = 1 AND batch = 1".to_owned(), &["places"]),
        (fact(5, "sending"), &["rows", "attempts", "states"]),
        (fact(1, "requeued"), &["rows", "settled", "states"]),
        (fact(7, "sending"), &["rows", "settled", "states"]),
        ("UPDATE machines SET attempts = 9 WHERE number = 2 AND batch = 1".to_owned(), &["rows"]),
        (
            "UPDATE machines SET state = 'pending' WHERE number = 1 AND batch = 1".to_owned(),
            &["rows", "states", "counts"],
        ),
        (
            "UPDATE machines SET action_id = NULL WHERE number = 2 AND batch = 1".to_owned(),
            &["rows", "actions"],
        ),
        ("DELETE FROM actions WHERE action_id = 'a-2'".to_owned(), &["rows", "actions"]),
        (
            "UPDATE counts SET machines = machines + 1 WHERE state = 'held'".to_owned(),
            &["rows", "counts"],
        ),
        ("UPDATE batches SET total = 7 WHERE id = 1".to_owned(), &["rows", "counts"]),
        (created.to_owned(), &["counts"]),
        ("INSERT INTO places VALUES (zeroblob(20), 1, 1)".to_owned(), &["places"]),
        ("UPDATE actions SET number = 3 WHERE action_id = 'a-1'".to_owned(), &["actions"]),
        ("INSERT INTO counts VALUES (9, 'queued', 0)".to_owned(), &["references"]),
    ];
    let all = cases.map(|(sql, expected)| (failing(&sql), expected.to_vec(), sql));
    let others: Vec<_> = all.iter().filter(|(found, expected, _)| found != expected).collect();
    assert!(others.is_empty(), "found, expected, damage: {others:#?}");
}

#[test]
fn an_index_that_does_not_have_every_row_is_a_damaged_file_and_nothing_else() {
    let sql = "PRAGMA writable_schema = ON;
               UPDATE sqlite_master SET sql = replace(sql, 'code IS NOT NULL', 'code IS NULL')
               WHERE name = 'machines_troubled';
               PRAGMA writable_schema = OFF;";
    assert_eq!(failing(sql), ["journal"]);
}

#[test]
fn a_fact_that_was_changed_breaks_the_chain_and_nothing_else() {
    let (_folder, path) = place();
    write(&path);
    let db = Connection::open(&path).unwrap();
    db.execute_batch("DROP TRIGGER facts_are_not_changed").unwrap();
    db.execute("UPDATE facts SET hash = zeroblob(32) WHERE id = 9", []).unwrap();
    drop(db);
    let findings = check(&path);
    let wrong: Vec<&Finding> = findings.iter().filter(|finding| !finding.ok).collect();
    let [finding] = wrong.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((finding.name, finding.found.contains("fact 9")), ("audit chain", true));
}

#[test]
fn what_cannot_be_opened_is_one_finding_and_what_is_not_there_yet_is_fit() {
    let (_folder, path) = place();
    let [finding] = <[Finding; 1]>::try_from(check(&path)).unwrap();
    assert!(finding.ok && finding.found.contains("not made yet"), "{finding:?}");
    assert!(!path.exists());
    std::fs::write(&path, "a letter to a friend").unwrap();
    let [finding] = <[Finding; 1]>::try_from(check(&path)).unwrap();
    assert_eq!((finding.name, finding.ok), ("journal", false));
    std::fs::remove_file(&path).unwrap();
    write(&path);
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let [finding] = <[Finding; 1]>::try_from(check(&path)).unwrap();
    assert_eq!((finding.name, finding.ok), ("schema", false));
    assert!(Journal::open_reader(&path).is_err());
}
