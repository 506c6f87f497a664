//! Any edit of the table of facts is found and named, whoever makes it past the triggers.

use std::path::Path;

use mde_offboard::domain::{ActionStatus, BatchFact, Fact};
use mde_offboard::journal::{Changes, Journal, JournalError};
use rusqlite::{Connection, params};

use crate::support::dice::Dice;

use super::setup::{accepted, at, batch_of, ended, open, place, tell, to_first_form, unguarded};

const EDITS: u64 = 1_000;
const MACHINES: u32 = 12;

/// A journal of one batch whose last fact is about the batch.
fn write(path: &Path) {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, MACHINES);
    for number in 1..=MACHINES {
        let action = format!("a-{number}");
        let life = [Fact::Sending, accepted(&action), ended(ActionStatus::Succeeded)];
        tell(&mut journal, batch, number, &life);
    }
    let batch_facts = vec![(batch, at(9), BatchFact::Started { command: "run".to_owned() })];
    journal.commit(&Changes { batch_facts, ..Changes::default() }).unwrap();
}

/// One edit of the facts, and the number of the first fact that it concerns.
fn edit(db: &Connection, dice: &mut Dice, facts: i64) -> (String, i64) {
    let any = |dice: &mut Dice| 1 + i64::try_from(dice.below(facts.unsigned_abs())).unwrap();
    let id = any(dice);
    let run = |sql: &str| {
        assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
        sql.to_owned()
    };
    match dice.below(6) {
        // A byte of a text or of the hash, one bit of it.
        0 => {
            let column = dice.one_of(&["kind", "content", "hash"]);
            let sql = format!("SELECT CAST({column} AS BLOB) FROM facts WHERE id = ?1");
            let mut bytes: Vec<u8> = db.query_row(&sql, [id], |row| row.get(0)).unwrap();
            let place = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
            bytes[place] ^= 1 << dice.below(8);
            let kept = if column == "hash" { "?1" } else { "CAST(?1 AS TEXT)" };
            let sql = format!("UPDATE facts SET {column} = {kept} WHERE id = ?2");
            db.execute(&sql, params![bytes, id]).unwrap();
            (format!("byte {place} of {column} of {id}"), id)
        }
        1 => {
            let number =
                dice.one_of(&["batch = batch + 1", "at = at - 1", "at = at + 86400000000"]);
            (run(&format!("UPDATE facts SET {number} WHERE id = {id}")), id)
        }
        2 => {
            let other = if id == 1 { "3" } else { "CASE WHEN number = 1 THEN 2 ELSE 1 END" };
            (run(&format!("UPDATE facts SET number = {other} WHERE id = {id}")), id)
        }
        // Up to three in a row, but for the last one: a removed tail is another test.
        3 => {
            let last = (id + i64::try_from(dice.below(3)).unwrap()).min(facts - 1);
            let first = id.min(last);
            (run(&format!("DELETE FROM facts WHERE id BETWEEN {first} AND {last}")), first)
        }
        // Two rows change places.
        4 => {
            let other = loop {
                let other = any(dice);
                if other != id {
                    break other;
                }
            };
            db.execute_batch(&format!(
                "UPDATE facts SET id = -1 WHERE id = {id};
                 UPDATE facts SET id = {id} WHERE id = {other};
                 UPDATE facts SET id = {other} WHERE id = -1;"
            ))
            .unwrap();
            (format!("{id} and {other} swapped"), id.min(other))
        }
        // Put in: before the first, after the last, or with all behind it moved on.
        _ => {
            let place = dice.one_of(&[0, id, facts + 1]);
            let after = format!("id >= {place}");
            db.execute_batch(&format!(
                "UPDATE facts SET id = -id WHERE {after} AND {place} > 0;
                 UPDATE facts SET id = 1 - id WHERE id < 0;
                 INSERT INTO facts (id, batch, number, at, kind, content, hash)
                     SELECT {place}, batch, number, at, kind, content, hash
                     FROM facts ORDER BY id DESC LIMIT 1;"
            ))
            .unwrap();
            // The last one before itself is the same as behind itself.
            let first = if place == facts { facts + 1 } else { place };
            (format!("one put in at {place}"), first)
        }
    }
}

#[test]
fn every_one_of_a_thousand_random_edits_of_the_facts_is_found_and_named() {
    let (folder, path) = place();
    write(&path);
    let facts = i64::from(MACHINES) * 3 + 2;
    let edited = folder.path().join("edited.db");
    std::fs::copy(&path, &edited).unwrap();
    let mut db = unguarded(&edited);
    // Without a log, which a reader would not take for this journal's.
    db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).unwrap();
    let seed = u64::from(std::process::id());
    let mut dice = Dice::new(seed);
    for number in 0..EDITS {
        let change = db.transaction().unwrap();
        let (what, first) = edit(&change, &mut dice, facts);
        change.commit().unwrap();
        let found = Journal::open_reader(&edited).unwrap().verify_chain();
        let Err(JournalError::ChainBroken { found }) = found else {
            panic!("seed {seed}, edit {number}: {what}: {found:?}")
        };
        let named = found.first <= first && first <= found.last;
        assert!(named, "seed {seed}, edit {number}: {what}: {found}");
        // As it was.
        db.execute("DELETE FROM facts", []).unwrap();
        db.execute("ATTACH ?1 AS sound", [path.to_str().unwrap()]).unwrap();
        db.execute("INSERT INTO facts SELECT * FROM sound.facts", []).unwrap();
        db.execute("DETACH sound", []).unwrap();
    }
    Journal::open_reader(&edited).unwrap().verify_chain().unwrap();
}

#[test]
fn a_break_names_the_machine_and_the_time() {
    let (_folder, path) = place();
    write(&path);
    let changed = "UPDATE facts SET kind = 'requeued' WHERE id = 3";
    unguarded(&path).execute(changed, []).unwrap();
    let found = Journal::open_reader(&path).unwrap().verify_chain().unwrap_err().to_string();
    let id = super::setup::id(1);
    let named = format!("fact 3 (machine 1 of batch 1, {id}, 2026-11-23T17:40:02Z)");
    assert!(found.contains(&named), "{found}");
}

#[test]
fn facts_that_are_missing_are_named_with_what_comes_after_them() {
    let (_folder, path) = place();
    write(&path);
    unguarded(&path).execute("DELETE FROM facts WHERE id BETWEEN 3 AND 4", []).unwrap();
    let found = Journal::open_reader(&path).unwrap().verify_chain().unwrap_err().to_string();
    assert!(found.contains("facts 3 to 4 are missing, before one about machine 2"), "{found}");
}

#[test]
fn a_journal_from_before_the_second_form_goes_on_and_its_boundary_cannot_be_moved() {
    let (_folder, path) = place();
    let batch = batch_of(&mut open(&path), 2);
    to_first_form(&path, 1);
    let mut journal = open(&path);
    journal.verify_chain().unwrap();
    tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-1")]);
    assert_eq!(journal.verify_chain().unwrap().rows, 3);
    drop(journal);
    let change = |sql: &str| unguarded(&path).execute(sql, []).unwrap();
    for wrong in [1, 3, 4, 5, 1_000] {
        change(&format!("UPDATE chain_forms SET first_fact = {wrong}"));
        let found = Journal::open_reader(&path).unwrap().verify_chain();
        assert!(found.is_err(), "{wrong}: {found:?}");
    }
    change("DELETE FROM chain_forms");
    assert!(Journal::open_reader(&path).unwrap().verify_chain().is_err());
    change("INSERT INTO chain_forms VALUES (1, 2)");
    Journal::open_reader(&path).unwrap().verify_chain().unwrap();
    // With facts of the first form alone, those to come cannot be kept in it.
    let (_folder, path) = place();
    batch_of(&mut open(&path), 2);
    to_first_form(&path, 1);
    unguarded(&path).execute("UPDATE chain_forms SET first_fact = 99", []).unwrap();
    let found = Journal::open_reader(&path).unwrap().verify_chain();
    assert!(matches!(found, Err(JournalError::Damaged { .. })), "{found:?}");
}
