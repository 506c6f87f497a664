//! What pages take on a journal of 100,000 machines and on 200 journals, and what they cost a run.
//!
//! `cargo bench --bench dashboard`, some four minutes. The journals are made here: each machine
//! was sent, one in four refused. The dashboard is a process of its own and is asked over loopback,
//! a connection a request. The run is that of the bench `throughput`, by turns without a dashboard
//! and beside one with ten pages that are open and read.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/folder.rs"]
mod folder;
#[path = "support/machines.rs"]
mod machines;
#[path = "support/planning.rs"]
mod planning;
#[path = "support/program.rs"]
mod program;
#[path = "support/quantile.rs"]
mod quantile;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/simulator.rs"]
mod simulator;
#[path = "support/stopwatch.rs"]
mod stopwatch;
#[path = "support/visitor.rs"]
mod visitor;
#[path = "support/waiting.rs"]
mod waiting;

use std::path::Path;
use std::time::Duration;

use mde_offboard::domain::{
    ActionId, ActionStatus, BatchId, Comment, Detail, Device, Fact, MachineNumber, MarkerSeed,
    Realm, Reason, Tenant,
};
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::{Changes, Entry, Journal, NewBatch, NewMachine};
use mde_offboard::simulator::TenantOptions;

use machines::{ordinary, scattered};
use program::{connected, program};
use quantile::quantile;
use runner::{START, runner};
use simulator::simulator;
use stopwatch::Stopwatch;
use visitor::Visited;

const MACHINES: u32 = 100_000;
const ASKED: usize = 20;

const JOURNALS: u32 = 200;
/// In each of them.
const MACHINES_OF_EACH: u32 = 500;

const SENT: usize = 10_000;
const PAIRS: usize = 5;
const PAGES: usize = 10;
const LIMIT: [&str; 2] = ["--limit", "1000000/1s"];

/// Sent, and not followed any further.
const EXIT_SENT: i32 = 9;
const PATIENCE: Duration = Duration::from_mins(10);

fn main() {
    pages();
    many_journals();
    beside_a_run();
}

fn pages() {
    let folder = folder::temporary();
    make(&folder.path().join("journal.db"), MACHINES);
    let visited = Visited::start(folder.path(), "journal.db");
    let watch = Stopwatch::start();
    visited.get("");
    let first = watch.elapsed().as_secs_f64() * 1e3;
    println!("{MACHINES} machines, {ASKED} times, in ms; the first page took {first:.0}");
    println!("{:<46} {:>8} {:>8}", "", "median", "most");
    for (what, path) in [
        ("the page", ""),
        ("the table in its own order", "machines"),
        ("its last page", "machines?page=2000"),
        ("sorted by name", "machines?sort=name"),
        ("sorted by error, downward", "machines?sort=-code"),
        ("one state", "machines?state=rejected"),
        ("part of a name, few", "machines?q=pc-09999"),
        ("part of a name, many, sorted", "machines?q=pc-0&sort=-sent"),
        ("part of an ID", "machines?q=abcde"),
        ("an error code", "machines?q=osplatform"),
        ("a comment, all", "machines?q=retired"),
        ("nothing that is there", "machines?q=nothing-like-it"),
        ("letters beyond ASCII", "machines?q=%C3%A4rger"),
    ] {
        tell(what, || drop(visited.get(path)));
    }
}

fn many_journals() {
    let folder = folder::temporary();
    let all = folder.path().join("all");
    std::fs::create_dir(&all).expect("a folder");
    for number in 0..JOURNALS {
        make(&all.join(format!("tenant-{number:03}.db")), MACHINES_OF_EACH);
    }
    println!("\n{JOURNALS} journals of {MACHINES_OF_EACH} machines, {ASKED} times, in ms");
    println!("{:<46} {:>8} {:>8}", "", "median", "most");
    let visited = Visited::start(folder.path(), "all");
    tell("the overview in a browser", || drop(visited.get("")));
    for format in ["status", "report --output all.html", "report --output all.csv"] {
        let words = format.split(' ').chain(["--journal", "all"]);
        let mut command = program(folder.path());
        command.args(words);
        tell(format, || assert!(command.status().expect("it runs").success(), "{format}"));
    }
}

/// Does it again and again, and prints how long that took.
fn tell(what: &str, mut act: impl FnMut()) {
    let took: Vec<Duration> = (0..ASKED)
        .map(|_| {
            let watch = Stopwatch::start();
            act();
            watch.elapsed()
        })
        .collect();
    let [median, most] = [500, 1_000].map(|part| quantile(&took, part).as_secs_f64() * 1e3);
    println!("{what:<46} {median:>8.1} {most:>8.1}");
}

/// A journal of a batch that has ended, with that many machines.
fn make(path: &Path, machines: u32) {
    let mut journal = Journal::open_runner(path, runner()).expect("a journal");
    let comment = Comment::parse("Retired in Q4").expect("a comment");
    for number in 1..=machines {
        let machine = NewMachine {
            id: scattered(number),
            name: Some(format!("pc-{number:06}.corp.example")),
            comment: None,
            source: 0,
            line: u64::from(number) + 1,
            device: Device::default(),
            skip: None,
            at: None,
        };
        journal.stage(&machine).expect("a row");
    }
    journal.staged(Some(&comment)).expect("readable");
    let tenant = Tenant { id: TenantOptions::default().tenant_id, realm: Realm::Loopback };
    planning::send_all(&journal, &tenant);
    let new = NewBatch {
        tenant,
        api: "http://127.0.0.1:9".to_owned(),
        comment: Some(comment),
        sources: vec!["fleet.csv".to_owned()],
        filters: Vec::new(),
        options: RunOptions::default().to_json(),
        seed: MarkerSeed::from_random(7),
        canary: 0,
        plan_hash: None,
    };
    let batch = journal.create_batch(&new, START).expect("a batch");
    let numbers: Vec<u32> = (1..=machines).collect();
    for portion in numbers.chunks(2_000) {
        let facts = portion.iter().flat_map(|number| facts_of(batch, *number)).collect();
        let changes = Changes { facts, ..Changes::default() };
        journal.commit(&changes).expect("it is written");
    }
}

/// Sent 25 a minute; one in four was refused, the others have succeeded.
fn facts_of(batch: BatchId, number: u32) -> Vec<Entry> {
    let at = START.plus(Duration::from_millis(2_400) * number);
    let entry = |after: u64, fact| Entry {
        batch,
        number: MachineNumber(number),
        at: at.plus(Duration::from_secs(after)),
        fact,
    };
    if number.is_multiple_of(4) {
        let code = if number.is_multiple_of(3) { "OsPlatformNotSupported" } else { "NotFound" };
        let detail = Detail::new(Some(400), Some(code), "it cannot be offboarded");
        let reason = Reason::Refused;
        return vec![entry(0, Fact::Sending), entry(1, Fact::Rejected { reason, detail })];
    }
    let accepted = Fact::Accepted {
        action: ActionId::parse(&format!("action-{number}")).expect("an ID"),
        status: ActionStatus::Pending,
        adopted: false,
        found: false,
        http_status: Some(201),
        created_at: None,
        named_by: None,
    };
    let ended = Fact::ActionEnded { status: ActionStatus::Succeeded, device_error: None };
    vec![entry(0, Fact::Sending), entry(1, accepted), entry(600, ended)]
}

/// Both by turns, so that what else the computer does meets both.
fn beside_a_run() {
    println!("\n{SENT} machines, {PAIRS} pairs, {PAGES} open pages");
    println!("{:>12} {:>12} {:>12}", "alone /s", "watched /s", "ratio");
    let mut ratios = Vec::new();
    for _ in 0..PAIRS {
        let [alone, watched] = [0, PAGES].map(rate_with_pages);
        println!("{alone:>12.0} {watched:>12.0} {:>12.2}", watched / alone);
        ratios.push(watched / alone);
    }
    ratios.sort_unstable_by(f64::total_cmp);
    println!("{:>12} {:>12} {:>12.2}  median", "", "", ratios[PAIRS / 2]);
}

/// Machines a second, from the first to the last POST.
fn rate_with_pages(pages: usize) -> f64 {
    let folder = folder::temporary();
    let ids = ordinary(SENT).into_iter();
    let lines: Vec<String> =
        std::iter::once("Device ID".to_owned()).chain(ids.map(|id| id.to_string())).collect();
    std::fs::write(folder.path().join("fleet.csv"), lines.join("\n")).expect("a list");
    let mut arguments = vec!["--machines", "fleet.csv", "--fleet", "ordinary"];
    arguments.extend(LIMIT);
    let (_simulator, url) = simulator(folder.path(), arguments);
    let mut command = program(folder.path());
    command.args(["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"]).args(LIMIT).args([
        "--track-timeout",
        "0",
        "--progress",
        "none",
    ]);
    let dashboard = (pages > 0).then(|| Visited::start(folder.path(), "journal.db"));
    let mut child = program::Running(connected(command, &url).spawn().expect("it runs"));
    let journal = folder.path().join("journal.db");
    if let Some(dashboard) = &dashboard {
        waiting::until("the batch is there", PATIENCE, || {
            Journal::open_reader(&journal)
                .is_ok_and(|journal| journal.batches().is_ok_and(|all| !all.is_empty()))
        });
        (0..pages).for_each(|_| dashboard.open_page());
    }
    let mut ended = None;
    waiting::until("the run has ended", PATIENCE, || {
        ended = child.0.try_wait().expect("ours");
        ended.is_some()
    });
    assert_eq!(ended.and_then(|status| status.code()), Some(EXIT_SENT), "everything is sent");
    let journal = Journal::open_reader(&journal).expect("a journal");
    let batch = journal.batch(BatchId(1)).expect("readable").expect("there");
    let took = batch.last_sent_at.expect("sent").since(batch.first_sent_at.expect("sent"));
    f64::from(u32::try_from(SENT).expect("few")) / took.as_secs_f64()
}
