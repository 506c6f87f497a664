//! How fast the program is where no window holds it up, beside a bare client, and how its memory
//! depends on the number of machines.
//!
//! `cargo bench --bench throughput`, four minutes; memory on Linux only. The program's
//! simulator serves in a process of its own, on loopback. `run` sends 20,000 machines with
//! `--limit 1000000/1s`, each intent on disk first; its rate is that from the first to the last
//! POST, by its journal. The bare client is a loop of reqwest on one thread that makes the same
//! requests over as many connections and forgets the answers; its simulator is a fresh one too. The
//! files lie below `target/`; `-- /dev/shm` puts them in memory: what is left then is not the disk.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/bare.rs"]
mod bare;
#[path = "support/bare_token.rs"]
mod bare_token;
#[path = "support/folder.rs"]
mod folder;
#[path = "support/machines.rs"]
mod machines;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;
#[path = "support/quantile.rs"]
mod quantile;
#[path = "support/simulator.rs"]
mod simulator;
#[path = "support/stopwatch.rs"]
mod stopwatch;
#[path = "support/waiting.rs"]
mod waiting;

use std::path::Path;
use std::time::Duration;

use mde_offboard::domain::{BatchId, MachineId};
use mde_offboard::journal::Journal;
use tempfile::TempDir;

use machines::ordinary;
use program::{Running, connected, program};
use quantile::quantile;
use simulator::simulator;

const MACHINES: usize = 20_000;
const REPETITIONS: usize = 5;
const LIMIT: [&str; 2] = ["--limit", "1000000/1s"];

/// Sent, and not followed any further: nothing failed, all is pending.
const EXIT_SENT: i32 = 9;

/// Longest that a run may take.
const PATIENCE: Duration = Duration::from_mins(10);

fn main() {
    for concurrency in [8, 64] {
        beside_a_bare_client(concurrency);
    }
    println!("\n{:>8} {:>12} {:>12}  `run --concurrency 64`", "machines", "run /s", "most KiB");
    for machines in [1_000, 20_000, 100_000, 300_000] {
        let run = run(machines, 64);
        let memory = run.memory_kib.map_or("unknown".to_owned(), |kib| kib.to_string());
        println!("{machines:>8} {:>12.0} {memory:>12}", rate(machines, run.sending));
    }
}

/// Both by turns, so that what else the computer does meets both.
fn beside_a_bare_client(concurrency: usize) {
    println!("\n{MACHINES} machines, {concurrency} at a time, {REPETITIONS} times");
    println!("{:>12} {:>12} {:>12} {:>12}", "run /s", "commits /s", "bare /s", "run : bare");
    let mut ratios = Vec::new();
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..REPETITIONS {
        let run = run(MACHINES, concurrency);
        let bare = bare(concurrency);
        let ratio = bare.as_secs_f64() / run.sending.as_secs_f64();
        let commits = rate(run.commits, run.sending);
        println!(
            "{:>12.0} {commits:>12.0} {:>12.0} {ratio:>12.2}",
            rate(MACHINES, run.sending),
            rate(MACHINES, bare)
        );
        ratios.push(ratio);
        took[0].push(run.sending);
        took[1].push(bare);
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let [run, bare] = took.map(|took| rate(MACHINES, quantile(&took, 500)));
    println!("{run:>12.0} {:>12} {bare:>12.0} {:>12.2}  median", "", ratios[REPETITIONS / 2]);
}

fn rate(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).expect("few")) / took.as_secs_f64()
}

/// What a run came to.
struct Run {
    /// From the first POST to the last.
    sending: Duration,
    /// Commits that held an intent.
    commits: usize,
    memory_kib: Option<u64>,
}

fn run(machines: usize, concurrency: usize) -> Run {
    let folder = folder_with(&ordinary(machines));
    let (_simulator, url) = serve(folder.path());
    let mut command = program(folder.path());
    command
        .args(["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"])
        .args(LIMIT)
        .args(["--concurrency", &concurrency.to_string()])
        // The list is all that the tenant has.
        .args(["--track-timeout", "0", "--progress", "none", "--max-share", "100%"]);
    let mut child = Running(connected(command, &url).spawn().expect("it runs"));
    let (process, mut memory_kib) = (child.0.id(), None);
    let mut ended = None;
    waiting::until("the run has ended", PATIENCE, || {
        memory_kib = memory::of(process, "VmHWM").or(memory_kib);
        ended = child.0.try_wait().expect("ours");
        ended.is_some()
    });
    let code = ended.and_then(|status| status.code());
    assert_eq!(code, Some(EXIT_SENT), "everything is sent");
    let path = folder.path().join("journal.db");
    let journal = Journal::open_reader(&path).expect("a journal");
    let batch = journal.batch(BatchId(1)).expect("readable").expect("there");
    let (first, last) = (batch.first_sent_at, batch.last_sent_at);
    let sending = last.expect("sent").since(first.expect("sent"));
    Run { sending, commits: commits(&path), memory_kib }
}

/// The intents of one commit have one time.
fn commits(journal: &Path) -> usize {
    let sql = "SELECT COUNT(DISTINCT at) FROM facts WHERE kind = 'sending'";
    let db = rusqlite::Connection::open(journal).expect("a journal");
    let commits: i64 = db.query_row(sql, [], |row| row.get(0)).expect("a number");
    usize::try_from(commits).expect("few")
}

fn bare(concurrency: usize) -> Duration {
    let machines = ordinary(MACHINES);
    let folder = folder_with(&machines);
    let (_simulator, url) = serve(folder.path());
    bare::post_all(&url, &machines, concurrency)
}

fn serve(folder: &Path) -> (Running, String) {
    let mut arguments = vec!["--machines", "fleet.csv", "--others", "0"];
    arguments.extend(LIMIT);
    simulator(folder, arguments)
}

fn folder_with(machines: &[MachineId]) -> TempDir {
    let folder = folder::temporary();
    let rows = machines.iter().enumerate().map(|(number, id)| format!("{id},pc-{number:06}"));
    let lines: Vec<String> =
        std::iter::once("Device ID,Device Name".to_owned()).chain(rows).collect();
    std::fs::write(folder.path().join("fleet.csv"), lines.join("\r\n")).expect("a list");
    folder
}
