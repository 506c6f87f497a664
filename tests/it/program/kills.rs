//! `kill -9` of the real program, again and again.

use std::process::{Child, Stdio};

use crate::support::dice::Dice;

use super::stage::{Stage, finish, wait_until};

const MACHINES: u64 = 700;
const KILLS: u64 = 6;
const FIRST: [&str; 13] = [
    "run",
    "fleet.csv",
    "--comment",
    "Retired in Q4",
    "--yes",
    "--settle",
    "1s",
    "--poll-interval",
    "300ms",
    "--limit",
    "100/1s",
    "--limit",
    "400/6s",
];

fn stage(latency: &str) -> Stage {
    let limits = ["--limit", "100/1s", "--limit", "400/6s", "--latency", latency];
    Stage::new(u32::try_from(MACHINES).expect("few"), &limits)
}

/// Starts the program for its `kill`th death.
fn start(stage: &Stage, kill: u64) -> Child {
    let arguments: &[&str] = if kill == 0 { &FIRST } else { &["resume", "1"] };
    let mut command = stage.connected(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

fn kill_after(stage: &Stage, child: &mut Child, posts: u64) {
    let target = (stage.truth().number("posts") + posts).min(MACHINES);
    wait_until("requests go out", || {
        stage.truth().number("posts") >= target || child.try_wait().expect("ours").is_some()
    });
    child.kill().expect("ours to kill");
    child.wait().expect("and dead");
}

#[test]
fn killed_and_resumed_the_run_comes_to_the_same_end_and_the_same_counts() {
    let stage = stage("20ms");
    let seed = std::process::id();
    let mut dice = Dice::new(u64::from(seed));
    for kill in 0..KILLS {
        let mut child = start(&stage, kill);
        // Doubts of the life before are settled, and what they released is answered: a machine
        // that dies twice under the same request is left to a person, which is another test.
        wait_until("doubts are settled", || {
            kill == 0 || stage.status()["counts"]["uncertain"] == 0
        });
        kill_after(&stage, &mut child, 40 + dice.below(60));
    }
    let (code, told) = finish(stage.connected(&["resume", "1"]));
    assert_eq!(code, 0, "seed {seed}: {told}");
    let truth = stage.truth();
    assert_eq!(truth.number("effects_total"), MACHINES, "seed {seed}");
    assert_eq!(truth.number("max_effects_per_machine"), 1, "seed {seed}");
    truth.check_windows();
    let status = stage.status();
    assert_eq!(status["counts"]["succeeded"], MACHINES, "seed {seed}: {status}");
    assert_eq!(status["total"], MACHINES);
}

#[test]
fn killed_at_any_instant_nothing_is_sent_twice_and_every_effect_is_recorded() {
    let stage = stage("5ms-40ms");
    let seed = std::process::id();
    let mut dice = Dice::new(u64::from(seed) + 1);
    for kill in 0..2 * KILLS {
        let mut child = start(&stage, kill);
        kill_after(&stage, &mut child, 1 + dice.below(MACHINES / KILLS / 2));
    }
    let (code, told) = finish(stage.connected(&["resume", "1"]));
    let truth = stage.truth();
    let counts = &stage.status()["counts"];
    let count = |state: &str| counts[state].as_u64().expect("a number");
    assert_eq!(truth.number("max_effects_per_machine"), 1, "seed {seed}");
    assert_eq!(truth.number("effects_total"), count("succeeded"), "seed {seed}: {counts}");
    assert_eq!(count("succeeded") + count("held"), MACHINES, "seed {seed}: {counts}");
    let expected = if count("held") > 0 { 5 } else { 0 };
    assert_eq!(code, expected, "seed {seed}: {told}");
    truth.check_windows();
}
