//! What the journal's tests set up: a folder, a runner, batches, facts.

use std::path::{Path, PathBuf};

use mde_offboard::domain::{
    ActionId, ActionStatus, BatchId, Comment, Detail, Fact, MachineNumber, Realm, Tenant, Timestamp,
};
use mde_offboard::journal::{Changes, Entry, Journal, Machine, NewMachine};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::batches::CreatePlanned as _;
use crate::support::batches::{START, new_machine};
pub(crate) use crate::support::batches::{new_batch, runner};
use crate::support::journals::open_runner;
pub(crate) use crate::support::machines::scattered_id as id;

/// A folder with the path of a journal in it.
pub(crate) fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    (folder, path)
}

pub(crate) fn open(path: &Path) -> Journal {
    open_runner(path, &runner())
}

/// Seconds after 2026-11-23T17:40:00Z.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(START.as_micros() + seconds * 1_000_000)
}

pub(crate) fn row(number: u32) -> NewMachine {
    NewMachine { name: Some(format!("desktop-{number}")), ..new_machine(id(number), number) }
}

pub(crate) fn comment(text: &str) -> Comment {
    Comment::parse(text).unwrap()
}

pub(crate) fn tenant(name: &str) -> Tenant {
    Tenant { id: name.to_owned(), realm: Realm::Public }
}

pub(crate) fn stage(journal: &mut Journal, machines: impl IntoIterator<Item = u32>) {
    for number in machines {
        journal.stage(&row(number)).unwrap();
    }
}

/// A batch of machines 1 to `machines`, made at second 0.
pub(crate) fn batch_of(journal: &mut Journal, machines: u32) -> BatchId {
    stage(journal, 1..=machines);
    journal.create_planned(&new_batch(u64::from(machines)), at(0)).unwrap()
}

pub(crate) fn entry(batch: BatchId, number: u32, seconds: i64, fact: Fact) -> Entry {
    Entry { batch, number: MachineNumber(number), at: at(seconds), fact }
}

/// Commits facts about one machine, a second apart.
pub(crate) fn tell(journal: &mut Journal, batch: BatchId, number: u32, facts: &[Fact]) {
    let facts = (1..).zip(facts).map(|(second, fact)| entry(batch, number, second, fact.clone()));
    journal.commit(&Changes { facts: facts.collect(), ..Changes::default() }).unwrap();
}

pub(crate) fn machine(journal: &Journal, batch: BatchId, number: u32) -> Machine {
    journal.machine(batch, MachineNumber(number)).unwrap().unwrap()
}

pub(crate) fn action(name: &str) -> ActionId {
    ActionId::parse(name).unwrap()
}

pub(crate) fn accepted(name: &str) -> Fact {
    Fact::Accepted {
        action: action(name),
        status: ActionStatus::Pending,
        adopted: false,
        found: false,
        http_status: Some(201),
        created_at: None,
        named_by: None,
    }
}

pub(crate) fn ended(status: ActionStatus) -> Fact {
    Fact::ActionEnded { status, device_error: None }
}

pub(crate) fn detail(code: &str) -> Detail {
    Detail::new(Some(400), Some(code), "it said no")
}

/// The file without what keeps facts as they are: for another program that changes it behind our
/// back.
pub(super) fn unguarded(path: &Path) -> Connection {
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "DROP TRIGGER IF EXISTS facts_are_not_changed;
         DROP TRIGGER IF EXISTS facts_are_not_deleted;
         PRAGMA foreign_keys = OFF;",
    )
    .unwrap();
    db
}

/// Makes the chain whole again up to a fact, with hashes of the first form, as a journal of before
/// has them.
pub(super) fn to_first_form(path: &Path, up_to: i64) {
    let db = unguarded(path);
    let mut facts = db
        .prepare("SELECT id, batch, COALESCE(number, 0), at, kind, content FROM facts ORDER BY id")
        .unwrap();
    let mut rows = facts.query([]).unwrap();
    let mut head = [0_u8; 32];
    while let Some(row) = rows.next().unwrap() {
        let id: i64 = row.get(0).unwrap();
        if id > up_to {
            break;
        }
        let mut hash = Sha256::new();
        hash.update(head);
        hash.update(row.get::<_, i64>(1).unwrap().to_be_bytes());
        hash.update(row.get::<_, u32>(2).unwrap().to_be_bytes());
        hash.update(row.get::<_, i64>(3).unwrap().to_be_bytes());
        for column in [4, 5] {
            let text: String = row.get(column).unwrap();
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        head = hash.finalize().into();
        db.execute("UPDATE facts SET hash = ?1 WHERE id = ?2", params![head, id]).unwrap();
    }
    let moved = "UPDATE chain_forms SET first_fact = 1 + (SELECT MIN(?1, MAX(id)) FROM facts)";
    db.execute(moved, [up_to]).unwrap();
}
