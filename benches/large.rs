//! A million machines: the list into the journal beside the `sqlite3` shell, and what the commands
//! take on such a journal.
//!
//! `cargo bench --bench large`, some two minutes and 2 GB of disk below `target/`; memory on Linux
//! only. The list is a test export of the portal, 32 columns wide. The journal takes it as `run`
//! does: read, staged, hashed, judged, made a batch, on disk. The shell (`apt install sqlite3`;
//! left out where it is missing) does `.import` of all columns into a table whose key is the
//! machine ID. Nothing is sent: what `resume` reaches first is a listener that does not answer.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/folder.rs"]
mod folder;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/planning.rs"]
mod planning;
#[path = "support/program.rs"]
mod program;
#[path = "support/quantile.rs"]
mod quantile;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/stopwatch.rs"]
mod stopwatch;

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use mde_offboard::domain::{Comment, MarkerSeed, Realm, Tenant};
use mde_offboard::engine::RunOptions;
use mde_offboard::intake::{self, Record, Wanted};
use mde_offboard::journal::{Journal, JournalError, NewBatch, NewMachine};
use mde_offboard::simulator::TenantOptions;

use program::{Running, connected, program};
use quantile::quantile;
use runner::{START, runner};
use stopwatch::Stopwatch;

const ROWS: u64 = 1_000_000;
const IMPORTS: usize = 3;
const COMMANDS: usize = 20;

fn main() {
    let folder = folder::temporary();
    let folder = folder.path();
    let list = folder.join("export.csv");
    sample(folder);
    let mib = list.metadata().expect("there").len() >> 20;
    println!("{ROWS} machines, 32 columns, {mib} MiB\n");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let api = format!("http://{}", listener.local_addr().expect("an address"));
    imports(folder, &list, &api);
    println!("\non a journal of {ROWS} machines, median of {COMMANDS}, in ms");
    for arguments in [&["status"][..], &["status", "--json"]] {
        let took: Vec<_> = (0..COMMANDS).map(|_| command(folder, arguments)).collect();
        print(&arguments.join(" "), &took);
    }
    let took: Vec<_> = (0..COMMANDS).map(|_| resume(folder, &listener, &api)).collect();
    print("resume until its first request", &took);
}

fn print(what: &str, took: &[Duration]) {
    println!("{what:<42} {:>8.1}", quantile(took, 500).as_secs_f64() * 1e3);
}

/// In a process of its own, since it holds the whole text.
fn sample(folder: &Path) {
    let mut command = program(folder);
    command.args(["simulator", "--output", "export.csv", "--sample"]).arg(ROWS.to_string());
    assert!(command.status().expect("it runs").success(), "the list is written");
}

/// Both by turns, so that what else the computer does meets both.
fn imports(folder: &Path, list: &Path, api: &str) {
    println!("{:>12} {:>12} {:>12}", "journal s", "sqlite3 s", "ratio");
    let before = memory::of(std::process::id(), "VmRSS");
    let mut ratios = Vec::new();
    for _ in 0..IMPORTS {
        let journal = folder.join("journal.db");
        remove(&journal);
        let ours = import(list, &journal, api).as_secs_f64();
        match shell_import(folder) {
            Some(theirs) => {
                ratios.push(ours / theirs.as_secs_f64());
                let theirs = theirs.as_secs_f64();
                println!("{ours:>12.2} {theirs:>12.2} {:>12.2}", ours / theirs);
            }
            None => println!("{ours:>12.2} {:>12} (there is no `sqlite3` here)", ""),
        }
    }
    ratios.sort_unstable_by(f64::total_cmp);
    if let Some(median) = ratios.get(IMPORTS / 2) {
        println!("{:>12} {:>12} {median:>12.2}  median", "", "");
    }
    let most = memory::of(std::process::id(), "VmHWM");
    if let (Some(before), Some(most)) = (before, most) {
        println!("memory above the start: {} KiB", most - before);
    }
    let bytes = folder.join("journal.db").metadata().expect("there").len();
    println!("the journal has {} MiB", bytes >> 20);
}

fn remove(database: &Path) {
    for ending in ["", "-wal", "-shm", ".lock"] {
        let mut path = database.as_os_str().to_owned();
        path.push(ending);
        // Before the first time there is none.
        drop(std::fs::remove_file(path));
    }
}

/// What `run` does with a list before it asks whether it is meant.
fn import(list: &Path, journal: &Path, api: &str) -> Duration {
    let watch = Stopwatch::start();
    let mut journal = Journal::open_runner(journal, runner()).expect("a journal");
    let file = File::open(list).expect("the list");
    intake::read(file, &Wanted::default(), |record| {
        let Record::Row(row) = record else { panic!("{record:?}") };
        let (id, name, comment, device) = (row.id, row.name, row.comment, row.device);
        let (line, skip, at) = (row.place.number(), None, row.at);
        journal.stage(&NewMachine { id, name, comment, source: 0, line, device, skip, at })?;
        Ok::<_, JournalError>(())
    })
    .expect("a list without a bad row");
    let comment = Comment::parse("Retired in Q4").expect("a comment");
    let staged = journal.staged(Some(&comment)).expect("readable");
    assert_eq!(staged.machines, ROWS);
    let tenant = Tenant { id: TenantOptions::default().tenant_id, realm: Realm::Loopback };
    planning::send_all(&journal, &tenant);
    let new = NewBatch {
        tenant,
        api: api.to_owned(),
        comment: Some(comment),
        sources: vec!["export.csv".to_owned()],
        filters: Vec::new(),
        options: RunOptions::default().to_json(),
        seed: MarkerSeed::from_random(7),
        canary: 0,
        plan_hash: None,
    };
    journal.create_batch(&new, START).expect("a batch");
    watch.elapsed()
}

/// None where there is no such shell.
fn shell_import(folder: &Path) -> Option<Duration> {
    let database = folder.join("shell.db");
    remove(&database);
    let watch = Stopwatch::start();
    let mut child = Command::new("sqlite3")
        .arg(&database)
        .arg(shell_table(&folder.join("export.csv")))
        .arg(".import --csv --skip 1 export.csv devices")
        .current_dir(folder)
        .stdin(Stdio::null())
        .spawn()
        .ok()?;
    assert!(child.wait().expect("ours").success(), "the shell imports");
    let took = watch.elapsed();
    let db = rusqlite::Connection::open(&database).expect("a database");
    let rows: i64 =
        db.query_row("SELECT COUNT(*) FROM devices", [], |row| row.get(0)).expect("a number");
    assert_eq!(rows.cast_unsigned(), ROWS);
    Some(took)
}

/// A table with the list's own columns, the first of which is the key.
fn shell_table(list: &Path) -> String {
    let mut start = [0; 2_048];
    File::open(list).expect("the list").read_exact(&mut start).expect("a long list");
    let start = String::from_utf8_lossy(&start);
    let header = start.lines().next().expect("a header").trim_start_matches('\u{feff}');
    let columns = header.split(',').map(|name| format!("\"{name}\" TEXT"));
    let columns = columns.collect::<Vec<_>>().join(", ");
    format!("CREATE TABLE devices ({columns}, PRIMARY KEY (\"Device ID\"))")
}

fn command(folder: &Path, arguments: &[&str]) -> Duration {
    let watch = Stopwatch::start();
    assert!(program(folder).args(arguments).status().expect("it runs").success());
    watch.elapsed()
}

/// Until the first byte of any request is here; then it is killed, which it survives.
fn resume(folder: &Path, listener: &TcpListener, url: &str) -> Duration {
    let mut command = program(folder);
    command.args(["resume", "--yes", "--progress", "none"]);
    let watch = Stopwatch::start();
    let _child = Running(connected(command, url).spawn().expect("it runs"));
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.read_exact(&mut [0; 1]).expect("a request");
    watch.elapsed()
}
