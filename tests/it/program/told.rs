//! What a person reads after an answer: on the screen, in `status` and in the report.

use std::sync::atomic::{AtomicBool, Ordering};

use mde_offboard::engine::Clock;
use serde_json::Value;

use crate::answers::lasting::{FILTER, NO_QUERY};

use super::scripted::{NO_SIGN_IN, Reply, Running, Scripted, machine_of};
use super::stage::wait_until;

const RUN: &str = "run fleet.csv --comment x --yes --progress plain --poll-interval 500ms \
                   --offline-timeout 2s --track-timeout 1s --settle 1s";

const EMPTY: &str = r#"{"value":[]}"#;

/// Lists hold nothing, and each POST is answered so.
fn refusing(machines: usize, reply: Reply) -> Scripted {
    Scripted::new(machines, move |line, _| {
        if line.starts_with("GET") { Reply::json(200, EMPTY) } else { reply.clone() }
    })
}

/// The run and what is shown of it afterwards hold all of these words, and none of those.
#[track_caller]
fn check(scripted: &Scripted, code: i32, words: &[&str], never: &[&str]) -> String {
    let (ended, said) = scripted.run(RUN);
    assert_eq!(ended, code, "{said}");
    for shown in [&said, &scripted.run("status").1] {
        for words in words {
            assert!(shown.contains(words), "no `{words}` in {shown}");
        }
        for words in never {
            assert!(!shown.contains(words), "`{words}` in {shown}");
        }
    }
    said
}

#[test]
fn a_query_that_is_not_taken_is_told_in_the_services_words() {
    let scripted = Scripted::new(3, move |_, _| Reply::json(400, NO_QUERY));
    let words = [
        "list of actions could not be read",
        "The query specified in the URI is not valid. (HTTP 400)",
    ];
    let said = check(&scripted, 7, &words, &["no connection", "could not be reached", "{\""]);
    assert!(said.contains("waiting=backoff"), "while it waited: {said}");
    assert!(said.contains("last_answer=\"The query specified"), "while it waited: {said}");
    let status: Value = serde_json::from_str(&scripted.run("status --json").1).expect("a document");
    let why = status["why_ended"].as_str().expect("why it ended");
    assert!(why.contains("The query specified"), "{why}");
}

#[test]
fn a_machine_that_defender_does_not_find_is_told_like_one_it_does_not_know() {
    let scripted = refusing(2, Reply::error(404, "NotFound", "Machine was not found"));
    check(&scripted, 4, &["NotFound   Defender does not know it"], &["see the report"]);
    let report = scripted.run("report --format csv").1;
    assert_eq!(report.matches("rejected,not_found,,,3,404,NotFound,Machine was").count(), 2);
}

#[test]
fn a_filters_page_is_quoted_by_its_title_and_its_words() {
    let scripted = refusing(14, Reply::page(403, FILTER));
    let words = ["Web filter: Access denied Category: new hosts (HTTP 403)"];
    check(&scripted, 7, &words, &["<html", "color: red"]);
    let report = scripted.run("report --format csv").1;
    let quoted = "403,,not an answer of Defender (text/html): Web filter: Access denied";
    assert!(report.contains(quoted) && !report.contains("<h1>"), "{report}");
}

#[test]
fn a_bare_404_says_that_the_address_is_wrong() {
    for reply in [Reply(404, "", String::new()), Reply::page(404, "<title>404</title>")] {
        let scripted = refusing(14, reply.clone());
        check(&scripted, 7, &["check --api-url"], &[]);
        let scripted = Scripted::new(2, move |_, _| reply.clone());
        check(&scripted, 7, &["check --api-url"], &["could not be reached"]);
    }
}

#[test]
fn an_address_with_api_at_its_end_is_refused_with_the_right_form() {
    let scripted = refusing(2, Reply::json(200, EMPTY));
    for path in ["/api", "/api/", "/API/machines"] {
        let mut command = scripted.command(RUN);
        command.env("MDE_OFFBOARD_API_URL", format!("{}{path}", scripted.url));
        let (code, said) = super::stage::finish(command);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(&format!("the base address, which is {}\n", scripted.url)), "{said}");
    }
    assert_eq!(scripted.run("status").0, 2, "nothing was queued");
}

#[test]
fn a_sign_in_at_a_wrong_address_is_not_worth_starting_again() {
    let cases = [(404, 7, "cannot be used"), (403, 7, "cannot be used"), (502, 5, "be reached")];
    for (status, code, words) in cases {
        let scripted = Scripted::new(2, move |_, _| Reply::page(status, FILTER));
        let mut command = scripted.command(RUN);
        command.env("AZURE_AUTHORITY_HOST", format!("{}{NO_SIGN_IN}", scripted.url));
        let (ended, said) = super::stage::finish(command);
        assert_eq!(ended, code, "{status}: {said}");
        assert!(said.contains(words) && said.contains("nothing was queued"), "{said}");
        assert_eq!(scripted.run("batches --json").1.trim(), "[]", "{status}");
    }
}

#[test]
fn forty_machines_of_another_tenant_are_not_told_one_by_one() {
    let scripted = refusing(40, Reply::error(404, "ResourceNotFound", "Machine was not found"));
    let said = check(&scripted, 7, &["the list, or the app, is another tenant's"], &["?:"]);
    assert!(said.contains("40 not sent"), "{said}");
}

/// A run in the background, until its status says so.
fn until(scripted: &Scripted, enough: impl Fn(&Value) -> bool) -> (Running, Value) {
    // So long a settle time that a busy machine is not looked at again meanwhile.
    let mut running = scripted.start(&RUN.replace("--settle 1s", "--settle 5m"));
    let mut status = Value::Null;
    wait_until("the run comes to it", || {
        status = serde_json::from_str(&scripted.run("status --json").1).unwrap_or_default();
        let ended = running.0.try_wait().expect("ours");
        assert!(ended.is_none(), "it ended: {}", scripted.run("status").1);
        enough(&status)
    });
    (running, status)
}

#[test]
fn a_live_response_session_that_is_pending_is_named_and_waited_for() {
    let busy = Reply::error(400, "ActiveRequestAlreadyExists", "Action is already in progress");
    let scripted = Scripted::new(2, move |line, _| match machine_of(line) {
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
    let (_running, _) = until(&scripted, is_waiting);
    let shown = scripted.run("status").1;
    assert!(shown.contains("2 machines are busy with another action"), "{shown}");
    let report = scripted.run("report --format csv").1;
    let words = "its action LiveResponse aaaaaaaa-0000-4000-8000-000000000001 is Pending";
    assert_eq!(report.matches(words).count(), 2, "{report}");
}

#[test]
fn of_a_header_and_a_body_that_name_different_times_the_longer_one_is_waited_for() {
    let words = "API calls quota exceeded! Maximum allowed 100 per 00:01:00 for the key X. \
                 You can send requests again in 50 seconds";
    let Reply(status, _, body) = Reply::error(429, "429", words);
    let headers = "Content-Type: application/json\r\nRetry-After: 0\r\n";
    let scripted = refusing(2, Reply(status, headers, body));
    let is_waiting = |status: &Value| status["waiting"]["reason"] == "retry_after";
    let (_running, status) = until(&scripted, is_waiting);
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
    let scripted = Scripted::new(1, move |line, _| match machine_of(line) {
        Some(machine) if line.starts_with("POST") => {
            sent.store(true, Ordering::SeqCst);
            Reply::json(201, action(&machine))
        }
        _ if sent.load(Ordering::SeqCst) => {
            Reply::json(200, format!(r#"{{"value":[{}]}}"#, action(&"f".repeat(40))))
        }
        _ => Reply::json(200, EMPTY),
    });
    let said = check(&scripted, 7, &["the server answered for another machine"], &[]);
    assert!(said.contains("hint: look at it first; what is left: mde-offboard track 1"), "{said}");
    assert!(!said.contains("asks before it goes on"), "{said}");
}
