//! What the program is as a process: its start, its size, and what it takes while it waits.
//!
//! `cargo bench --bench process`, half a minute; the waiting on Linux only. A run waits most of its
//! life: here it has filled its window, and is looked at for 20 seconds.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/folder.rs"]
mod folder;
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
#[path = "support/work.rs"]
mod work;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use program::{Running, connected, program};
use quantile::quantile;
use simulator::simulator;
use stopwatch::Stopwatch;

const STARTS: usize = 200;
const LOOK: Duration = Duration::from_secs(20);

fn main() {
    let folder = folder::temporary();
    let folder = folder.path();
    println!("median of {STARTS} starts, in ms");
    println!("{:<32} {:>8.2}", "true (what any process takes)", start(|| Command::new("true")));
    let help = || {
        let mut command = program(folder);
        command.arg("--help");
        command
    };
    println!("{:<32} {:>8.2}", "mde-offboard --help", start(help));
    let binary = Path::new(env!("CARGO_BIN_EXE_mde-offboard"));
    let bytes = binary.metadata().expect("it was built").len();
    println!("\nsize of the program: {bytes} bytes, {:.1} MB", mega(bytes));
    if Path::new("/proc/self/schedstat").exists() {
        println!("share of a core while waiting: {:.3} %", waiting_share(folder) * 100.0);
    }
}

fn start(command: impl Fn() -> Command) -> f64 {
    let measure = |_| {
        let watch = Stopwatch::start();
        let status = command().status().expect("it runs");
        assert!(status.success());
        watch.elapsed()
    };
    let took: Vec<_> = (0..STARTS).map(measure).collect();
    quantile(&took, 500).as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "a size of three digits")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Of a run that has sent what its window holds.
fn waiting_share(folder: &Path) -> f64 {
    const LIMIT: [&str; 2] = ["--limit", "20/1h"];
    let made =
        program(folder).args(["simulator", "--sample", "100", "--output", "fleet.csv"]).status();
    assert!(made.expect("it runs").success());
    let mut arguments = vec!["--machines", "fleet.csv"];
    arguments.extend(LIMIT);
    let (_simulator, url) = simulator(folder, arguments);
    let mut command = program(folder);
    command.args(["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"]).args(LIMIT);
    let child = Running(connected(command, &url).spawn().expect("it runs"));
    waiting::until("the window is full", Duration::from_mins(1), || {
        let output = program(folder)
            .args(["status", "--json"])
            .stdout(std::process::Stdio::piped())
            .output()
            .expect("it runs");
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        status["waiting"]["reason"] == "window"
    });
    let worked = || work::of(child.0.id()).expect("it runs");
    let before = worked();
    let watch = Stopwatch::start();
    waiting::pass(LOOK);
    (worked() - before) / watch.elapsed().as_secs_f64()
}
