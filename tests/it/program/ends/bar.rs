//! The bar's own numbers at one instant, against `status`, the events, the report and the journal's
//! rows by an SQL of this test.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::pty::OnTerminal;

use super::tenant::{
    Fate::{self, Accepted, Refused, Silent},
    Tenant,
};
use super::truth::Rows;

/// What a picture begins with.
const TITLE: &str = " batch 1  ";

/// Of each outcome another number.
fn fates() -> Vec<Fate> {
    let of = |fate: Fate, machines: usize| vec![fate; machines];
    [
        of(Refused, 2),
        of(Accepted("Failed"), 3),
        of(Accepted("TimeOut"), 4),
        of(Accepted("Cancelled"), 5),
        of(Accepted("Succeeded"), 6),
        of(Accepted("Pending"), 7),
    ]
    .concat()
}

/// A run on a terminal, at an instant from which on nothing moves.
struct Frozen {
    desk: Desk,
    tenant: Tenant,
    run: OnTerminal,
}

impl Frozen {
    /// Starts a run, and waits until `enough` holds for its status.
    fn at(fates: &[Fate], more: &str, enough: impl Fn(&Value) -> bool) -> Self {
        let (tenant, desk) = Tenant::with(fates);
        let words = format!(
            "run fleet.csv --comment x --yes --progress bar --settle 1s --timeout 10m \
             --concurrency 40 --track-timeout 1h --events events.ndjson {more}"
        );
        let run = OnTerminal::start(&desk.command(&words), 120);
        desk.wait_for("status --json", enough);
        Self { desk, tenant, run }
    }

    /// The picture once it was drawn twice more: the first may be of the second before.
    fn picture(&self) -> Vec<String> {
        let elapsed = |text: &str| {
            let title = text.lines().rfind(|line| line.starts_with(TITLE))?;
            Some(title.split("   ").last()?.trim().to_owned())
        };
        let mut seen = self.run.wait_for("a picture", |text| elapsed(text).is_some());
        for _ in 0..2 {
            let before = elapsed(&seen);
            seen = self.run.wait_for("it is drawn again", |text| {
                elapsed(text).is_some_and(|now| Some(now) != before)
            });
        }
        let lines = seen.lines().skip_while(|line| !line.starts_with(TITLE));
        lines.map(|line| line.trim().to_owned()).collect()
    }

    /// How many machines are in each state, by the events alone.
    fn by_events(&self) -> BTreeMap<String, u64> {
        let mut states: BTreeMap<String, &str> = BTreeMap::new();
        let text = self.desk.text("events.ndjson");
        let events: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
        for event in &events {
            let state = match event["event"].as_str().expect("a name") {
                "submitted" => "pending",
                "rejected" => "rejected",
                "action_updated" => event["state"].as_str().expect("a state"),
                _ => continue,
            };
            states.insert(event["machine_id"].as_str().expect("an ID").to_owned(), state);
        }
        let mut counts = BTreeMap::new();
        for state in states.into_values() {
            *counts.entry(state.to_owned()).or_default() += 1;
        }
        counts
    }

    /// The same by the report.
    fn by_report(&self) -> BTreeMap<String, u64> {
        let report = self.desk.run("report --format json").ends_with(0).json();
        let mut counts = BTreeMap::new();
        for machine in report["machines"].as_array().expect("machines") {
            *counts.entry(machine["state"].as_str().expect("a word").to_owned()).or_default() += 1;
        }
        counts
    }
}

/// The number that stands after these words, to the next letter.
#[track_caller]
fn after(line: &str, words: &str) -> u64 {
    let rest = line.split_once(words).unwrap_or_else(|| panic!("no `{words}`: {line}")).1;
    let digits: String =
        rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().unwrap_or_else(|_| panic!("no number after `{words}`: {line}"))
}

/// What the third line of a picture says of each state.
fn told(line: &str) -> BTreeMap<String, u64> {
    let words = [
        ("pending", "pending"),
        ("succeeded", "succeeded"),
        ("failed", "failed"),
        ("timed out", "timed_out"),
        ("cancelled", "cancelled"),
        ("refused", "rejected"),
    ];
    words.map(|(words, state)| (state.to_owned(), after(line, words))).into()
}

/// The states that a request was answered into, alike in all that tells of them.
fn answered(counts: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let open = ["queued", "sending"];
    let answered = counts.iter().filter(|(state, _)| !open.contains(&state.as_str()));
    answered.filter(|(_, n)| **n > 0).map(|(state, n)| (state.clone(), *n)).collect()
}

/// All numbers of the picture, and of everything else at that instant.
#[track_caller]
fn check(frozen: &Frozen, unsent: u64, in_flight: u64) {
    let before = frozen.desk.status();
    let picture = frozen.picture();
    let (events, report) = (frozen.by_events(), frozen.by_report());
    let rows = Rows::of(&frozen.desk.fleet_journal(), &frozen.tenant.reached());
    let status = frozen.desk.status();
    assert_eq!(before["counts"], status["counts"], "it was not frozen");
    let truth = rows.states.clone();
    let shown = format!("{picture:#?}\n{status:#}\n{truth:?}");
    let by_status: BTreeMap<String, u64> =
        serde_json::from_value(status["counts"].clone()).expect("counts");

    assert_eq!(told(&picture[2]), answered(&truth), "the bar and the rows: {shown}");
    assert_eq!(answered(&by_status), answered(&truth), "status and the rows: {shown}");
    assert_eq!(events, answered(&truth), "the events and the rows: {shown}");
    assert_eq!(report, truth, "the report and the rows: {shown}");

    let all: u64 = truth.values().sum();
    let (answered, pending) = (all - unsent - in_flight, truth["pending"]);
    assert_eq!(after(&picture[2], "accepted"), answered - truth["rejected"], "{shown}");
    assert_eq!(after(&picture[2], "retrying"), 0, "{shown}");
    let (part, words) = match unsent + in_flight {
        0 => (all - pending, format!("{} of {all} outcomes known", all - pending)),
        _ => (answered, format!("{answered} of {all} answered")),
    };
    let share = format!("{words}  {} %", part * 100 / all);
    assert!(picture[1].ends_with(&share), "{share}: {shown}");
    let open = |state: &str| by_status.get(state).copied();
    assert_eq!((open("queued"), open("sending")), (Some(unsent), Some(in_flight)), "{shown}");
}

#[test]
fn while_a_run_waits_the_bar_and_all_else_tell_the_same_numbers() {
    let sent = [fates(), vec![Silent; 3]].concat();
    let fates = [sent.clone(), vec![Accepted("Succeeded"); 11]].concat();
    // The one list that so small a limit leaves room for comes after all answers.
    let limit = format!("--limit {}/1h --poll-interval 10s", sent.len());
    let frozen = Frozen::at(&fates, &limit, |status| {
        status["waiting"]["reason"] == "window" && status["counts"]["succeeded"] == 6
    });
    check(&frozen, 11, 3);
    let (status, picture) = (frozen.desk.status(), frozen.picture());
    let limits = &status["windows"][0];
    let used = format!("hour {}/{}", limits["used"], limits["limit"]);
    assert_eq!(limits["used"], 30, "{status}");
    assert!(picture[3].starts_with(&used), "{used}: {picture:#?}");
}

#[test]
fn while_a_run_only_follows_the_bar_and_all_else_tell_the_same_numbers() {
    let quick = "--limit 1000/1s --poll-interval 200ms";
    let frozen = Frozen::at(&fates(), quick, |status| {
        status["waiting"]["reason"] == "actions" && status["counts"]["succeeded"] == 6
    });
    check(&frozen, 0, 0);
    let (status, picture) = (frozen.desk.status(), frozen.picture());
    assert_eq!(status["waiting"]["machines"], 7, "{status}");
    assert_eq!(after(&picture[3], "following the other"), 7, "{picture:#?}");
}
