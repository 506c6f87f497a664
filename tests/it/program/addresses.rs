//! One tenant, by several addresses.

use std::time::Duration;

use crate::support::desk::Desk;
use crate::support::dice::Dice;
use crate::support::program::kill;
use crate::support::waiting::pass;

use super::evidence::times;

/// The simulator listens on one address only, which has these two names.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

const LIMITS: &str = "--limit 100/1s --limit 1000/6s";

/// The run, against the simulator by one of its names.
fn run_at(name: &str, desk: &Desk) -> String {
    let url = desk.url().replace(NAMES[0], name);
    format!(
        "run fleet.csv --comment Retired --yes {LIMITS} --settle 1s --poll-interval 300ms \
         --api-url {url}"
    )
}

#[test]
fn a_list_that_is_done_at_one_address_is_not_sent_at_another() {
    let desk = Desk::with_fleet(20, LIMITS);
    for name in NAMES {
        desk.run(&run_at(name, &desk)).ends_with(0);
    }
    // The same machines as another list.
    let list = desk.text("fleet.csv");
    let shorter: Vec<&str> = list.lines().take(15).collect();
    desk.file("fleet.csv", shorter.join("\n"));
    desk.run(&run_at("localhost", &desk)).ends_with(0);
    let truth = desk.truth();
    truth.check_never_twice(0);
    assert_eq!(truth.number("posts"), 20);
}

/// Kills of `cargo test`; `MDE_OFFBOARD_KILLS` asks for more.
const KILLS: u64 = 4;

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Desk, Dice, Duration, KILLS, LIMITS, NAMES, kill, pass, run_at, times};

    #[test]
    fn killed_and_gone_on_with_by_another_address_nothing_is_sent_twice() {
        let kills = times("MDE_OFFBOARD_KILLS", KILLS);
        let machines = kills * 30;
        let seed = times("MDE_OFFBOARD_SEED", u64::from(std::process::id()));
        let options = format!("{LIMITS} --latency 5ms-40ms");
        let desk = Desk::with_seed(usize::try_from(machines).expect("few"), seed, &options);
        let mut dice = Dice::new(seed);
        for life in 0..kills {
            let name = NAMES[usize::try_from(life % 2).expect("0 or 1")];
            let mut child = desk.start_quietly(&run_at(name, &desk));
            let target = desk.posts() + 1 + dice.below(30);
            desk.wait_for_posts(target.min(machines), &mut child);
            pass(Duration::from_millis(dice.below(20)), &mut child);
            kill(&mut child);
        }
        let said = desk.run(&run_at("localhost", &desk));
        // A machine whose request died twice may be left to a person.
        assert!(matches!(said.code, Some(0 | 5)), "seed {seed}: {said}");
        desk.truth().check_never_twice(seed);
        let batches = desk.run("batches --json").json();
        assert_eq!(batches.as_array().map(Vec::len), Some(1), "seed {seed}: {batches}");
    }
}
