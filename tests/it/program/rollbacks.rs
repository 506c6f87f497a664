//! The journal is replaced by an older copy of itself, as a backup or a snapshot of the whole
//! computer would do it, and the run goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use crate::support::desk::Desk;
use crate::support::dice::Dice;
use crate::support::program::kill;
use crate::support::waiting::pass;

use super::evidence::{check, times, to_the_end};

/// More than are sent between all rollbacks of a lane.
const MACHINES: usize = 200;
/// Runs side by side: most of their time they wait.
const LANES: u64 = 4;
/// Rollbacks of `cargo test`, over all lanes.
const ROLLBACKS: u64 = 24;

const RUN: &str = "run fleet.csv --comment Retired --yes --settle 1s --limit 100/1s \
                   --limit 600/6s --poll-interval 300ms";

/// Every file of the journal but the one of shared memory, which belongs to living processes.
fn files(journal: &Path) -> [PathBuf; 2] {
    let mut log = journal.as_os_str().to_owned();
    log.push("-wal");
    [journal.to_owned(), PathBuf::from(log)]
}

/// A copy, taken while no process has the journal.
fn copy(desk: &Desk, number: u64) -> PathBuf {
    let to = desk.path(&format!("copy-{number}.db"));
    for (from, to) in files(&desk.fleet_journal()).into_iter().zip(files(&to)) {
        if from.exists() {
            fs::copy(from, to).expect("copied");
        }
    }
    to
}

fn restore(desk: &Desk, copy: &Path) {
    let mut shared = desk.fleet_journal().into_os_string();
    shared.push("-shm");
    drop(fs::remove_file(PathBuf::from(shared)));
    for (from, to) in files(copy).into_iter().zip(files(&desk.fleet_journal())) {
        drop(fs::remove_file(&to));
        if from.exists() {
            fs::copy(from, to).expect("restored");
        }
    }
}

/// Kills it, or stops it in order; either way nobody has the journal afterwards.
fn end(desk: &Desk, child: &mut Child, dice: &mut Dice) {
    if dice.once_in(3) {
        let said = desk.run("stop 1");
        assert!(matches!(said.code, Some(0 | 5)), "{said}");
        child.wait().expect("and gone");
    } else {
        kill(child);
    }
}

fn lane(seed: u64, rollbacks: u64) {
    let options = "--limit 100/1s --limit 600/6s --latency 5ms-40ms";
    let desk = Desk::with_seed(MACHINES, seed, options);
    let mut dice = Dice::new(seed);
    let mut child = desk.start_quietly(RUN);
    let mut copies = Vec::new();
    for number in 0..=rollbacks {
        desk.wait_for_posts(desk.posts() + 1 + dice.below(12), &mut child);
        // Somewhere between two requests, or in the middle of one.
        pass(Duration::from_millis(dice.below(40)), &mut child);
        end(&desk, &mut child, &mut dice);
        copies.push(copy(&desk, number));
        if number > 0 {
            let older = dice.below(u64::try_from(copies.len() - 1).expect("few"));
            restore(&desk, &copies[usize::try_from(older).expect("few")]);
        }
        child = desk.start_quietly("resume 1 --yes");
    }
    child.wait().expect("ends by itself");
    to_the_end(&desk, "", seed);
    check(&desk, u64::try_from(MACHINES).expect("few"), seed);
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{LANES, ROLLBACKS, lane, times};

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
}
