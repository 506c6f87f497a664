//! What it costs to have something on disk before it happens.
//!
//! `cargo bench --bench durable`, half a minute. Commits to a journal in a file, as a run makes
//! them (write-ahead log, `synchronous = FULL`): one lonely intent, eight intents, and a whole turn
//! of eight workers: eight intents with their calls, and the answers and receipts of the eight
//! before. Beside them what the disk itself takes for 4 KiB that are synced. The files lie below
//! `target/`; `-- /dev/shm` puts them in memory, which leaves what the program itself takes.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/folder.rs"]
mod folder;
#[path = "support/planning.rs"]
mod planning;
#[path = "support/quantile.rs"]
mod quantile;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/stopwatch.rs"]
mod stopwatch;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use mde_offboard::domain::{
    ActionId, ActionStatus, BatchId, Call, CallId, Comment, Device, Fact, LimitGroup, MachineId,
    MachineNumber, MarkerSeed, Realm, Tenant, Timestamp,
};
use mde_offboard::journal::{Changes, Entry, Journal, NewBatch, NewMachine};

use quantile::quantile;
use runner::{START, runner};
use stopwatch::Stopwatch;

const COMMITS: usize = 3_000;
const WORKERS: usize = 8;

fn main() {
    let folder = folder::temporary();
    println!("{COMMITS} times each, in ms; beside each commit 4 KiB appended and synced\n");
    println!(
        "{:<44} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8}",
        "", "median", "p99", "a second", "4 KiB", "4 KiB p99", "ratio"
    );
    let measure = |what, name, width, answers| {
        print(what, &commits(&folder.path().join(name), width, answers));
    };
    measure("1 intent and call", "one.db", 1, Answers::Later);
    measure("8 intents and calls", "eight.db", WORKERS, Answers::Later);
    measure("8 intents and calls, 8 answers and receipts", "turn.db", WORKERS, Answers::Now);
}

/// How long the commits took, and the bare writes between them.
struct Took {
    commits: Vec<Duration>,
    bare: Vec<Duration>,
}

fn print(what: &str, took: &Took) {
    let at = |row, per_thousand| quantile(row, per_thousand).as_secs_f64() * 1e3;
    let all: Duration = took.commits.iter().sum();
    let a_second = f64::from(u32::try_from(COMMITS).expect("few")) / all.as_secs_f64();
    let (median, bare) = (at(&took.commits, 500), at(&took.bare, 500));
    println!(
        "{what:<44} {median:>8.3} {:>8.3} {a_second:>8.0} {bare:>9.3} {:>9.3} {:>8.2}",
        at(&took.commits, 990),
        at(&took.bare, 990),
        median / bare
    );
}

/// What the disk takes, without `SQLite`.
fn synced(file: &mut File) -> Duration {
    let watch = Stopwatch::start();
    file.write_all(&[7; 4_096]).and_then(|()| file.sync_data()).expect("a disk");
    watch.elapsed()
}

/// Whether a commit also has the answers of the one before.
#[derive(Clone, Copy, PartialEq)]
enum Answers {
    Now,
    Later,
}

fn commits(path: &Path, width: usize, answers: Answers) -> Took {
    let mut journal = Journal::open_runner(path, runner()).expect("a journal");
    let mut file = File::create(path.with_extension("bare")).expect("a file");
    let batch = batch_of(&mut journal, width * COMMITS);
    let mut took = Took { commits: Vec::new(), bare: Vec::new() };
    for round in 0..COMMITS {
        let mut changes = intents(batch, round, width);
        if answers == Answers::Now && round > 0 {
            answer(&mut changes, batch, round - 1, width);
        }
        took.bare.push(synced(&mut file));
        let watch = Stopwatch::start();
        journal.commit(&changes).expect("a commit");
        took.commits.push(watch.elapsed());
    }
    took
}

fn at(round: usize) -> Timestamp {
    START.plus(Duration::from_millis(round as u64))
}

fn numbers(round: usize, width: usize) -> impl Iterator<Item = usize> {
    (round * width + 1)..=(round + 1) * width
}

fn intents(batch: BatchId, round: usize, width: usize) -> Changes {
    let mut changes = Changes::default();
    for number in numbers(round, width) {
        changes.facts.push(entry(batch, number, at(round), Fact::Sending));
        changes.calls.push(Call {
            id: call(number),
            group: LimitGroup::Posts,
            sent_at: at(round),
            receipt: None,
        });
    }
    changes
}

fn answer(changes: &mut Changes, batch: BatchId, round: usize, width: usize) {
    for number in numbers(round, width) {
        let action = ActionId::parse(&format!("c0ffee00-0000-4000-8000-{number:012}"));
        let accepted = Fact::Accepted {
            action: action.expect("an ID"),
            status: ActionStatus::Pending,
            adopted: false,
            found: false,
            http_status: Some(201),
            created_at: Some(at(round)),
            named_by: None,
        };
        changes.facts.push(entry(batch, number, at(round), accepted));
        changes.receipts.push((call(number), at(round).into()));
    }
}

fn call(number: usize) -> CallId {
    CallId(i64::try_from(number).expect("few"))
}

fn entry(batch: BatchId, number: usize, at: Timestamp, fact: Fact) -> Entry {
    let number = MachineNumber(u32::try_from(number).expect("few"));
    Entry { batch, number, at, fact }
}

fn batch_of(journal: &mut Journal, machines: usize) -> BatchId {
    for index in 0..machines {
        let id = MachineId::parse(&format!("{index:040x}")).expect("40 hexadecimal digits");
        let name = Some(format!("pc-{index:05}"));
        let line = index as u64 + 2;
        let (comment, device, skip) = (None, Device::default(), None);
        let machine = NewMachine { id, name, comment, source: 0, line, device, skip, at: None };
        journal.stage(&machine).expect("a machine can be staged");
    }
    let new = NewBatch {
        tenant: Tenant { id: "bench".to_owned(), realm: Realm::Loopback },
        api: "http://127.0.0.1".to_owned(),
        comment: Some(Comment::parse("Retired in Q4").expect("a comment")),
        sources: vec!["fleet.csv".to_owned()],
        filters: Vec::new(),
        options: "{}".to_owned(),
        seed: MarkerSeed::from_random(7),
        canary: 0,
        plan_hash: None,
    };
    planning::send_all(journal, &new.tenant);
    journal.create_batch(&new, START).expect("a batch can be made")
}
