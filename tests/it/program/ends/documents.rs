//! What documents and tables claim: each value in its place, against the journal's rows.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::claims::prose;
use super::truth::Rows;

/// `status --json`.
pub(super) fn status(rows: &Rows, document: &Value) -> Vec<String> {
    let is_settled = rows.next_command().is_none();
    let next = rows.next_command().filter(|_| !rows.runs);
    let fields = [
        ("total", json!(rows.machines()), &document["total"]),
        ("settled", json!(is_settled), &document["settled"]),
        ("running", json!(rows.runs), &document["running"]),
        ("next", json!(next), &document["next"]["command"]),
    ];
    let wrong = fields.into_iter().filter(|(_, truth, told)| truth != *told);
    let mut wrong: Vec<String> =
        wrong.map(|(name, truth, told)| format!("{name}: {told}, not {truth}")).collect();
    wrong.extend(counts(rows, &document["counts"]));
    let reason = document["next"]["reason"].as_str().unwrap_or_default();
    wrong.extend(prose(rows, reason));
    wrong
}

/// The last line of `--events` that says how it ended.
#[track_caller]
pub(super) fn check_events(end: &str, rows: &Rows, lines: &str) {
    let mut events = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line"));
    let last = events.rfind(|event| event["event"] == "batch_ended");
    let Some(last) = last else { return };
    let mut wrong = counts(rows, &last["counts"]);
    wrong.extend((last["end"] != json!(rows.last_end())).then(|| format!("end: {}", last["end"])));
    assert!(wrong.is_empty(), "{end}, events: {wrong:?} of {last}");
}

fn counts(rows: &Rows, counts: &Value) -> Vec<String> {
    let counts = counts.as_object().expect("counts");
    let wrong = counts.iter().filter(|(state, number)| **number != rows.of_state(state));
    wrong.map(|(state, number)| format!("{state}: {number}")).collect()
}

/// `report --format json`.
pub(super) fn outcomes(rows: &Rows, document: &Value) -> Vec<String> {
    let machines = document["machines"].as_array().expect("machines").iter();
    compared(rows, machines.map(|machine| machine["state"].as_str().expect("a word")))
}

/// `report --format csv`: the state stands in the third column.
pub(super) fn sheet(rows: &Rows, text: &str) -> Vec<String> {
    let mut lines = text.lines().map(|line| line.split(',').nth(2).unwrap_or_default());
    assert_eq!(lines.next(), Some("state"), "{text}");
    compared(rows, lines)
}

/// `show` of each machine: its state stands before its attempts, in a line of its own.
pub(super) fn stories(rows: &Rows, text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.contains(" attempt"));
    let state = |line: &str| line.split([',', '(']).next().unwrap_or_default().trim().to_owned();
    let lines = lines.filter(|line| {
        rows.states.contains_key(&state(line)) || line.starts_with("  ") && !line.starts_with("   ")
    });
    let states: Vec<String> = lines.map(state).collect();
    compared(rows, states.iter().map(String::as_str))
}

fn compared<'a>(rows: &Rows, states: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for state in states {
        *told.entry(state.to_owned()).or_default() += 1;
    }
    if told == rows.states { Vec::new() } else { vec![format!("{told:?}")] }
}

/// `batches`: the numbers stand under their words, after the name of the list.
pub(super) fn list(rows: &Rows, text: &str) -> Vec<String> {
    let (sent, of) = rows.sent();
    // Requests without an answer have a column of their own, where there are any.
    let unanswered = rows.of_state("sending");
    let ends = [rows.of_state("succeeded"), rows.of_state("pending"), rows.bad()];
    let numbers: Vec<u64> = Some(unanswered).filter(|n| *n > 0).into_iter().chain(ends).collect();
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let answered = sent - unanswered;
    let truth = format!("fleet.csv {answered}/{of} {} {}", numbers.join(" "), rows.progress());
    let line = text.lines().nth(1).unwrap_or_default();
    let told = line.split_whitespace().skip(5).collect::<Vec<_>>().join(" ");
    if told == truth { Vec::new() } else { vec![format!("{told}, not {truth}")] }
}
