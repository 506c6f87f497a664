//! Whatever dies whenever: every machine has one action at the server, and one recorded outcome.

use std::ops::ControlFlow;
use std::time::Duration;

use mde_offboard::domain::{BatchId, LimitGroup, State, Window};
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::{Filter, Machine};
use mde_offboard::simulator::TenantOptions;

use crate::support::simulation::{Faults, Simulation};
use crate::support::world::{World, batch_of, machine_id};

/// Small windows, so that a few dozen machines fill them several times.
fn simulation(machines: u32, faults: Faults, seed: u64) -> Simulation {
    let limits = ["10/1m", "60/15m"].map(|limit| Window::parse(limit).expect("a limit"));
    let options = RunOptions {
        limits: limits.to_vec(),
        concurrency: 4,
        // A run that gives up is told by other tests; here each one comes to its end.
        offline_timeout: Some(Duration::from_hours(24 * 30)),
        ..RunOptions::default()
    };
    let tenant = TenantOptions { seed, limits: limits.to_vec(), ..TenantOptions::default() };
    let batch = batch_of(machines, &options);
    Simulation::new(batch, World::new(tenant, machines), options, faults, seed)
}

/// Runs to the end; then: at most one action a machine at the server, each recorded, no window too
/// full, the journal sound. Says how many machines are held.
fn check(simulation: &mut Simulation, machines: u32, story: &str) -> u64 {
    simulation.run();
    let effects = simulation.world.tenant.effects();
    for index in 0..machines {
        let count = effects.get(&machine_id(index)).copied().unwrap_or(0);
        assert!(count <= 1, "{story}: machine {index} has {count} actions");
    }
    for (window, most) in simulation.world.tenant.fullest(LimitGroup::Posts) {
        assert!(most <= window.limit(), "{story}: {most} calls in {window}");
    }
    let journal = &simulation.journal;
    let counts = journal.counts(BatchId(1)).expect("counts");
    let (done, held) = (counts.of(State::Succeeded), counts.of(State::Held));
    assert_eq!(done + held, u64::from(machines), "{story}: {counts:?}");
    let taken: u64 = effects.values().map(|count| u64::from(*count)).sum();
    assert_eq!(done, taken, "{story}: what took effect is what is recorded");
    journal.verify_rows(BatchId(1)).expect("the fold of the facts is the rows");
    journal.verify_chain().expect("the chain is whole");
    let visit = |machine: Machine| {
        let named = machine.standing.action.is_some() || machine.standing.state == State::Held;
        assert!(named, "{story}: an outcome names its action");
        ControlFlow::Continue(())
    };
    journal.each_machine(BatchId(1), &Filter::default(), visit).expect("rows");
    held
}

#[test]
fn without_faults_every_machine_is_sent_once() {
    let mut simulation = simulation(100, Faults::default(), 1);
    assert_eq!(check(&mut simulation, 100, "no faults"), 0);
    assert_eq!(simulation.crashes, 0);
    assert_eq!(simulation.world.tenant.summary().posts, 100, "and no request is wasted");
}

#[test]
fn a_crash_at_any_one_step_sends_nothing_twice_and_loses_nothing() {
    const MACHINES: u32 = 14;
    let mut whole = simulation(MACHINES, Faults::default(), 3);
    check(&mut whole, MACHINES, "no crash");
    for step in 1..=whole.steps {
        let mut simulation = simulation(MACHINES, Faults::default(), 3);
        simulation.crash_at = Some(step);
        let held = check(&mut simulation, MACHINES, &format!("a crash at step {step}"));
        assert_eq!(held, 0, "one crash leaves no machine to a person");
        assert_eq!(simulation.crashes, 1, "step {step} was reached");
    }
}

#[test]
fn crashes_refused_connections_and_lost_answers_send_nothing_twice_and_lose_nothing() {
    for seed in 0..200 {
        let faults = Faults { refused: 9, lost: 11, unanswered: 7, crash: 40 };
        let mut simulation = simulation(30, faults, seed);
        check(&mut simulation, 30, &format!("seed {seed}"));
    }
}

#[test]
fn actions_that_are_listed_late_are_still_found_within_the_settle_time() {
    for seed in 0..60 {
        let faults = Faults { refused: 20, lost: 15, unanswered: 4, crash: 60 };
        let mut simulation = simulation(30, faults, seed);
        simulation.world.lag = Duration::from_mins(4);
        check(&mut simulation, 30, &format!("seed {seed}"));
    }
}
