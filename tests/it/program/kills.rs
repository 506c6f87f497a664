//! `kill -9` of the real program, again and again.

use std::process::Child;
use std::time::Duration;

use mde_offboard::domain::State;

use crate::support::desk::Desk;
use crate::support::dice::Dice;
use crate::support::program::kill;
use crate::support::waiting::{pass, wait_until};

use super::evidence::{check, check_intents, times, to_the_end};

const MACHINES: u64 = 700;
const KILLS: u64 = 6;
const RUN: &str = "run fleet.csv --comment Retired --yes";
const LIMITS: &str = "--limit 100/1s --limit 400/6s";

/// Kills of `cargo test` where all that can go wrong goes wrong.
const HOSTILE_KILLS: u64 = 20;
/// Machines a kill: about as many as are sent in one life.
const MACHINES_A_KILL: u64 = 25;
/// Longest life: long enough to send, short enough to be killed at the start too.
const LIFE: Duration = Duration::from_millis(700);
/// No answer is waited for longer, and no effect comes later than 800 ms after its request, so the
/// settle time of 2 seconds is ample.
const HOSTILE: &str = "--timeout 1s --settle 2s --poll-interval 300ms";

fn has_batch(desk: &Desk) -> bool {
    desk.fleet_journal().exists() && desk.run("status").code == Some(0)
}

/// `run` until there is a batch, `resume` from then on.
fn start_hostile(desk: &Desk) -> Child {
    let words = if has_batch(desk) { "resume 1 --yes" } else { RUN };
    desk.start_quietly(&format!("{words} {HOSTILE} {LIMITS}"))
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{
        Desk, Dice, Duration, HOSTILE, HOSTILE_KILLS, KILLS, LIFE, LIMITS, MACHINES,
        MACHINES_A_KILL, RUN, State, check, check_intents, has_batch, kill, pass, start_hostile,
        times, to_the_end, wait_until,
    };

    #[test]
    fn killed_and_resumed_the_run_comes_to_the_same_end_and_the_same_counts() {
        let machines = usize::try_from(MACHINES).expect("few");
        let desk = Desk::with_fleet(machines, &format!("{LIMITS} --latency 20ms"));
        let seed = std::process::id();
        let mut dice = Dice::new(u64::from(seed));
        for life in 0..KILLS {
            let first = format!("{RUN} {LIMITS} --settle 1s --poll-interval 300ms");
            let mut child = desk.start_quietly(if life == 0 { &first } else { "resume 1" });
            // Doubts of the life before are settled, and what they released is answered: a machine
            // that dies twice under the same request is left to a person, which is another test.
            wait_until("doubts are settled", || {
                life == 0 || desk.status()["counts"]["uncertain"] == 0
            });
            let target = desk.posts() + 40 + dice.below(60);
            desk.wait_for_posts(target.min(MACHINES), &mut child);
            kill(&mut child);
        }
        desk.run("resume 1").ends_with(0);
        let truth = desk.truth();
        assert_eq!(truth.number("effects_total"), MACHINES, "seed {seed}");
        assert_eq!(truth.number("max_effects_per_machine"), 1, "seed {seed}");
        truth.check_windows();
        truth.check_none_refused();
        let status = desk.status();
        assert_eq!(status["counts"]["succeeded"], MACHINES, "seed {seed}: {status}");
        assert_eq!(status["total"], MACHINES);
    }

    /// `MDE_OFFBOARD_KILLS` asks for more kills, with as many more machines.
    #[test]
    fn killed_at_any_instant_under_all_faults_nothing_is_sent_twice_and_every_effect_is_recorded() {
        let kills = times("MDE_OFFBOARD_KILLS", HOSTILE_KILLS);
        let machines = kills * MACHINES_A_KILL;
        let seed = times("MDE_OFFBOARD_SEED", u64::from(std::process::id()));
        let options = format!("--faults hostile --latency 5ms-40ms {LIMITS}");
        let desk = Desk::with_seed(usize::try_from(machines).expect("few"), seed, &options);
        let mut dice = Dice::new(seed);
        // The first process lives until there is a batch: its plan alone takes longer than the
        // others live.
        let mut first = start_hostile(&desk);
        wait_until("there is a batch", || has_batch(&desk));
        kill(&mut first);
        let life = u64::try_from(LIFE.as_millis()).expect("short");
        for _ in 0..kills {
            let mut child = start_hostile(&desk);
            pass(Duration::from_millis(dice.below(life)), &mut child);
            kill(&mut child);
        }
        let said = to_the_end(&desk, HOSTILE, seed);
        let counts = check(&desk, machines, seed);
        check_intents(&desk, seed);
        let expected = match (counts.of(State::Held), counts.unsuccessful()) {
            (0, 0) => 0,
            (0, _) => 4,
            _ => 5,
        };
        assert_eq!(said.code, Some(expected), "seed {seed}: {said}");
        let truth = desk.truth();
        truth.check_windows();
        // One request in eight is kept from the simulator, and made again: the faults were there.
        assert!(truth.number("posts") > machines + machines / 12, "seed {seed}: {said}");
    }
}
