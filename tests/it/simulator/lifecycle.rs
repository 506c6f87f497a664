//! Where an action stands, by the time since it was made.

use std::time::Duration;

use mde_offboard::simulator::{Behaviour, TenantOptions};

use super::setup::{Bench, at, json, unlimited};

/// The statuses that are seen in turn, looking once a second for an hour.
fn statuses(options: TenantOptions, behaviour: Behaviour) -> Vec<(String, u64)> {
    let mut bench =
        Bench::new(TenantOptions { token_lifetime: Duration::from_hours(2), ..options });
    bench.add(0, behaviour);
    let action = bench.action_id(at(0), 0);
    let mut seen: Vec<(String, u64)> = Vec::new();
    for second in 0..3_600 {
        let body = json(&bench.action(at(second * 1_000), &action));
        let status = body["status"].as_str().unwrap().to_owned();
        if seen.last().is_none_or(|(last, _)| *last != status) {
            seen.push((status, second));
        }
    }
    seen
}

fn words(seen: &[(String, u64)]) -> Vec<&str> {
    seen.iter().map(|(word, _)| word.as_str()).collect()
}

#[test]
fn an_action_goes_from_pending_through_in_progress_to_its_end() {
    let check = |behaviour, expected: &[&str]| {
        assert_eq!(words(&statuses(unlimited(), behaviour)), expected);
    };
    check(Behaviour::Normal, &["Pending", "InProgress", "Succeeded"]);
    check(Behaviour::Fails, &["Pending", "InProgress", "Failed"]);
    check(Behaviour::TimesOut, &["Pending", "TimeOut"]);
    check(Behaviour::StaysPending, &["Pending"]);
}

#[test]
fn shares_decide_over_normal_machines_only() {
    let check = |options: TenantOptions, behaviour, expected: &[&str]| {
        assert_eq!(words(&statuses(options, behaviour)), expected);
    };
    let stays = || TenantOptions { stay_pending_share: 1.0, ..unlimited() };
    check(stays(), Behaviour::Normal, &["Pending"]);
    check(stays(), Behaviour::Fails, &["Pending", "InProgress", "Failed"]);
    let fails = TenantOptions { fail_share: 1.0, ..unlimited() };
    check(fails, Behaviour::Normal, &["Pending", "InProgress", "Failed"]);
    let times_out = TenantOptions { time_out_share: 1.0, ..unlimited() };
    check(times_out, Behaviour::Normal, &["Pending", "TimeOut"]);
}

#[test]
fn a_share_of_the_machines_is_about_that_share() {
    let options = TenantOptions { fail_share: 0.2, stay_pending_share: 0.1, ..unlimited() };
    let mut bench = Bench::with_machines(options, 1_000);
    let actions: Vec<String> = (0..1_000).map(|number| bench.action_id(at(0), number)).collect();
    let mut count = |wanted: &str| {
        let ended = at(3_000_000);
        let mut status = |action: &String| json(&bench.action(ended, action))["status"].clone();
        actions.iter().filter(|action| status(action) == wanted).count()
    };
    assert!((150..=250).contains(&count("Failed")));
    assert!((60..=140).contains(&count("Pending")));
}

#[test]
fn at_sixty_times_the_speed_nearly_every_action_ends_within_fifteen_seconds() {
    let options = TenantOptions { speed: 60.0, ..unlimited() };
    for behaviour in [Behaviour::Normal, Behaviour::Fails, Behaviour::TimesOut] {
        let seen = statuses(options.clone(), behaviour);
        let (_, second) = seen.last().unwrap();
        assert!((1..=16).contains(second), "{behaviour:?} ended after {second} s");
    }
}

#[test]
fn a_failed_action_has_the_devices_error_and_the_time_of_its_end() {
    let mut bench = Bench::new(unlimited());
    bench.add(0, Behaviour::Fails);
    let action = bench.action_id(at(0), 0);
    let pending = json(&bench.action(at(1_000), &action));
    let failed = json(&bench.action(at(3_000_000), &action));
    assert_eq!(pending["errorHResult"], 0);
    assert_eq!(pending["lastUpdateDateTimeUtc"], pending["creationDateTimeUtc"]);
    assert_eq!(failed["errorHResult"], -2_147_467_259_i64);
    let (created, updated) = (&failed["creationDateTimeUtc"], &failed["lastUpdateDateTimeUtc"]);
    assert!(updated.as_str() > created.as_str(), "{created} {updated}");
}

#[test]
fn looking_does_not_change_anything() {
    let mut once = Bench::with_machines(unlimited(), 1);
    let mut often = Bench::with_machines(unlimited(), 1);
    let action = once.action_id(at(0), 0);
    often.action_id(at(0), 0);
    for second in 0..200 {
        often.action(at(second * 1_000), &action);
    }
    let late = at(250_000);
    assert_eq!(once.action(late, &action), often.action(late, &action));
}
