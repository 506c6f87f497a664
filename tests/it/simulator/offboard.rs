//! The offboard call: every documented check and its answer, and the truth log.

use mde_offboard::domain::{LimitGroup, Window};
use mde_offboard::simulator::{Behaviour, Passage, ReceivedCall, TenantOptions, Unlisted};

use super::setup::{BODY, Bench, at, column, id, json, query, refused, unlimited};

#[test]
fn an_accepted_machine_gets_a_pending_action_with_all_fields_of_a_recorded_answer() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let response = bench.offboard(at(1_234), 0);
    assert_eq!(response.status, 201);
    let mut body = json(&response);
    let context = body.as_object_mut().unwrap().remove("@odata.context").unwrap();
    assert!(context.as_str().unwrap().ends_with("/api/$metadata#MachineActions/$entity"));
    insta::assert_json_snapshot!(body, @r##"
    {
      "cancellationComment": null,
      "cancellationDateTimeUtc": null,
      "cancellationRequestor": null,
      "commands": [],
      "computerDnsName": "pc-0.example.com",
      "creationDateTimeUtc": "2026-11-23T00:00:01.2340000Z",
      "errorHResult": 0,
      "externalId": null,
      "id": "8255ccc7-c19a-ada2-9784-8979d5d0e046",
      "lastUpdateDateTimeUtc": "2026-11-23T00:00:01.2340000Z",
      "machineId": "00000000a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
      "relatedFileInfo": null,
      "requestSource": "PublicApi",
      "requestor": "5e1f0000-0000-4000-8000-0000000000c1",
      "requestorComment": "Retired [mo-1-1]",
      "scope": null,
      "status": "Pending",
      "title": null,
      "troubleshootInfo": null,
      "type": "Offboard"
    }
    "##);
}

#[test]
fn a_body_without_a_good_comment_is_400() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let machine = id(0).to_string();
    let mut check = |body: &str, code: &str| {
        let bearer = bench.bearer.clone();
        let response = bench.tenant.offboard(at(0), Some(&bearer), &machine, body.as_bytes());
        refused(&response, 400, code);
    };
    check("", "InvalidRequestBody");
    check("Comment=gone", "InvalidRequestBody");
    check(r#"{"Comment":7}"#, "InvalidRequestBody");
    check("{}", "MissingRequiredParameter");
    check(r#"{"comment":"gone"}"#, "MissingRequiredParameter");
    check(r#"{"Comment":null}"#, "MissingRequiredParameter");
    check(r#"{"Comment":"  "}"#, "MissingRequiredParameter");
    assert!(bench.tenant.effects().is_empty());
}

#[test]
fn an_unknown_machine_is_404() {
    let mut bench = Bench::new(unlimited());
    bench.add(1, Behaviour::Unknown);
    for number in [0, 1] {
        let message = refused(&bench.offboard(at(0), number), 404, "ResourceNotFound");
        assert_eq!(message, format!("Machine {} was not found", id(number)));
    }
}

#[test]
fn what_is_no_machine_id_is_400() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let response = bench.tenant.offboard(at(0), Some(&bench.bearer), "pc-0.example.com", BODY);
    refused(&response, 400, "InvalidInput");
}

#[test]
fn a_machine_that_cannot_be_offboarded_this_way_is_400() {
    let mut bench = Bench::new(unlimited());
    bench.add(0, Behaviour::UnsupportedPlatform);
    bench.add(1, Behaviour::OldSensor);
    let message = refused(&bench.offboard(at(0), 0), 400, "OsPlatformNotSupported");
    assert!(message.contains("isn't supported for this action"), "{message}");
    let message = refused(&bench.offboard(at(0), 1), 400, "ClientVersionNotSupported");
    assert!(message.contains("and above"), "{message}");
}

#[test]
fn a_second_request_is_refused_while_the_action_runs_and_makes_another_one_afterwards() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    bench.offboard(at(0), 0);
    let message = refused(&bench.offboard(at(1), 0), 400, "ActiveRequestAlreadyExists");
    assert_eq!(message, "Action is already in progress");
    assert_eq!(bench.offboard(at(3_000_000), 0).status, 201);
    assert_eq!(bench.tenant.effects()[&id(0)], 2);
    let summary = bench.tenant.summary();
    assert_eq!(summary.machines_with_two_effects, [id(0).to_string()]);
    assert_eq!((summary.posts, summary.effects_total), (3, 2));
    assert_eq!((summary.max_posts_per_machine, summary.max_effects_per_machine), (3, 2));
}

#[test]
fn a_busy_machine_has_an_action_of_somebody_else_which_is_no_effect_of_ours() {
    let mut bench = Bench::new(unlimited());
    bench.add(0, Behaviour::Busy);
    refused(&bench.offboard(at(0), 0), 400, "ActiveRequestAlreadyExists");
    let listed = bench.actions(at(1), &query(&format!("machineId eq '{}'", id(0)), "", ""));
    assert_eq!(column(&listed, "requestor"), ["analyst@corp.example"]);
    assert_eq!(column(&listed, "status"), ["Pending"]);
    assert!(bench.tenant.effects().is_empty());
}

#[test]
fn the_checks_answer_in_order() {
    let limits = vec![Window::parse("1/1h").unwrap()];
    let mut bench = Bench::new(TenantOptions { limits, ..TenantOptions::default() });
    // The token before the quota, the quota before the body, the body before the machine.
    let machine = id(0).to_string();
    let bearer = Some(bench.bearer.clone());
    refused(&bench.tenant.offboard(at(0), None, &machine, b""), 401, "Unauthorized");
    let response = bench.tenant.offboard(at(0), bearer.as_deref(), &machine, b"{}");
    refused(&response, 400, "MissingRequiredParameter");
    refused(&bench.tenant.offboard(at(0), bearer.as_deref(), &machine, b"{}"), 429, "429");
    let seen: Vec<u16> = bench.tenant.log().iter().map(|arrival| arrival.status).collect();
    assert_eq!(seen, [401, 400, 429]);
}

#[test]
fn the_log_holds_every_arrival_with_its_time_and_its_effect() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let action = bench.action_id(at(5), 0);
    bench.offboard(at(6), 9);
    bench.cancel(at(7), &action);
    bench.actions(at(8), &query("", "", ""));
    let arrival = |millis, group, machine: Option<u32>, status, effect| ReceivedCall {
        at: at(millis),
        group,
        machine: machine.map(id),
        passage: Passage::Through,
        status,
        effect,
    };
    let expected = [
        arrival(5, LimitGroup::Posts, Some(0), 201, true),
        arrival(6, LimitGroup::Posts, Some(9), 404, false),
        arrival(7, LimitGroup::Cancels, Some(0), 200, false),
        arrival(8, LimitGroup::Reads, None, 200, false),
    ];
    assert_eq!(bench.tenant.log(), expected);
}

#[test]
fn the_same_seed_twice_is_the_same_tenant() {
    let run = |seed: u64| {
        let options = TenantOptions { seed, fail_share: 0.3, ..TenantOptions::default() };
        let mut bench = Bench::with_machines(options, 150);
        bench.tenant.populate(40);
        let answers: Vec<_> = (0..150).map(|number| bench.offboard(at(50), number)).collect();
        let listed = bench.actions(at(400_000), &query("", "", ""));
        (answers, listed, bench.tenant.log().to_vec(), bench.bearer)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).0, run(8).0);
}

#[test]
fn a_tenant_may_make_machines_from_their_ids_when_asked_for() {
    let mut bench = Bench::new(TenantOptions { unlisted: Unlisted::Made, ..unlimited() });
    let statuses: Vec<u16> =
        (0..1_000).map(|number| bench.offboard(at(0), number).status).collect();
    let count = |status| statuses.iter().filter(|each| **each == status).count();
    assert!((930..=985).contains(&count(201)), "{} accepted", count(201));
    assert!((1..=30).contains(&count(404)), "{} unknown", count(404));
    assert!((10..=60).contains(&count(400)), "{} refused", count(400));
}

#[test]
fn ten_thousand_machines_are_offboarded_and_listed_without_a_scan_for_each() {
    let mut bench = Bench::with_machines(unlimited(), 10_000);
    for number in 0..10_000 {
        assert_eq!(bench.offboard(at(u64::from(number)), number).status, 201);
    }
    let listed = bench.actions(at(10_000), &query("type eq 'Offboard'", "10000", "0"));
    let ids = column(&listed, "machineId");
    assert_eq!((ids.len(), ids[0].clone()), (10_000, id(9_999).to_string()));
}

#[test]
fn two_tenants_of_one_seed_give_different_actions_different_ids() {
    let first = |machine, millis| {
        let mut bench = Bench::with_machines(unlimited(), 2);
        bench.action_id(at(millis), machine)
    };
    assert_ne!(first(0, 1_000), first(1, 1_000), "another machine");
    assert_ne!(first(0, 1_000), first(0, 2_000), "another rehearsal");
    assert_eq!(first(0, 1_000), first(0, 1_000), "the same run");
}
