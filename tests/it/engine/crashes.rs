//! Whatever dies whenever: every machine has one action at the server, and one recorded outcome.

use std::time::Duration;

use mde_offboard::simulator::{Fault, Route, Rule, When, Which};

use crate::support::simulation::{Plan, Simulation};

/// Connections are refused, requests and answers are lost, and the process dies.
fn rough(machines: u32, seed: u64, unanswered: f64) -> Plan {
    let (route, which) = (Route::Offboard, Which::Share(unanswered));
    let rules = vec![Rule { route, which, fault: Fault::Silence(When::After) }];
    Plan { refused: 9, lost: 11, crash: 40, rules, ..Plan::calm(machines, seed) }
}

#[test]
fn without_faults_every_machine_is_sent_once() {
    let tally = Simulation::new(Plan::calm(100, 1)).check();
    assert_eq!((tally.held, tally.crashes), (0, 0));
    assert_eq!((tally.actions, tally.posts), (100, 100), "and no request is wasted");
}

/// Crashes at each step of a run of this many machines.
fn crash_at_each_step(machines: u32) {
    let whole = Simulation::new(Plan::calm(machines, 3)).check();
    for step in 1..=whole.steps {
        let mut simulation = Simulation::new(Plan::calm(machines, 3));
        simulation.crash_at = Some(step);
        let tally = simulation.check();
        assert_eq!(tally.held, 0, "one crash, at step {step}, leaves no machine to a person");
        assert_eq!(tally.actions, u64::from(machines), "step {step}");
        assert_eq!(tally.crashes, 1, "step {step} was reached");
    }
}

#[test]
fn of_three_machines_a_crash_at_any_one_step_loses_none() {
    crash_at_each_step(3);
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Duration, Plan, Simulation, crash_at_each_step, rough};

    #[test]
    fn a_crash_at_any_one_step_sends_nothing_twice_and_loses_nothing() {
        crash_at_each_step(14);
    }

    #[test]
    fn crashes_refused_connections_and_lost_answers_send_nothing_twice_and_lose_nothing() {
        for seed in 0..200 {
            let tally = Simulation::new(rough(30, seed, 0.14)).check();
            assert_eq!(tally.actions + tally.held, 30, "seed {seed}");
        }
    }

    #[test]
    fn actions_that_are_listed_late_are_still_found_within_the_settle_time() {
        for seed in 0..60 {
            let plan = Plan { lag: Duration::from_mins(4), ..rough(30, seed, 0.25) };
            let tally = Simulation::new(plan).check();
            assert_eq!(tally.actions + tally.held, 30, "seed {seed}");
        }
    }
}
