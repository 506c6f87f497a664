//! A batch's life, command by command: all that is written for programs fits its schema.

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::program::Said;

use super::fits::check;

/// Each command with the schema of its document, in order.
const LIFE: [(&str, &str); 23] = [
    ("check --journal new.db", "check"),
    ("batches --journal new.db", "batches"),
    ("status --journal new.db", "error"),
    ("stop --journal new.db", "error"),
    ("resume 7", "error"),
    ("plan missing.csv --comment x", "error"),
    ("run fleet.csv --no-such-option", "error"),
    ("plan fleet.csv --comment Retired", "plan-summary"),
    ("plan fleet.csv --comment Retired --offline", "plan-summary"),
    ("forecast 10000", "forecast"),
    ("forecast 10000 --until 23:59", "forecast"),
    ("config show", "config"),
    (
        "run fleet.csv --comment Retired --yes --progress none --limit 1000/1s --poll-interval \
         200ms --settle 1s --track-timeout 1s --max-attempts 1 --events events.ndjson",
        "status",
    ),
    ("status", "status"),
    ("batches", "batches"),
    ("stop 1", "status"),
    ("resume 1 --yes --progress none --track-timeout 1s --events events.ndjson", "status"),
    ("track 1 --progress none --track-timeout 1s --events events.ndjson", "status"),
    ("retry 1 --yes --progress none --events events.ndjson", "status"),
    ("resolve --only held --skip --batch 1", "status"),
    ("verify 1", "verify"),
    // Nothing is left to take back.
    ("cancel 1 --yes --progress none", "status"),
    ("audit verify", "audit"),
];

#[track_caller]
fn check_document(said: &Said, schema: &str, words: &str) {
    assert!(said.out.is_ascii(), "{words}: {said}");
    let document = serde_json::from_str(&said.out);
    let document = document.unwrap_or_else(|error| panic!("{words}: {error}: {said}"));
    check(schema, &document);
}

#[track_caller]
fn check_lines(text: &str, schema: &str) -> usize {
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        check(schema, &line);
    }
    text.lines().count()
}

#[test]
fn every_document_of_every_command_fits_its_schema() {
    let desk = Desk::holding(&list(30), "--fleet mixed --speed 600 --limit 1000/1s");
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "journal.db");
    for (words, schema) in LIFE {
        let said = desk.run(&format!("{words} --json"));
        check_document(&said, schema, words);
    }
    check_document(&desk.run(&format!("show {} --json", machine_id(1))), "machine", "show");
    for (words, schema) in [("report 1", "report"), ("report all", "report")] {
        desk.run(&format!("{words} --output report.json")).ends_with(0);
        check(schema, &serde_json::from_str(&desk.text("report.json")).expect("JSON"));
    }
    check_document(&desk.run("report 1 --json"), "report", "report");
    desk.run("report 1 --output report.ndjson").ends_with(0);
    assert_eq!(check_lines(&desk.text("report.ndjson"), "outcome"), 30);
    desk.run("audit export --output facts.ndjson").ends_with(0);
    assert!(check_lines(&desk.text("facts.ndjson"), "fact") > 60);
    assert!(check_lines(&desk.text("events.ndjson"), "event") > 30);
}

#[test]
fn a_batch_that_stops_and_is_cancelled_is_told_as_a_document() {
    let desk = Desk::with_fleet(200, "--limit 20/1s");
    let run = desk.start(
        "run fleet.csv --comment x --yes --progress none --limit 20/1s --settle 1s \
         --poll-interval 200ms --track-timeout 1s",
    );
    desk.wait_for("status --json", |status| status["counts"]["pending"].as_u64() > Some(5));
    let said = desk.run("stop --json").ends_with(0);
    check_document(&said, "status", "stop");
    let document = said.json();
    assert_eq!((&document["batch"]["id"], &document["running"]), (&1.into(), &true.into()));
    Said::by(run).ends_with(5);
    let said = desk.run("stop 1 --json").ends_with(0);
    check_document(&said, "status", "stop");
    assert_eq!(said.json()["running"], false);
    assert_eq!(said.json()["next"]["command"], "mde-offboard resume 1");
    let said = desk.run("cancel 1 --yes --progress none --json");
    check_document(&said, "cancel", "cancel");
    assert!(said.json()["withdrawn"].as_u64() > Some(0), "{said}");
}
