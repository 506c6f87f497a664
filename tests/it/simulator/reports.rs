//! When machines report, and what the inventory says of them afterwards.

use std::time::Duration;

use mde_offboard::domain::{Timestamp, has_reported_since};
use mde_offboard::simulator::{AfterOffboarding, Behaviour, SimulatedMachine, TenantOptions};
use serde_json::Value;

use super::setup::{Bench, at, bearer, column, id, json, query, unlimited};

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// The record of machine 1.
fn record(bench: &mut Bench, now: Timestamp) -> Value {
    let bearer = bearer(&mut bench.tenant, now);
    json(&bench.tenant.machine(now, Some(&bearer), &id(1).to_string()))
}

fn last_seen(bench: &mut Bench, now: Timestamp) -> Timestamp {
    let text = record(bench, now)["lastSeen"].as_str().expect("a time").to_owned();
    Timestamp::parse(&text).expect("RFC 3339")
}

fn holding(options: TenantOptions, behaviour: Behaviour) -> Bench {
    let mut bench = Bench::new(options);
    bench.add(1, behaviour);
    bench
}

#[test]
fn a_machine_reports_each_day_until_it_is_offboarded() {
    let mut bench = holding(unlimited(), Behaviour::Normal);
    let first = last_seen(&mut bench, at(0));
    assert_eq!(last_seen(&mut bench, at(DAY)), first.plus(Duration::from_hours(24)));
    bench.bearer = bearer(&mut bench.tenant, at(DAY));
    bench.action_id(at(DAY), 1);
    let after = last_seen(&mut bench, at(2 * DAY));
    assert_eq!(last_seen(&mut bench, at(9 * DAY)), after);
    assert!(!has_reported_since(Some(after), at(DAY)));
    assert_eq!(record(&mut bench, at(9 * DAY))["healthStatus"], "Inactive");
    assert_eq!(record(&mut bench, at(9 * DAY))["onboardingStatus"], "Onboarded");
}

#[test]
fn a_machine_whose_action_failed_goes_on_reporting() {
    for behaviour in [Behaviour::Fails, Behaviour::StaysPending, Behaviour::TimesOut] {
        let mut bench = holding(unlimited(), behaviour);
        bench.action_id(at(0), 1);
        assert!(last_seen(&mut bench, at(9 * DAY)) > at(8 * DAY), "{behaviour:?}");
        assert_eq!(record(&mut bench, at(9 * DAY))["healthStatus"], "Active");
    }
}

#[test]
fn a_machine_that_a_policy_onboards_again_reports_some_hours_after_its_action() {
    let mut bench = holding(unlimited(), Behaviour::Returns);
    bench.action_id(at(0), 1);
    assert!(!has_reported_since(Some(last_seen(&mut bench, at(29 * HOUR))), at(0)));
    assert!(has_reported_since(Some(last_seen(&mut bench, at(32 * HOUR))), at(HOUR)));
    assert!(last_seen(&mut bench, at(9 * DAY)) > at(8 * DAY));
    // Offboarded a second time, it comes back a second time.
    bench.bearer = bearer(&mut bench.tenant, at(9 * DAY));
    bench.action_id(at(9 * DAY), 1);
    let silent = last_seen(&mut bench, at(10 * DAY));
    assert!(!has_reported_since(Some(silent), at(9 * DAY)), "{silent}");
    assert!(last_seen(&mut bench, at(12 * DAY)) > at(11 * DAY));
}

#[test]
fn what_somebody_else_asked_for_earlier_is_in_the_list_of_actions() {
    for (behaviour, is_back) in
        [(Behaviour::OffboardedEarlier, false), (Behaviour::ReturnedEarlier, true)]
    {
        let mut bench = holding(unlimited(), behaviour);
        bench.add(2, Behaviour::Busy);
        let listed = bench.actions(at(0), &query("type eq 'Offboard'", "", ""));
        assert_eq!(column(&listed, "status"), ["Pending", "Succeeded"]);
        assert_eq!(column(&listed, "machineId"), [2, 1].map(|number| id(number).to_string()));
        let ended = column(&listed, "lastUpdateDateTimeUtc").remove(1);
        let ended = Timestamp::parse(&ended).expect("RFC 3339");
        assert_eq!(ended.as_micros() / 86_400_000_000, at(0).as_micros() / 86_400_000_000 - 10);
        let seen = last_seen(&mut bench, at(0));
        assert_eq!(has_reported_since(Some(seen), ended), is_back, "{behaviour:?}");
        // It is accepted once more.
        bench.action_id(at(0), 1);
    }
}

#[test]
fn a_tenant_may_show_an_offboarded_machine_as_one_that_can_be_onboarded() {
    let options = TenantOptions { afterwards: AfterOffboarding::CanBeOnboarded, ..unlimited() };
    let mut bench = holding(options, Behaviour::Normal);
    bench.action_id(at(0), 1);
    assert_eq!(record(&mut bench, at(0))["onboardingStatus"], "Onboarded");
    assert_eq!(record(&mut bench, at(HOUR))["onboardingStatus"], "CanBeOnboarded");
    let found = query("onboardingStatus eq 'CanBeOnboarded'", "", "");
    let listed = bench.tenant.machines(at(HOUR / 2), Some(&bench.bearer), &found);
    assert_eq!(column(&listed, "id"), [id(1).to_string()]);
}

#[test]
fn a_machine_that_was_silent_from_the_start_stays_silent() {
    let mut bench = Bench::new(unlimited());
    let silent = SimulatedMachine { silent_days: 3, ..SimulatedMachine::onboarded(id(1), "pc-1") };
    bench.tenant.add(silent);
    let seen = last_seen(&mut bench, at(0));
    assert_eq!(record(&mut bench, at(0))["healthStatus"], "Active");
    assert_eq!(last_seen(&mut bench, at(5 * DAY)), seen);
    assert_eq!(record(&mut bench, at(5 * DAY))["healthStatus"], "Inactive");
}

#[test]
fn a_machine_is_inactive_from_the_seventh_day_of_silence_on() {
    let mut bench = Bench::new(unlimited());
    let silent = SimulatedMachine { silent_days: 3, ..SimulatedMachine::onboarded(id(1), "pc-1") };
    bench.tenant.add(silent);
    let week = last_seen(&mut bench, at(0)).plus(Duration::from_hours(7 * 24));
    assert_eq!(record(&mut bench, week.minus(Duration::from_micros(1)))["healthStatus"], "Active");
    assert_eq!(record(&mut bench, week)["healthStatus"], "Inactive");
}
