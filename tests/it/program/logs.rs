//! `kill -9` of the real program while one journal has several names, loses its log, or is copied
//! without it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use crate::support::desk::Desk;
use crate::support::dice::Dice;
use crate::support::program::{Said, kill};
use crate::support::waiting::{pass, wait_until};

use super::evidence::{check, times, to_the_end};

/// Kills of `cargo test`, each kind of trouble.
const KILLS: u64 = 4;
/// Machines a kill: more than are sent in one life.
const MACHINES_A_KILL: u64 = 25;
const LIMITS: &str = "--limit 100/1s --limit 600/6s";

/// A batch whose runner dies again and again.
struct Lane {
    desk: Desk,
    dice: Dice,
    seed: u64,
    /// The journal's name in its folder, by which the next life finds it.
    name: String,
}

/// Done to the files while the program runs; whether it has ended by itself.
type During = fn(&mut Lane, &mut Child) -> bool;
/// Done to the files while nobody runs.
type After = fn(&mut Lane, u64);

impl Lane {
    fn file(&self, ending: &str) -> PathBuf {
        self.desk.path(&format!("{}{ending}", self.name))
    }

    fn start(&self, words: &str) -> Child {
        self.desk.start(&format!("{words} --journal {} --progress none", self.name))
    }

    /// `resume` by another name of the journal, to its end.
    fn resume_by(&self, name: &str) -> Said {
        self.desk.run(&format!("resume 1 --yes --journal {name}"))
    }
}

/// Runs, is killed and goes on, and comes to the end that it should: nothing twice, nothing lost.
/// `MDE_OFFBOARD_KILLS` asks for more kills.
fn run(offset: u64, during: During, after: After) -> Lane {
    let kills = times("MDE_OFFBOARD_KILLS", KILLS);
    let machines = kills * MACHINES_A_KILL;
    let seed = times("MDE_OFFBOARD_SEED", u64::from(std::process::id()) + offset);
    let options = format!("{LIMITS} --latency 5ms-40ms");
    let desk = Desk::with_seed(usize::try_from(machines).expect("few"), seed, &options);
    let name = "journal.db".to_owned();
    let mut lane = Lane { desk, dice: Dice::new(seed), seed, name };
    let first = "run fleet.csv --comment Retired --yes --settle 1s --poll-interval 300ms";
    let mut child = lane.start(&format!("{first} {LIMITS}"));
    for life in 0..kills {
        let target = lane.desk.posts() + 1 + lane.dice.below(12);
        lane.desk.wait_for_posts(target.min(machines), &mut child);
        // Somewhere between two requests, or in the middle of one.
        pass(Duration::from_millis(lane.dice.below(40)), &mut child);
        if !during(&mut lane, &mut child) {
            kill(&mut child);
        }
        after(&mut lane, life);
        child = lane.start("resume 1 --yes");
    }
    let said = Said::by(child);
    assert!(matches!(said.code, Some(0 | 5)), "seed {seed}: {said}");
    let (last, home) =
        (lane.file("").canonicalize().expect("it is there"), lane.desk.fleet_journal());
    if last != home.canonicalize().unwrap_or_default() {
        fs::rename(last, home).expect("moved");
    }
    to_the_end(&lane.desk, "", seed);
    let counts = check(&lane.desk, machines, seed);
    assert_eq!(counts.unsuccessful(), 0, "seed {seed}: {counts:?}");
    lane
}

fn goes_on(_: &mut Lane, _: &mut Child) -> bool {
    false
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{After, Duration, During, fs, goes_on, kill, pass, run, symlink, wait_until};

    #[test]
    fn by_turns_through_links_and_directly_nothing_is_sent_twice() {
        const NAMES: [&str; 4] = ["journal.db", "link.db", "folder/journal.db", "folder/link.db"];
        let second_runner: During = |lane, child| {
            let linked = lane.desk.path("link.db").exists();
            let other = NAMES.into_iter().find(|name| *name != lane.name && linked);
            if let Some(other) = other {
                let said = lane.resume_by(other);
                // Unless the runner has ended meanwhile, or has done all and is about to.
                if said.code == Some(0) {
                    let all_is_sent = ["nothing is left to send", "Every action succeeded."];
                    let text = said.to_string();
                    assert!(all_is_sent.iter().any(|words| text.contains(words)), "{text}");
                } else if child.try_wait().expect("ours").is_none() {
                    said.ends_with(8).says("is in use by process");
                }
            }
            false
        };
        let other_name: After = |lane, life| {
            if life == 0 {
                symlink("journal.db", lane.desk.path("link.db")).expect("a link");
                symlink(".", lane.desk.path("folder")).expect("a link");
            }
            lane.name = NAMES[usize::try_from(lane.dice.below(4)).expect("few")].to_owned();
        };
        let lane = run(1_000, second_runner, other_name);
        lane.desk.truth().check_windows();
    }

    #[test]
    fn a_second_name_is_refused_and_nothing_is_sent_twice_whichever_of_both_is_taken_away() {
        let second_name: After = |lane, life| {
            let other = format!("other-{life}.db");
            fs::hard_link(lane.file(""), lane.desk.path(&other)).expect("a second name");
            for name in [lane.name.clone(), other.clone()] {
                lane.resume_by(&name).ends_with(8).says("has 2 names");
            }
            if lane.dice.once_in(2) {
                // The log stays beside the name that is no more.
                fs::remove_file(lane.file("")).expect("removed");
                lane.name = other;
            } else {
                fs::remove_file(lane.desk.path(&other)).expect("removed");
            }
        };
        run(2_000, goes_on, second_name);
    }

    #[test]
    fn a_log_that_is_deleted_after_a_kill_costs_a_wait_and_nothing_is_sent_twice() {
        let delete: After = |lane, _| {
            fs::remove_file(lane.file("-wal")).expect("there is a log");
            if lane.dice.once_in(2) {
                fs::remove_file(lane.file("-shm")).expect("and shared memory");
            }
            // Those who only look are told that it is not all.
            let status = lane.desk.run(&format!("status --journal {}", lane.name));
            status.ends_with(0).says("-wal is missing");
            assert!(!lane.file("-wal").exists(), "a look makes no log");
        };
        run(3_000, goes_on, delete);
    }

    #[test]
    fn a_log_that_is_deleted_under_a_run_ends_it_and_nothing_is_lost_or_sent_twice() {
        let delete: During = |lane, child| {
            let ending = if lane.dice.once_in(4) { "-shm" } else { "-wal" };
            fs::remove_file(lane.file(ending)).expect("it is there");
            if lane.dice.once_in(3) {
                // Killed before it could notice, or while it saves what it knows.
                pass(Duration::from_millis(lane.dice.below(30)), child);
                return false;
            }
            wait_until("it ends by itself", || child.try_wait().expect("ours").is_some());
            let code = child.wait().expect("ended").code();
            assert_eq!(code, Some(8), "seed {}", lane.seed);
            let mut told = String::new();
            let stderr = child.stderr.as_mut().expect("piped");
            std::io::Read::read_to_string(stderr, &mut told).expect("text");
            assert!(told.contains("was moved or deleted while it was in use"), "{told}");
            assert!(told.contains("all that is known is in"), "{told}");
            true
        };
        run(4_000, delete, |_, _| {});
    }

    #[test]
    fn a_copy_of_the_file_alone_goes_on_and_nothing_is_sent_twice() {
        let copy: During = |lane, child| {
            let number = lane.dice.below(1 << 40);
            let copy = format!("copy-{number}.db");
            fs::copy(lane.file(""), lane.desk.path(&copy)).expect("a copy");
            // The original goes on for a while before it is killed.
            pass(Duration::from_millis(lane.dice.below(150)), child);
            kill(child);
            lane.name = copy;
            true
        };
        run(5_000, copy, |_, _| {});
    }
}
