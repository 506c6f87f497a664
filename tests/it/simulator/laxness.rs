//! What a tenant does on request that Defender may do: a list that lags, and a second action for a
//! machine that has one; and that the truth tells of requests that should not have been made.

use std::time::Duration;

use mde_offboard::domain::Timestamp;
use mde_offboard::simulator::{AlreadyActive, TenantOptions};

use super::setup::{Bench, at, column, id, query, refused, unlimited};

const LAG: Duration = Duration::from_secs(10);

/// How many of 50 machines, all offboarded at once, are listed then.
fn listed_at(bench: &mut Bench, now: Timestamp) -> usize {
    column(&bench.actions(now, &query("", "", "")), "id").len()
}

fn fifty(list_lag: Duration) -> Bench {
    let mut bench = Bench::with_machines(TenantOptions { list_lag, ..unlimited() }, 50);
    for number in 0..50 {
        bench.action_id(at(0), number);
    }
    bench
}

#[test]
fn an_action_younger_than_its_lag_is_not_listed_and_each_has_its_own() {
    let mut bench = fifty(LAG);
    let early = listed_at(&mut bench, at(1_000));
    let late = listed_at(&mut bench, at(7_000));
    assert!(early < late && late < 50, "{early}, {late}");
    assert_eq!(listed_at(&mut bench, at(10_000)), 50, "no lag is longer than the longest");
}

#[test]
fn a_list_without_a_lag_has_an_action_at_once() {
    assert_eq!(listed_at(&mut fifty(Duration::ZERO), at(0)), 50);
}

#[test]
fn the_lag_is_the_lists_own_and_the_action_is_found_by_its_id() {
    let mut bench = Bench::with_machines(TenantOptions { list_lag: LAG, ..unlimited() }, 1);
    let action = bench.action_id(at(0), 0);
    let about = format!("machineId eq '{}'", id(0));
    assert!(column(&bench.actions(at(1), &query(&about, "", "")), "id").is_empty());
    assert_eq!(bench.action(at(1), &action).status, 200);
}

#[test]
fn a_busy_machine_is_refused_or_gets_another_action_and_the_truth_tells_of_both() {
    for (already_active, effects) in
        [(AlreadyActive::Refused, 1), (AlreadyActive::AcceptedAgain, 2)]
    {
        let options = TenantOptions { already_active, ..unlimited() };
        let mut bench = Bench::with_machines(options, 2);
        bench.action_id(at(0), 0);
        bench.action_id(at(0), 1);
        assert_eq!(bench.tenant.summary().posts_after_effect, 0);
        let second = bench.offboard(at(1), 0);
        if already_active == AlreadyActive::Refused {
            refused(&second, 400, "ActiveRequestAlreadyExists");
        }
        let summary = bench.tenant.summary();
        assert_eq!(summary.max_effects_per_machine, effects);
        assert_eq!((summary.posts, summary.posts_after_effect), (3, 1));
    }
}
