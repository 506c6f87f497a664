//! Lists and cancels: what was learned, and what was not.

use mde_offboard::defender::{HttpAnswer, HttpOutcome, Secrets, TransportFailure, classify};
use mde_offboard::domain::{
    Action, ActionId, ActionStatus, InventoryMachine, MachineId, Page, ReadAnswer, Timestamp,
    Trouble,
};

use super::server::{MACHINE, action, machine};

fn seen(status: u16, body: &str) -> HttpOutcome {
    HttpOutcome::Answered(HttpAnswer {
        status,
        content_type: Some("application/json".to_owned()),
        retry_after: None,
        redirect_host: None,
        date: None,
        body: Ok(body.as_bytes().to_vec()),
        secrets: Secrets::default(),
    })
}

fn actions(status: u16, body: &str) -> ReadAnswer<Page<Action>> {
    classify::actions(&seen(status, body))
}

fn machines(status: u16, body: &str) -> ReadAnswer<Page<InventoryMachine>> {
    classify::machines(&seen(status, body))
}

fn word<T>(reading: &ReadAnswer<T>) -> &'static str {
    match reading {
        ReadAnswer::Read(_) => "read",
        ReadAnswer::Refused(_) => "refused",
        ReadAnswer::Trouble(Trouble::Unauthorized(_)) => "unauthorized",
        ReadAnswer::Trouble(Trouble::Forbidden(_)) => "forbidden",
        ReadAnswer::Trouble(Trouble::ProxyAuthentication(_)) => "proxy",
        ReadAnswer::Trouble(Trouble::TooMany { .. }) => "too_many",
        ReadAnswer::Trouble(Trouble::Redirected(_)) => "redirected",
        ReadAnswer::Trouble(Trouble::Unreadable(_)) => "unreadable",
        ReadAnswer::Trouble(Trouble::Mismatched(_)) => "mismatched",
        ReadAnswer::Trouble(_) => "other",
    }
}

fn read<T: std::fmt::Debug>(reading: ReadAnswer<Page<T>>) -> Page<T> {
    match reading {
        ReadAnswer::Read(page) => page,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_status_of_a_list_means_what_the_table_says() {
    let error = r#"{"error":{"code":"ResourceNotFound","message":"Words"}}"#;
    for status in 100..=599 {
        let (in_words, by_stranger) = match status {
            200 => ("unreadable", "unreadable"),
            300..=399 => ("redirected", "redirected"),
            401 => ("unauthorized", "unauthorized"),
            407 => ("proxy", "proxy"),
            429 => ("too_many", "too_many"),
            400 | 404 => ("refused", "unreadable"),
            403 => ("forbidden", "unreadable"),
            _ => ("unreadable", "unreadable"),
        };
        assert_eq!(word(&actions(status, error)), in_words, "{status}");
        assert_eq!(word(&actions(status, "<html>")), by_stranger, "{status}");
        let found = if status == 200 { "read" } else { by_stranger };
        assert_eq!(word(&actions(status, r#"{"value":[]}"#)), found, "{status}");
    }
}

#[test]
fn a_page_counts_its_rows_and_keeps_their_order_and_unknown_words() {
    let second = action("b").replace("11111111", "22222222").replace("Pending", "Completed");
    let body = format!(r#"{{"value":[{},{second}]}}"#, action("a"));
    let page = read(actions(200, &body));
    let ids: Vec<&str> = page.items.iter().map(|action| action.id.as_str()).collect();
    assert_eq!(page.rows, 2);
    assert!(ids[0].starts_with("1111") && ids[1].starts_with("2222"));
    let first = &page.items[0];
    assert_eq!(first.machine, Some(machine()));
    assert_eq!(first.created_at, Some(Timestamp::parse("2026-11-23T08:15:30.134183Z").unwrap()));
    assert_eq!(first.device_error, Some(0));
    assert_eq!(page.items[1].status, ActionStatus::Other("Completed".to_owned()));
}

#[test]
fn an_element_that_cannot_be_read_makes_the_whole_page_unreadable() {
    for (from, to) in [("\"id\"", "\"key\""), ("\"status\"", "\"state\""), ("\"Offboard\"", "5")] {
        let body = format!(r#"{{"value":[{},{}]}}"#, action("a"), action("b").replace(from, to));
        assert_eq!(word(&actions(200, &body)), "unreadable", "{from}");
    }
    for body in ["{}", "[]", r#"{"value":null}"#, r#"{"value":[null]}"#, r#"{"value":[{}]}"#, ""] {
        assert_eq!(word(&actions(200, body)), "unreadable", "{body}");
    }
    // An array of the fields, in their order, is no object, whatever serde makes of it.
    let fields = r#"["a","Offboard","Pending",null,null,null,null,null,null]"#;
    for body in ["[[]]", "[[],null]", &format!(r#"{{"value":[{fields}]}}"#)] {
        assert_eq!(word(&actions(200, body)), "unreadable", "{body}");
    }
    for error in [r#"[["NotFound"]]"#, r#"{"error":["NotFound","Words"]}"#] {
        assert_eq!(word(&machines(404, error)), "unreadable", "{error}");
    }
    let truncated = format!(r#"{{"value":[{}"#, action("a"));
    assert_eq!(word(&actions(200, &truncated)), "unreadable");
}

#[test]
fn a_page_with_a_next_link_is_not_the_end_of_the_list_however_short_it_is() {
    let next = r#""@odata.nextLink":"https://elsewhere.example/api?$skip=1","#;
    for (link, has_next) in [(next, true), ("", false), (r#""@odata.nextLink":null,"#, false)] {
        for rows in 0..3 {
            let value = vec![action("a"); rows].join(",");
            let page = read(actions(200, &format!(r#"{{{link}"value":[{value}]}}"#)));
            assert_eq!((page.rows, page.has_next), (rows, has_next), "{link}");
        }
    }
}

#[test]
fn an_odd_machine_id_does_not_hide_the_rest_of_a_list() {
    let odd = action("b").replace(MACHINE, "a-40-digit-alphanumeric-number");
    let page = read(actions(200, &format!(r#"{{"value":[{odd},{}]}}"#, action("a"))));
    assert_eq!((page.items[0].machine, page.items[1].machine), (None, Some(machine())));
    let body = format!(r#"{{"value":[{{"id":"odd"}},{{"id":"{MACHINE}"}}]}}"#);
    let page = read(machines(200, &body));
    assert_eq!((page.items.len(), page.rows), (1, 2));
}

#[test]
fn a_machine_is_read_from_recorded_field_names() {
    let into = "ffffffffffffffffffffffffffffffffffffffff";
    let body = format!(
        r#"{{"value":[{{"id":"{MACHINE}","computerDnsName":"pc-1.example.com",
        "osPlatform":"Windows11","onboardingStatus":"Onboarded","healthStatus":"Inactive",
        "lastSeen":"2026-11-20T08:00:00.1234567Z","mergedIntoMachineId":"{into}","osBuild":1,
        "version":"24H2","firstSeen":"2025-01-02T08:00:00Z","rbacGroupId":7,
        "rbacGroupName":"Retail","managedBy":"Intune","isExcluded":true,
        "machineTags":["kiosk","floor\n2"]}},
        {{"id":"{MACHINE}","mergedIntoMachineId":"","lastSeen":null}}]}}"#
    );
    let page = read(machines(200, &body));
    assert_eq!(
        page.items[0],
        InventoryMachine {
            name: Some("pc-1.example.com".to_owned()),
            os_platform: Some("Windows11".to_owned()),
            os_version: Some("24H2".to_owned()),
            onboarding_status: Some("Onboarded".to_owned()),
            health_status: Some("Inactive".to_owned()),
            first_seen: Some(Timestamp::parse("2025-01-02T08:00:00Z").unwrap()),
            last_seen: Some(Timestamp::parse("2026-11-20T08:00:00.123456Z").unwrap()),
            merged_into: Some(MachineId::parse(into).unwrap()),
            tags: vec!["kiosk".to_owned(), "floor\\u{a}2".to_owned()],
            group: Some("Retail".to_owned()),
            managed_by: Some("Intune".to_owned()),
            is_excluded: true,
            ..InventoryMachine::blank(machine())
        }
    );
    assert_eq!(page.items[1].merged_into, None);
    let unreadable = body.replace(into, "elsewhere");
    assert_eq!(word(&machines(200, &unreadable)), "unreadable", "merged, but nobody knows where");
}

#[test]
fn no_machines_is_defenders_own_404_and_no_one_elses() {
    let error = r#"{"error":{"code":"NotFound","message":"Words"}}"#;
    assert_eq!(read(machines(404, error)), Page { items: Vec::new(), rows: 0, has_next: false });
    assert_eq!(word(&machines(404, "<html>")), "unreadable");
    assert_eq!(word(&machines(400, error)), "refused");
    assert_eq!(word(&actions(404, error)), "refused", "never an empty list of actions");
}

#[test]
fn a_cancel_is_read_only_for_the_action_that_was_asked_for() {
    let id = ActionId::parse("11111111-2222-3333-4444-555555555555").unwrap();
    let cancel = |status, body: &str| classify::cancelled(&seen(status, body), &id);
    let done = action("a").replace("Pending", "Cancelled");
    for status in [200, 201, 202] {
        let ReadAnswer::Read(action) = cancel(status, &done) else { panic!("{status}") };
        assert_eq!(action.status, ActionStatus::Cancelled);
    }
    assert_eq!(word(&cancel(200, &done.replace("11111111", "22222222"))), "mismatched");
    assert_eq!(word(&cancel(204, "")), "unreadable");
    let final_already = r#"{"error":{"code":"BadRequest","message":"It has ended"}}"#;
    let ReadAnswer::Refused(detail) = cancel(400, final_already) else { panic!("must be refused") };
    assert_eq!(detail.to_string(), "It has ended (BadRequest, HTTP 400)");
    assert_eq!(word(&cancel(500, final_already)), "unreadable");
}

#[test]
fn a_read_without_an_answer_teaches_nothing() {
    let none = TransportFailure::NoAnswer { code: "timeout", message: "words".to_owned() };
    let reading = classify::actions(&HttpOutcome::Failed(none));
    let ReadAnswer::Trouble(Trouble::Unreadable(detail)) = reading else { panic!("{reading:?}") };
    assert_eq!(detail.code(), "timeout");
}

#[test]
fn a_page_of_more_rows_than_ten_full_ones_is_not_read() {
    let page = |rows: usize| format!(r#"{{"value":[{}{{}}]}}"#, "{},".repeat(rows - 1));
    let said = |rows| match machines(200, &page(rows)) {
        ReadAnswer::Trouble(Trouble::Unreadable(detail)) => detail.message,
        other => panic!("{other:?}"),
    };
    assert!(said(100_000).contains("a machine without `id`"), "it is read");
    assert!(said(100_001).contains("a page of more than 100000 rows"));
}
