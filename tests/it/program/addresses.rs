//! One tenant, by several addresses.

use std::process::Stdio;
use std::time::Duration;

use crate::support::dice::Dice;

use super::evidence::times;
use super::stage::{Stage, finish, pass, wait_until};

/// The simulator listens on one address only, which has these two names.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

const LIMITS: [&str; 4] = ["--limit", "100/1s", "--limit", "1000/6s"];
const RUN: [&str; 5] = ["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"];
const QUICK: [&str; 4] = ["--settle", "1s", "--poll-interval", "300ms"];

#[test]
fn a_list_that_is_done_at_one_address_is_not_sent_at_another() {
    let stage = Stage::new(20, &LIMITS);
    let arguments = [&RUN[..], &LIMITS, &QUICK].concat();
    for name in NAMES {
        let (code, told) = finish(stage.connected_as(name, &arguments));
        assert_eq!(code, 0, "{told}");
    }
    // The same machines as another list.
    let list = std::fs::read_to_string(stage.path("fleet.csv")).expect("the list");
    let shorter: Vec<&str> = list.lines().take(15).collect();
    std::fs::write(stage.path("fleet.csv"), shorter.join("\n")).expect("written");
    let (code, told) = finish(stage.connected_as("localhost", &arguments));
    assert_eq!(code, 0, "{told}");
    let truth = stage.truth();
    truth.check_never_twice(0);
    assert_eq!(truth.number("posts"), 20);
}

/// Kills of `cargo test`; `MDE_OFFBOARD_KILLS` asks for more.
const KILLS: u64 = 4;

#[test]
fn killed_and_gone_on_with_by_another_address_nothing_is_sent_twice() {
    let kills = times("MDE_OFFBOARD_KILLS", KILLS);
    let machines = kills * 30;
    let seed = times("MDE_OFFBOARD_SEED", u64::from(std::process::id()));
    let options = [&LIMITS[..], &["--latency", "5ms-40ms"]].concat();
    let stage = Stage::seeded(u32::try_from(machines).expect("few"), seed, &options);
    let mut dice = Dice::new(seed);
    let arguments = [&RUN[..], &LIMITS, &QUICK].concat();
    for kill in 0..kills {
        let name = NAMES[usize::try_from(kill % 2).expect("0 or 1")];
        let mut command = stage.connected_as(name, &arguments);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let target = (stage.truth().number("posts") + 1 + dice.below(30)).min(machines);
        wait_until("requests go out", || {
            stage.truth().number("posts") >= target || child.try_wait().expect("ours").is_some()
        });
        pass(Duration::from_millis(dice.below(20)), &mut child);
        child.kill().expect("ours to kill");
        child.wait().expect("and dead");
    }
    let (code, told) = finish(stage.connected_as("localhost", &arguments));
    // A machine whose request died twice may be left to a person.
    assert!(matches!(code, 0 | 5), "seed {seed}: {told}");
    stage.truth().check_never_twice(seed);
    let batches = stage.command(&["batches", "--json"]).output().expect("it runs").stdout;
    let batches: serde_json::Value = serde_json::from_slice(&batches).expect("a document");
    assert_eq!(batches.as_array().map(Vec::len), Some(1), "seed {seed}: {batches}");
}
