//! A plan of 10,000 machines in a tenant of 100,000, beside clients that only make the list calls.
//!
//! `cargo bench --bench plan`, some 40 seconds; memory on Linux only. All three read the same
//! simulator, a process of its own, page by page: one client throws the bytes away, the other one
//! makes typed rows of them and throws these away. The plan also reads the list and the actions,
//! asks for the machines that the inventory does not hold, judges each row and writes the journal.
//!
//! First with a server that takes no time to answer, on the same processors: all that is left is
//! work. Then with one whose answers begin after 100 ms, as they do over a network.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/bare_lists.rs"]
mod bare_lists;
#[path = "support/bare_token.rs"]
mod bare_token;
#[path = "support/folder.rs"]
mod folder;
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

use bare_lists::Rows;
use program::{Running, connected, program};
use quantile::quantile;
use stopwatch::Stopwatch;

/// Machines of the list, and those of the tenant that it does not name.
const LISTED: usize = 10_000;
const OTHERS: usize = 91_500;

const ROUNDS: usize = 7;

fn main() {
    let folder = folder::temporary();
    let folder = folder.path();
    let mut sample = program(folder);
    sample.args(["simulator", "--output", "ten.csv", "--sample"]).arg(LISTED.to_string());
    assert!(sample.status().expect("it runs").success(), "the list is written");
    let others = OTHERS.to_string();
    for latency in ["0ms", "100ms"] {
        let tenant = ["--machines", "ten.csv", "--others", &others];
        let answers = ["--limit", "10000/1s", "--latency", latency];
        let arguments = tenant.into_iter().chain(answers);
        let (_simulator, url) = simulator::simulator(folder, arguments);
        beside_each_other(folder, &url, latency);
    }
}

/// Measures the three against one server, and prints a table.
fn beside_each_other(folder: &Path, url: &str, latency: &str) {
    let (mut thrown, mut typed, mut plans, mut memories) = (vec![], vec![], vec![], vec![]);
    // By turns, so that what else the computer does meets all of them.
    for round in 0..ROUNDS {
        thrown.push(bare_lists::read_all(url, Rows::Unread));
        typed.push(bare_lists::read_all(url, Rows::Typed));
        let (took, memory) = plan(folder, url, &format!("{latency}-{round}.db"));
        plans.push(took);
        memories.extend(memory);
    }
    let median = |all: &[Duration]| quantile(all, 500).as_secs_f64();
    let plan = median(&plans);
    let title = format!("answers after {latency}: median of {ROUNDS}");
    println!("{title:<44} {:>8} {:>12}", "s", "plan: times");
    for (what, took) in [
        ("the list calls, bytes thrown away", median(&thrown)),
        ("the list calls, typed rows thrown away", median(&typed)),
        ("the whole command `plan`", plan),
    ] {
        println!("{what:<44} {took:>8.2} {:>12.2}", plan / took);
    }
    if let Some(most) = memories.iter().max() {
        println!("most memory of a plan: {most} KiB");
    }
}

/// How long it took, and the most memory that it had.
fn plan(folder: &Path, url: &str, journal: &str) -> (Duration, Option<u64>) {
    let mut command = program(folder);
    command.args(["plan", "ten.csv", "--comment", "Retired", "--limit", "10000/1s"]);
    let mut command = connected(command, url);
    command.arg("--journal").arg(journal);
    let watch = Stopwatch::start();
    let mut running = Running(command.spawn().expect("it starts"));
    let (mut most, mut ended) = (None, None);
    waiting::until("the plan ends", Duration::from_mins(5), || {
        most = memory::of(running.0.id(), "VmHWM").or(most);
        ended = running.0.try_wait().expect("it can be asked");
        ended.is_some()
    });
    let took = watch.elapsed();
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    (took, most)
}
