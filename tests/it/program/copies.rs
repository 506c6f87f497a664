//! `journal copy`, beside a run and with a hand-over, by the real program.

use std::path::Path;
use std::time::Duration;

use mde_offboard::journal::Journal;

use crate::support::desk::Desk;
use crate::support::dice::Dice;
use crate::support::journals::{may_send, until_free};
use crate::support::program::{Said, kill};
use crate::support::waiting::pass;

use super::evidence::{check, times};

const MACHINES: u64 = 60;
/// Kills of `cargo test`.
const KILLS: u64 = 10;
/// Slow enough for other commands beside a run, on a busy computer too.
const LIMITS: &str = "--limit 10/1s";
const RUN: &str = "run fleet.csv --comment Retired --yes --settle 1s --poll-interval 200ms \
                   --progress none";

fn desk() -> Desk {
    Desk::with_fleet(usize::try_from(MACHINES).expect("few"), "--limit 1000/1s")
}

/// A run that was stopped when some of its machines were sent.
fn stopped() -> Desk {
    let desk = desk();
    // Ten at once and then so slowly that a busy computer stops it in time, too.
    let mut run = desk.start_quietly(&format!("{RUN} --limit 10/10s"));
    desk.wait_for_posts(10, &mut run);
    desk.run("stop").ends_with(0);
    run.wait().expect("it ends");
    assert!(desk.posts() < MACHINES, "it was stopped in the middle");
    desk
}

#[test]
fn a_copy_beside_a_run_is_whole_and_the_run_goes_on() {
    let desk = desk();
    let mut run = desk.start(&format!("{RUN} {LIMITS}"));
    desk.wait_for_posts(10, &mut run);
    desk.run("journal copy copy.db").ends_with(0).says("copied to copy.db");
    let refused = desk.run("journal copy other.db --hand-over").ends_with(8);
    refused.says("is in use by process").says("mde-offboard stop");
    assert!(!desk.path("other.db").exists());
    assert!(run.try_wait().expect("ours").is_none(), "the run goes on");
    desk.run("audit verify --journal copy.db").ends_with(0);
    desk.run("status --journal copy.db").ends_with(0);
    // Not used so far: the next one replaces it. What was written meanwhile is in it.
    desk.run("journal copy copy.db").ends_with(0);
    let said = Said::by(run);
    said.ends_with(0);
    assert_eq!(check(&desk, MACHINES, 0).total(), MACHINES);
    // The copy finds out what was done since, and sends nothing again.
    desk.run("resume 1 --yes --journal copy.db").ends_with(0);
    assert_eq!(desk.posts(), MACHINES);
    desk.truth().check_never_twice(0);
}

#[test]
fn a_copy_is_never_put_in_the_place_of_what_matters() {
    let desk = stopped();
    desk.file("notes.txt", "my notes\n");
    desk.run("journal copy notes.txt").ends_with(2).says("--force");
    assert_eq!(desk.text("notes.txt"), "my notes\n");
    for name in ["journal.db", "./journal.db", "journal.db-wal", "journal.db.lock"] {
        desk.run(&format!("journal copy {name} --force")).ends_with(2).says("journal journal.db");
    }
    desk.run("journal copy used.db").ends_with(0);
    assert!(may_send(&desk.path("used.db")));
    for words in ["journal copy used.db --force", "journal copy used.db --hand-over --force"] {
        desk.run(words).ends_with(2).says("a journal, or a copy of one");
    }
    if cfg!(unix) {
        desk.run("journal copy /dev/stdout").ends_with(2).says("hint: ");
    }
    desk.run("journal copy missing/copy.db").ends_with(2).says("hint: ");
    desk.run("journal copy notes.txt --force").ends_with(0);
    desk.run("audit verify --journal notes.txt").ends_with(0);
}

#[test]
fn after_a_hand_over_only_the_copy_sends() {
    let desk = stopped();
    let posts = desk.posts();
    let said = desk.run("journal copy copy.db --hand-over").ends_with(0);
    said.says("resume --journal copy.db");
    for words in [
        "resume 1 --yes",
        "retry 1 --yes --only queued",
        "cancel 1 --yes",
        "track 1",
        "run fleet.csv --comment Retired --yes",
        "journal copy third.db",
        "journal copy third.db --hand-over",
    ] {
        let said = desk.run(words);
        if said.code != Some(0) {
            let said = said.ends_with(8).says("journal.db` was handed over").says("by operator on");
            said.says("only one of the two may send").says("copy.db");
        }
    }
    assert_eq!(desk.posts(), posts, "the original sends nothing");
    assert!(!desk.path("third.db").exists());
    for words in ["status", "report", "batches", "audit verify"] {
        desk.run(words).ends_with(0);
    }
    let said = desk.run("check").ends_with(8).says("FAIL  hand-over");
    said.says("continue with the copy").never_says("FAIL  journal");
    desk.run("resume 1 --yes --journal copy.db").ends_with(0);
    assert_eq!(desk.posts(), MACHINES);
    desk.truth().check_never_twice(0);
    desk.run("audit verify --journal copy.db").ends_with(0);
}

/// Puts a journal at rest, with nothing beside it, in the place of another.
fn put(from: &Path, to: &Path) {
    for ending in ["-wal", "-shm", ".lock", "-journal"] {
        let mut beside = to.as_os_str().to_owned();
        beside.push(ending);
        drop(std::fs::remove_file(beside));
    }
    std::fs::copy(from, to).expect("copied");
}

/// `MDE_OFFBOARD_KILLS` asks for more kills.
#[test]
fn a_hand_over_that_is_killed_anywhere_leaves_exactly_one_that_sends() {
    let desk = stopped();
    let (journal, copy, kept) =
        (desk.fleet_journal(), desk.path("copy.db"), desk.path("kept.sqlite"));
    until_free(&journal);
    std::fs::copy(&journal, &kept).expect("copied");
    let seed = u64::from(std::process::id());
    let mut dice = Dice::new(seed);
    let mut ends = [0; 2];
    for _ in 0..times("MDE_OFFBOARD_KILLS", KILLS) {
        put(&kept, &journal);
        drop(std::fs::remove_file(&copy));
        let mut process = desk.start_quietly("journal copy copy.db --hand-over");
        pass(Duration::from_micros(dice.below(120_000)), &mut process);
        kill(&mut process);
        // The copy first: it must not be let go by a look at it alone.
        let copy_sends = copy.exists() && may_send(&copy);
        let original_sends = may_send(&journal);
        assert!(copy_sends != original_sends, "seed {seed}: {copy_sends} {original_sends}");
        ends[usize::from(copy_sends)] += 1;
        let of_that = if copy_sends { &copy } else { &journal };
        let head = Journal::open_reader(of_that).and_then(|journal| journal.verify_chain());
        assert!(head.is_ok(), "seed {seed}: {head:?}");
        if original_sends {
            desk.run("journal copy copy.db --hand-over").ends_with(0);
            assert!(may_send(&copy) && !may_send(&journal), "seed {seed}");
        }
    }
    assert!(ends.iter().sum::<i32>() > 0, "{ends:?}");
}
