//! Reading actions back, and taking them back.

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, TenantOptions};

use super::setup::{Bench, at, column, id, json, query, refused, unlimited};

fn numbers(ids: &[String]) -> Vec<u32> {
    let number = |text: &String| {
        let id = MachineId::parse(text).unwrap();
        u32::from_be_bytes(id.as_bytes()[..4].try_into().unwrap())
    };
    ids.iter().map(number).collect()
}

/// Five machines, offboarded a second apart; number 1 stays pending.
fn five() -> Bench {
    let mut bench = Bench::with_machines(TenantOptions { page_rows: 3, ..unlimited() }, 5);
    bench.add(1, Behaviour::StaysPending);
    for number in 0..5 {
        bench.action_id(at(u64::from(number) * 1_000), number);
    }
    bench
}

#[test]
fn a_filter_chooses_newest_first() {
    let mut bench = five();
    let action = column(&bench.actions(at(5_000), &query("", "1", "2")), "id")[0].clone();
    let mut check = |filter: &str, expected: &[u32]| {
        let listed = bench.actions(at(3_000_000), &query(filter, "3", ""));
        assert_eq!(numbers(&column(&listed, "machineId")), expected, "{filter}");
    };
    check("", &[4, 3, 2]);
    check("type eq 'Offboard'", &[4, 3, 2]);
    check("type eq 'Isolate'", &[]);
    check("status eq 'Pending'", &[1]);
    check("Status eq 'Succeeded'", &[4, 3, 2]);
    check(&format!("machineId eq '{}'", id(3)), &[3]);
    check(&format!("machineId eq '{}' and type eq 'Offboard'", id(0)), &[0]);
    check(&format!("machineId eq '{}'", id(77)), &[]);
    check("machineId eq 'pc-1'", &[]);
    check(&format!("id eq '{action}'"), &[2]);
    check("creationDateTimeUtc ge 2026-11-23T00:00:03Z", &[4, 3]);
    check("creationDateTimeUtc ge 2026-11-23T00:00:03.001Z and type eq 'Offboard'", &[4]);
    check("type eq 'Offboard' and creationDateTimeUtc ge 2027-01-01T00:00:00.0000000Z", &[]);
    check(
        &format!("machineId eq '{}' and creationDateTimeUtc ge 2026-11-23T00:00:03Z", id(0)),
        &[],
    );
}

#[test]
fn a_filter_that_cannot_be_read_is_400() {
    let mut bench = five();
    for filter in [
        "type",
        "type eq",
        "type eq Offboard",
        "type eq 'Offboard",
        "type ne 'Offboard'",
        "type ge 'Offboard'",
        "type eq 'Offboard' and",
        "type eq 'Offboard' and ",
        "type eq 'Offboard' or status eq 'Pending'",
        "type eq 'Offboard' status eq 'Pending'",
        "colour eq 'red'",
        "creationDateTimeUtc ge yesterday",
        "creationDateTimeUtc eq '2026-11-23T00:00:03Z'",
    ] {
        refused(&bench.actions(at(5_000), &query(filter, "", "")), 400, "ODataError");
    }
}

#[test]
fn top_and_skip_cut_pages_until_a_short_one() {
    let mut bench = five();
    let mut check = |top: &str, skip: &str, expected: &[u32]| {
        let listed = bench.actions(at(5_000), &query("type eq 'Offboard'", top, skip));
        assert_eq!(numbers(&column(&listed, "machineId")), expected, "{top} {skip}");
        assert!(json(&listed).get("@odata.nextLink").is_none());
    };
    check("3", "0", &[4, 3, 2]);
    check("3", "3", &[1, 0]);
    check("3", "5", &[]);
    check("3", "99", &[]);
    check("0", "0", &[]);
}

#[test]
fn without_top_a_link_leads_to_the_next_page() {
    let mut bench = five();
    let first = bench.actions(at(5_000), &query("type eq 'Offboard'", "", ""));
    assert_eq!(column(&first, "id").len(), 3);
    assert_eq!(
        json(&first)["@odata.nextLink"],
        "https://api.security.microsoft.com/api/machineactions\
         ?$filter=type%20eq%20%27Offboard%27&$skip=3"
    );
    let second = bench.actions(at(5_000), &query("type eq 'Offboard'", "", "3"));
    assert_eq!(column(&second, "id").len(), 2);
    assert!(json(&second).get("@odata.nextLink").is_none());
}

#[test]
fn a_page_larger_than_allowed_and_what_is_no_number_are_400() {
    let mut bench = five();
    for (top, skip) in [("4", ""), ("-1", ""), ("all", ""), ("", "x")] {
        refused(&bench.actions(at(5_000), &query("", top, skip)), 400, "ODataError");
    }
}

#[test]
fn an_unknown_action_is_404() {
    let mut bench = five();
    for unknown in ["", "x", "11111111-2222-3333-4444-555555555555"] {
        refused(&bench.action(at(5_000), unknown), 404, "ResourceNotFound");
        refused(&bench.cancel(at(5_000), unknown), 404, "ResourceNotFound");
    }
}

#[test]
fn an_open_action_is_cancelled_for_good() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let action = bench.action_id(at(0), 0);
    let cancelled = bench.cancel(at(10_000), &action);
    let body = json(&cancelled);
    assert_eq!((cancelled.status, body["status"].as_str()), (200, Some("Cancelled")));
    assert_eq!(body["cancellationComment"], "Retired [mo-1-1]");
    assert_eq!(body["cancellationRequestor"], TenantOptions::default().client_id);
    assert_eq!(body["cancellationDateTimeUtc"], "2026-11-23T00:00:10.0000000Z");
    assert_eq!(json(&bench.action(at(3_000_000), &action))["status"], "Cancelled");
    refused(&bench.cancel(at(3_000_001), &action), 400, "BadRequest");
    assert_eq!(bench.offboard(at(20_000), 0).status, 201);
}

#[test]
fn an_action_that_has_ended_cannot_be_cancelled() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let action = bench.action_id(at(0), 0);
    let message = refused(&bench.cancel(at(3_000_000), &action), 400, "BadRequest");
    assert!(message.ends_with("it is Succeeded"), "{message}");
}

#[test]
fn a_cancel_needs_no_comment_but_no_nonsense_either() {
    let mut bench = Bench::with_machines(unlimited(), 2);
    let (first, second) = (bench.action_id(at(0), 0), bench.action_id(at(0), 1));
    let bearer = Some(bench.bearer.clone());
    assert_eq!(bench.tenant.cancel(at(1), bearer.as_deref(), &first, b"").status, 200);
    let response = bench.tenant.cancel(at(1), bearer.as_deref(), &second, b"no");
    refused(&response, 400, "InvalidRequestBody");
}
