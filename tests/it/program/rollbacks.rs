//! The journal is replaced by an older copy of itself, as a backup or a snapshot of the whole
//! computer would do it, and the run goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::dice::Dice;

use super::evidence::{check, times, to_the_end};
use super::stage::{Stage, finish, pass, wait_until};

/// More than are sent between all rollbacks of a lane.
const MACHINES: u32 = 200;
/// Runs side by side: most of their time they wait.
const LANES: u64 = 4;
/// Rollbacks of `cargo test`, over all lanes.
const ROLLBACKS: u64 = 24;

const LIMITS: [&str; 4] = ["--limit", "100/1s", "--limit", "600/6s"];

fn first() -> Vec<&'static str> {
    let mut run = vec!["run", "fleet.csv", "--comment", "Retired in Q4", "--yes", "--settle", "1s"];
    run.extend(LIMITS);
    run.extend(["--poll-interval", "300ms"]);
    run
}

fn start(stage: &Stage, arguments: &[&str]) -> Child {
    let mut command = stage.connected(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// Every file of the journal but the one of shared memory, which belongs to living processes.
fn files(journal: &Path) -> [PathBuf; 2] {
    let mut log = journal.as_os_str().to_owned();
    log.push("-wal");
    [journal.to_owned(), PathBuf::from(log)]
}

/// A copy, taken while no process has the journal.
fn copy(stage: &Stage, number: u64) -> PathBuf {
    let to = stage.path(&format!("copy-{number}.db"));
    for (from, to) in files(&stage.journal()).into_iter().zip(files(&to)) {
        if from.exists() {
            fs::copy(from, to).expect("copied");
        }
    }
    to
}

fn restore(stage: &Stage, copy: &Path) {
    let mut shared = stage.journal().into_os_string();
    shared.push("-shm");
    drop(fs::remove_file(PathBuf::from(shared)));
    for (from, to) in files(copy).into_iter().zip(files(&stage.journal())) {
        drop(fs::remove_file(&to));
        if from.exists() {
            fs::copy(from, to).expect("restored");
        }
    }
}

/// Kills it, or stops it in order; either way nobody has the journal afterwards.
fn end(stage: &Stage, child: &mut Child, dice: &mut Dice) {
    if dice.once_in(3) {
        let (code, told) = finish(stage.command(&["stop", "1"]));
        assert!(matches!(code, 0 | 5), "{told}");
    } else {
        child.kill().expect("ours to kill");
    }
    child.wait().expect("and gone");
}

fn lane(seed: u64, rollbacks: u64) {
    let mut options = LIMITS.to_vec();
    options.extend(["--latency", "5ms-40ms"]);
    let stage = Stage::seeded(MACHINES, seed, &options);
    let mut dice = Dice::new(seed);
    let mut child = start(&stage, &first());
    let mut copies = Vec::new();
    for number in 0..=rollbacks {
        let target = stage.truth().number("posts") + 1 + dice.below(12);
        wait_until("requests go out", || {
            stage.truth().number("posts") >= target || child.try_wait().expect("ours").is_some()
        });
        // Somewhere between two requests, or in the middle of one.
        pass(Duration::from_millis(dice.below(40)), &mut child);
        end(&stage, &mut child, &mut dice);
        copies.push(copy(&stage, number));
        if number > 0 {
            let older = dice.below(u64::try_from(copies.len() - 1).expect("few"));
            restore(&stage, &copies[usize::try_from(older).expect("few")]);
        }
        child = start(&stage, &["resume", "1", "--yes"]);
    }
    child.wait().expect("ends by itself");
    to_the_end(&stage, &[], seed);
    check(&stage, u64::from(MACHINES), seed);
}

/// `MDE_OFFBOARD_ROLLBACKS` asks for more of them.
#[test]
fn after_older_copies_of_the_journal_nothing_is_sent_twice_and_every_effect_is_recorded() {
    let seed = u64::from(std::process::id());
    let each = times("MDE_OFFBOARD_ROLLBACKS", ROLLBACKS).div_ceil(LANES);
    std::thread::scope(|scope| {
        for lane_number in 0..LANES {
            scope.spawn(move || lane(seed + lane_number, each));
        }
    });
}
