//! Several journals at a glance, as the program shows them.

mod hostile;
mod needs;
mod tables;

use std::path::{Path, PathBuf};

use mde_offboard::domain::{ActionStatus, BatchFact, End, Realm, StoppedBy, Tenant};
use mde_offboard::journal::Journal;
use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::journals::until_free;

use super::{Book, runner};

/// The folder of the journals.
const FOLDER: &str = "tenants";

/// A desk with a folder for journals.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path(FOLDER)).unwrap();
    desk
}

fn journal(desk: &Desk, name: &str) -> PathBuf {
    desk.path(FOLDER).join(format!("{name}.db"))
}

fn tenant(id: &str) -> Tenant {
    Tenant { id: id.to_owned(), realm: Realm::Public }
}

/// A journal with a batch of a tenant of this name, at which a runner still is.
fn running(desk: &Desk, name: &str, machines: u32) -> Book {
    let journal = Journal::open_runner(&journal(desk, name), runner()).unwrap();
    Book::about(journal, machines, tenant(name), &format!("{name}.csv"))
}

/// The same once its runner is gone.
fn left(desk: &Desk, name: &str, machines: u32, life: impl FnOnce(&mut Book)) {
    let mut book = running(desk, name, machines);
    life(&mut book);
    drop(book);
    until_free(&journal(desk, name));
}

fn ended(book: &mut Book, end: End, why: &str) {
    let why = Some(why.to_owned()).filter(|why| !why.is_empty());
    book.batch_fact(900, BatchFact::Ended { end, why });
}

fn tripped(book: &mut Book, why: &str) {
    let (guard, why) = (StoppedBy::MaxFailures, why.to_owned());
    book.batch_fact(800, BatchFact::Tripped { guard, why: why.clone() });
    ended(book, End::Tripped, &why);
}

fn succeeded(book: &mut Book, machines: u32) {
    (1..=machines).for_each(|number| book.action_ended(number, 0, ActionStatus::Succeeded));
}

/// `status --json` of the folder.
#[track_caller]
fn overview(desk: &Desk, code: i32) -> Value {
    desk.run(&format!("status --json --journal {FOLDER}")).ends_with(code).json()
}

/// The row of a journal.
#[track_caller]
fn row<'a>(overview: &'a Value, name: &str) -> &'a Value {
    let file = Path::new(FOLDER).join(format!("{name}.db"));
    let mut rows = overview["journals"].as_array().unwrap().iter();
    let is_it = |row: &&Value| row["journal"] == file.to_str().unwrap();
    rows.find(is_it).unwrap_or_else(|| panic!("no row of {name}: {overview:#}"))
}

/// What of a journal needs a person, by its words for scripts.
#[track_caller]
fn needs(overview: &Value, name: &str) -> Vec<String> {
    let needs = row(overview, name)["needs"].as_array().unwrap().iter();
    needs.map(|need| need["kind"].as_str().unwrap().to_owned()).collect()
}
