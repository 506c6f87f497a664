//! What a person reads after an answer: on the screen, in `status` and in the report.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mde_offboard::engine::Clock;
use serde_json::Value;

use crate::answers::lasting::{FILTER, NO_QUERY};

use crate::support::desk::Desk;
use crate::support::program::{Running, Said};
use crate::support::waiting::wait_until;

use super::scripted::{NO_SIGN_IN, Reply, machine_of, scripted};

const RUN: &str = "run fleet.csv --comment x --yes --progress plain --poll-interval 500ms \
                   --offline-timeout 2s --track-timeout 1s --settle 1s";

const EMPTY: &str = r#"{"value":[]}"#;

/// Lists hold nothing, and each POST is answered so.
fn refusing(machines: u32, reply: Reply) -> Desk {
    scripted(machines, move |line| {
        if line.starts_with("GET") { Reply::json(200, EMPTY) } else { reply.clone() }
    })
}

/// The run and what is shown of it afterwards hold all of these words, and none of those.
#[track_caller]
fn check(desk: &Desk, code: i32, words: &[&str], never: &[&str]) -> Said {
    let holds =
        |said: Said| never.iter().fold(said.says_all(words), |said, words| said.never_says(words));
    let said = holds(desk.run(RUN).ends_with(code));
    holds(desk.run("status"));
    said
}

#[test]
fn a_query_that_is_not_taken_is_told_in_the_services_words() {
    // The plan's list is taken, those of the run are not.
    let lists = AtomicUsize::new(0);
    let desk = scripted(3, move |_| match lists.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::json(200, r#"{"value":[]}"#),
        _ => Reply::json(400, NO_QUERY),
    });
    let words = [
        "list of actions could not be read",
        "The query specified in the URI is not valid. (HTTP 400)",
    ];
    check(&desk, 7, &words, &["no connection", "could not be reached", "{\""])
        .says("waiting=backoff")
        .says("last_answer=\"The query specified");
    let status = desk.status();
    let why = status["why_ended"].as_str().expect("why it ended");
    assert!(why.contains("The query specified"), "{why}");
}

#[test]
fn a_machine_that_defender_does_not_find_is_told_like_one_it_does_not_know() {
    let desk = refusing(2, Reply::error(404, "NotFound", "Machine was not found"));
    check(&desk, 4, &["NotFound   Defender does not know it"], &["see the report"]);
    let report = desk.run("report --format csv").out;
    assert_eq!(report.matches("rejected,not_found,,,3,404,NotFound,Machine was").count(), 2);
}

#[test]
fn a_filters_page_is_quoted_by_its_title_and_its_words() {
    let desk = refusing(14, Reply::page(403, FILTER));
    let words = ["Web filter: Access denied Category: new hosts (HTTP 403)"];
    check(&desk, 7, &words, &["<html", "color: red"]);
    let quoted = "403,,not an answer from Defender (text/html): Web filter: Access denied";
    desk.run("report --format csv").says(quoted).never_says("<h1>");
}

#[test]
fn a_bare_404_says_that_the_address_is_wrong() {
    for reply in [Reply(404, "", String::new()), Reply::page(404, "<title>404</title>")] {
        let desk = refusing(14, reply.clone());
        check(&desk, 7, &["check --api-url"], &[]);
        let desk = scripted(2, move |_| reply.clone());
        desk.run("run fleet.csv --comment x --yes --progress none")
            .ends_with(7)
            .says("check --api-url")
            .says("Defender's lists cannot be read")
            .says("nothing was queued");
    }
}

#[test]
fn an_address_with_api_at_its_end_is_refused_with_the_right_form() {
    let desk = refusing(2, Reply::json(200, EMPTY));
    for path in ["/api", "/api/", "/API/machines"] {
        let url = desk.url();
        let said = desk.run(&format!("{RUN} --api-url {url}{path}")).ends_with(2);
        said.says(&format!("the base address, which is {url}\n"));
    }
    // Nothing was queued.
    desk.run("status").ends_with(2);
}

#[test]
fn a_sign_in_at_a_wrong_address_is_not_worth_starting_again() {
    let cases = [(404, 7, "cannot be used"), (403, 7, "cannot be used"), (502, 5, "be reached")];
    for (status, code, words) in cases {
        let desk = scripted(2, move |_| Reply::page(status, FILTER));
        let authority = format!("{}{NO_SIGN_IN}", desk.url());
        let said = desk.run(&format!("{RUN} --authority-url {authority}"));
        said.ends_with(code).says(words).says("nothing was queued");
        desk.check_nothing_queued("default.db");
    }
}

#[test]
fn forty_machines_of_another_tenant_are_not_told_one_by_one() {
    let desk = refusing(40, Reply::error(404, "ResourceNotFound", "Machine was not found"));
    check(&desk, 7, &["the app belongs to another tenant"], &["?:"]).says("40 not sent");
}

/// A run in the background, until its status says so.
fn until(desk: &Desk, enough: impl Fn(&Value) -> bool) -> (Running, Value) {
    // So long a settle time that a busy machine is not looked at again meanwhile.
    let mut running = Running(desk.start_quietly(&RUN.replace("--settle 1s", "--settle 5m")));
    let mut status = Value::Null;
    wait_until("the run comes to it", || {
        status = serde_json::from_str(&desk.run("status --json").out).unwrap_or_default();
        let ended = running.0.try_wait().expect("ours");
        assert!(ended.is_none(), "it ended: {}", desk.run("status"));
        enough(&status)
    });
    (running, status)
}

#[test]
fn a_live_response_session_that_is_pending_is_named_and_waited_for() {
    let busy = Reply::error(400, "ActiveRequestAlreadyExists", "Action is already in progress");
    let desk = scripted(2, move |line| match machine_of(line) {
        None => Reply::json(200, EMPTY),
        Some(_) if line.starts_with("POST") => busy.clone(),
        Some(_) if line.contains("Offboard") => Reply::json(200, EMPTY),
        Some(machine) => Reply::json(
            200,
            format!(
                r#"{{"value":[{{"id":"aaaaaaaa-0000-4000-8000-000000000001","status":"Pending",
                "type":"LiveResponse","machineId":"{machine}"}}]}}"#
            ),
        ),
    });
    let is_waiting = |status: &Value| status["waiting"]["reason"] == "backoff";
    let (_running, _) = until(&desk, is_waiting);
    desk.run("status").says("2 machines are busy with another action");
    let report = desk.run("report --format csv").out;
    let words = "its action LiveResponse aaaaaaaa-0000-4000-8000-000000000001 is Pending";
    assert_eq!(report.matches(words).count(), 2, "{report}");
}

#[test]
fn of_a_header_and_a_body_that_name_different_times_the_longer_one_is_waited_for() {
    let words = "API calls quota exceeded! Maximum allowed 100 per 00:01:00 for the key X. \
                 You can send requests again in 50 seconds";
    let Reply(status, _, body) = Reply::error(429, "429", words);
    let headers = "Content-Type: application/json\r\nRetry-After: 0\r\n";
    let desk = refusing(2, Reply(status, headers, body));
    let is_waiting = |status: &Value| status["waiting"]["reason"] == "retry_after";
    let (_running, status) = until(&desk, is_waiting);
    let until = status["waiting"]["until"].as_str().expect("an instant");
    let until: jiff::Timestamp = until.parse().expect("an instant");
    let lasts = until.as_second() - Clock::new().now().wall.as_micros() / 1_000_000;
    assert!((20..=52).contains(&lasts), "{status}");
}

#[test]
fn after_a_guard_with_everything_sent_nobody_is_told_that_resume_asks() {
    let id = "00000001-0000-4000-8000-000000000001";
    let action = move |machine: &str| {
        format!(r#"{{"id":"{id}","type":"Offboard","status":"Pending","machineId":"{machine}"}}"#)
    };
    let sent = AtomicBool::new(false);
    let desk = scripted(1, move |line| match machine_of(line) {
        Some(machine) if line.starts_with("POST") => {
            sent.store(true, Ordering::SeqCst);
            Reply::json(201, action(&machine))
        }
        _ if sent.load(Ordering::SeqCst) => {
            Reply::json(200, format!(r#"{{"value":[{}]}}"#, action(&"f".repeat(40))))
        }
        _ => Reply::json(200, EMPTY),
    });
    check(&desk, 7, &["the server answered for another machine"], &[])
        .says("hint: check the reason first; what is left: mde-offboard track 1")
        .never_says("asks first");
}
