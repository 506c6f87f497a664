//! `kill -9` of the real program, again and again.

use std::process::{Child, Stdio};
use std::time::Duration;

use mde_offboard::domain::State;

use crate::support::dice::Dice;

use super::evidence::{check, check_intents, times, to_the_end};
use super::stage::{Stage, finish, pass, wait_until};

const MACHINES: u64 = 700;
const KILLS: u64 = 6;
const FIRST: [&str; 9] = [
    "run",
    "fleet.csv",
    "--comment",
    "Retired in Q4",
    "--yes",
    "--settle",
    "1s",
    "--poll-interval",
    "300ms",
];
const LIMITS: [&str; 4] = ["--limit", "100/1s", "--limit", "400/6s"];

fn stage(latency: &str) -> Stage {
    let options = [&LIMITS[..], &["--latency", latency]].concat();
    Stage::new(u32::try_from(MACHINES).expect("few"), &options)
}

/// Starts the program for its `kill`th death.
fn start(stage: &Stage, kill: u64) -> Child {
    let arguments = if kill == 0 { [&FIRST[..], &LIMITS].concat() } else { vec!["resume", "1"] };
    let mut command = stage.connected(&arguments);
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
    truth.check_none_refused();
    let status = stage.status();
    assert_eq!(status["counts"]["succeeded"], MACHINES, "seed {seed}: {status}");
    assert_eq!(status["total"], MACHINES);
}

/// Kills of `cargo test` where all that can go wrong goes wrong.
const HOSTILE_KILLS: u64 = 20;
/// Machines a kill: about as many as are sent in one life.
const MACHINES_A_KILL: u64 = 25;
/// Longest life: long enough to send, short enough to be killed at the start too.
const LIFE: Duration = Duration::from_millis(700);
/// No answer is waited for longer, and no effect comes later than 800 ms after its request, so the
/// settle time of 2 seconds is ample.
const HOSTILE: [&str; 6] = ["--timeout", "1s", "--settle", "2s", "--poll-interval", "300ms"];

/// `run` until there is a batch, `resume` from then on.
fn start_hostile(stage: &Stage) -> Child {
    let begun = stage.journal().exists() && stage.has_batch();
    let first = ["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"];
    let mut arguments = if begun { vec!["resume", "1", "--yes"] } else { first.to_vec() };
    arguments.extend(HOSTILE);
    arguments.extend(LIMITS);
    let mut command = stage.connected(&arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// `MDE_OFFBOARD_KILLS` asks for more kills, with as many more machines.
#[test]
fn killed_at_any_instant_under_all_faults_nothing_is_sent_twice_and_every_effect_is_recorded() {
    let kills = times("MDE_OFFBOARD_KILLS", HOSTILE_KILLS);
    let machines = kills * MACHINES_A_KILL;
    let seed = times("MDE_OFFBOARD_SEED", u64::from(std::process::id()));
    let options = ["--faults", "hostile", "--latency", "5ms-40ms"];
    let count = u32::try_from(machines).expect("few");
    let stage = Stage::seeded(count, seed, &[&options[..], &LIMITS].concat());
    let mut dice = Dice::new(seed);
    let life = u64::try_from(LIFE.as_millis()).expect("short");
    for _ in 0..kills {
        let mut child = start_hostile(&stage);
        pass(Duration::from_millis(dice.below(life)), &mut child);
        child.kill().expect("ours to kill");
        child.wait().expect("and dead");
    }
    let (code, told) = to_the_end(&stage, &HOSTILE, seed);
    let counts = check(&stage, machines, seed);
    check_intents(&stage, seed);
    let expected = match (counts.of(State::Held), counts.unsuccessful()) {
        (0, 0) => 0,
        (0, _) => 4,
        _ => 5,
    };
    assert_eq!(code, expected, "seed {seed}: {told}");
    let truth = stage.truth();
    truth.check_windows();
    // One request in eight is kept from the simulator, and made again: the faults were there.
    assert!(truth.number("posts") > machines + machines / 12, "seed {seed}: {told}");
}
