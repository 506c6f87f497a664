//! What a screen claims, against the journal's rows by an SQL of its own.
//!
//! Each number that stands in a known place is read off the screen, and compared. A sentence that
//! says more than a number has a condition under which it is true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::support::program::Said;

pub(super) struct Screen {
    pub(super) name: &'static str,
    pub(super) said: Said,
}

/// The truth: how many machines are in which state, and what is known of them.
pub(super) struct Rows {
    states: BTreeMap<String, u64>,
    /// Machines that are queued although their last request got no answer.
    queued_in_doubt: u64,
    /// Whether actions were read after the last request.
    asked: bool,
    /// Machines whose request reached the server, by its own count.
    reached: u64,
    /// How the batch ended, in the journal's word.
    ended: Option<String>,
}

impl Rows {
    pub(super) fn of(journal: &Path, reached: &BTreeSet<u32>) -> Self {
        // A copy: a reader that is not ours would fold the log away.
        let copy = tempfile::tempdir().unwrap();
        for ending in ["", "-wal"] {
            let name = format!("journal.db{ending}");
            let from = journal.with_file_name(&name);
            if from.exists() {
                std::fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let db = Connection::open_with_flags(copy.path().join("journal.db"), flags).unwrap();
        let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap().into();
        let mut statement =
            db.prepare("SELECT state, COUNT(*) FROM machines GROUP BY state").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?.into())));
        let states = rows.unwrap().map(Result::unwrap).collect();
        let last = "SELECT kind FROM facts AS f WHERE f.batch = m.batch AND f.number = m.number
                    ORDER BY id DESC LIMIT 1";
        let doubts = format!(
            "SELECT COUNT(*) FROM machines AS m
             WHERE state = 'queued' AND ({last}) IN ('sending', 'uncertain')"
        );
        Self {
            states,
            queued_in_doubt: number(&doubts),
            asked: number(
                "SELECT EXISTS (SELECT 1 FROM calls, batches WHERE limit_group = 'reads'
                     AND receipt_at IS NOT NULL AND sent_at > last_sent_at)
                 AND NOT EXISTS (SELECT 1 FROM (SELECT content FROM facts WHERE kind = 'ended'
                     ORDER BY id DESC LIMIT 1) WHERE content ->> 'why' IS NOT NULL)",
            ) == 1_u64,
            reached: reached.len() as u64,
            ended: db.query_row("SELECT ended FROM batches", [], |row| row.get(0)).unwrap(),
        }
    }

    /// How many machines are in each state that has some.
    pub(super) const fn states(&self) -> &BTreeMap<String, u64> {
        &self.states
    }

    fn of_state(&self, state: &str) -> u64 {
        self.states.get(state).copied().unwrap_or(0)
    }

    fn all(&self, states: &[&str]) -> u64 {
        states.iter().map(|state| self.of_state(state)).sum()
    }

    pub(super) fn left(&self) -> u64 {
        self.all(&["queued", "sending", "uncertain"])
    }

    pub(super) fn machines(&self) -> u32 {
        u32::try_from(self.states.values().sum::<u64>()).expect("few")
    }

    fn bad(&self) -> u64 {
        self.all(&["failed", "timed_out", "cancelled", "rejected"])
    }

    /// What stands in front of each of these words on a screen.
    fn before(&self) -> Vec<(&'static str, u64)> {
        let doubt = self.all(&["sending", "uncertain", "held"]);
        let accepted = self.all(&["pending", "succeeded", "failed", "timed_out", "cancelled"]);
        vec![
            ("accepted", accepted),
            ("refused", self.of_state("rejected")),
            ("in doubt", doubt),
            ("to go", self.of_state("queued")),
            ("not sent", self.of_state("queued")),
            ("without an answer", self.all(&["sending", "uncertain"])),
            ("action is pending", self.of_state("pending")),
            ("actions are pending", self.of_state("pending")),
        ]
    }

    /// What stands after each of these words.
    fn after(&self) -> Vec<(&'static str, u64)> {
        let states = ["queued", "pending", "succeeded", "failed", "cancelled", "rejected"];
        let states = states.into_iter().map(|state| (state, self.of_state(state)));
        let others = [
            ("timed out", self.of_state("timed_out")),
            ("timed_out", self.of_state("timed_out")),
            ("uncertain", self.of_state("uncertain")),
            ("held", self.of_state("held")),
            ("without an answer", self.of_state("sending")),
            ("skipped", self.of_state("skipped")),
        ];
        states.chain(others).collect()
    }

    /// What `cancel` says that it did, as a column of numbers. Nobody else cancels here.
    fn cancelled(&self) -> [(&'static str, u64); 2] {
        [
            ("  not sent: withdrawn", self.of_state("skipped")),
            ("  cancelled at Defender", self.of_state("cancelled")),
        ]
    }

    fn sent(&self) -> (u64, u64) {
        let all = u64::from(self.machines()) - self.of_state("skipped");
        (all - self.of_state("queued"), all)
    }
}

#[track_caller]
pub(super) fn check(end: &str, rows: &Rows, screen: &Screen) {
    assert_eq!(rows.queued_in_doubt, 0, "{end}: the journal itself is wrong");
    let wrong = match screen.name {
        "status --json" => document(rows, &screen.said.json()["counts"]),
        "report --format json" => report(rows, &screen.said.json()),
        "report --format csv" => {
            let lines = screen.said.out.lines().skip(1).count();
            (lines != rows.machines() as usize)
                .then(|| format!("{lines} lines"))
                .into_iter()
                .collect()
        }
        "show pc-" => shows(rows, &screen.said.out),
        "batches" => batches(rows, &screen.said.out),
        "the command" => {
            // What was planned is no claim about the end; numbers of that time are not compared.
            let err = screen.said.err.lines().filter(|line| is_last(line));
            let err: Vec<&str> = err.collect();
            prose(rows, &format!("{}\n{}", screen.said.out, err.join("\n")))
        }
        _ => prose(rows, &screen.said.out),
    };
    assert!(wrong.is_empty(), "{end}, {}: {wrong:#?}\n{}", screen.name, screen.said);
}

/// Lines of standard error about how it ended.
fn is_last(line: &str) -> bool {
    line.contains(" ended=") || line.starts_with("error: ") || line.starts_with("hint: ")
}

/// The last line of `--events` that says how it ended.
pub(super) fn check_events(end: &str, rows: &Rows, lines: &str) {
    let mut events = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line"));
    let last = events.rfind(|event| event["event"] == "batch_ended");
    let Some(last) = last else { return };
    let wrong = document(rows, &last["counts"]);
    assert!(wrong.is_empty(), "{end}, events: {wrong:?} of {last}");
}

fn document(rows: &Rows, counts: &Value) -> Vec<String> {
    let counts = counts.as_object().expect("counts");
    let wrong = counts.iter().filter(|(state, number)| **number != rows.of_state(state));
    wrong.map(|(state, number)| format!("{state}: {number}")).collect()
}

fn report(rows: &Rows, document: &Value) -> Vec<String> {
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for machine in document["machines"].as_array().expect("machines") {
        *told.entry(machine["state"].as_str().expect("a word").to_owned()).or_default() += 1;
    }
    if told == rows.states { Vec::new() } else { vec![format!("{told:?}")] }
}

/// `batches`: requests without an answer are told apart from those that were sent.
fn batches(rows: &Rows, table: &str) -> Vec<String> {
    let row = table.lines().nth(1).expect("a batch");
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let (sent, of) = rows.sent();
    let unanswered = rows.of_state("sending");
    let mut truth = vec![format!("{}/{of}", sent - unanswered)];
    truth.extend((unanswered > 0).then(|| unanswered.to_string()));
    let others = [rows.of_state("succeeded"), rows.of_state("pending"), rows.bad()];
    truth.extend(others.map(|machines| machines.to_string()));
    let told = &cells[3..3 + truth.len()];
    if told == truth { Vec::new() } else { vec![format!("{told:?}: {truth:?}")] }
}

/// `show` of each machine: its state stands in the fourth line, before its attempts.
fn shows(rows: &Rows, text: &str) -> Vec<String> {
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains(" attempt")) {
        let state = line.split([',', '(']).next().unwrap_or_default().trim();
        if rows.states.contains_key(state) || line.starts_with("  ") && !line.starts_with("   ") {
            *told.entry(state.to_owned()).or_default() += 1;
        }
    }
    if told == rows.states { Vec::new() } else { vec![format!("{told:?}")] }
}

fn prose(rows: &Rows, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in text.lines() {
        // A retry speaks of its own machines.
        if line.starts_with("Tried again: ") {
            continue;
        }
        for (words, truth) in rows.cancelled() {
            let told = line.strip_suffix(words).map(|number| number.trim().parse());
            wrong
                .extend(told.filter(|n| *n != Ok(truth)).map(|n| format!("{n:?}{words}: {truth}")));
        }
        // Nor do the notes beside a command.
        let line = line.split("left out: ").next().unwrap_or_default();
        for (words, truth) in rows.before() {
            let claims = numbers(line, number_ending_at, words);
            wrong.extend(claims.filter(|n| *n != truth).map(|n| format!("`{n} {words}`: {truth}")));
        }
        for (words, truth) in rows.after() {
            let claims =
                numbers(line, |line, at| number_beginning_at(line, at + words.len()), words);
            wrong.extend(claims.filter(|n| *n != truth).map(|n| format!("`{words} {n}`: {truth}")));
        }
    }
    let (sent, of) = rows.sent();
    let ratio =
        [("Stopped at ", " of "), ("is sent: ", " of "), ("sent=", "/"), ("to its end: ", " of ")];
    for (words, between) in ratio {
        for (at, _) in text.match_indices(words) {
            let rest = &text[at + words.len()..];
            let told = number_beginning_at(rest, 0);
            let whole = rest.split_once(between).and_then(|(_, rest)| number_beginning_at(rest, 0));
            // In flight at the end of a run's own line, they are not counted as sent yet.
            let unanswered = if words == "sent=" { rows.of_state("sending") } else { 0 };
            if (told, whole) != (Some(sent - unanswered), Some(of)) {
                wrong.push(format!("`{words}{told:?} of {whole:?}`: {sent} of {of}"));
            }
        }
    }
    wrong.extend(sentences(rows, text));
    wrong
}

/// Sentences, and whether they are true.
fn sentences(rows: &Rows, text: &str) -> Vec<String> {
    let all_sent = rows.left() == 0;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_killed = rows.ended.is_none();
    let claims = [
        ("nothing failed", all_sent && rows.bad() + rows.of_state("held") == 0 && rows.asked),
        ("Everything is sent", all_sent),
        ("everything is sent", all_sent),
        ("everything was sent", all_sent),
        ("all sent", all_sent),
        ("nothing is left to send", all_sent),
        ("every machine was settled", all_sent && rows.all(&["pending", "held"]) == 0),
        ("Every action succeeded", rows.of_state("succeeded") == u64::from(rows.machines())),
        ("the program or the computer ended", is_killed),
        ("Stopped at", !all_sent),
        ("mde-offboard resume 1", !all_sent),
        ("mde-offboard track 1", rows.of_state("pending") > 0),
        ("mde-offboard retry 1", rows.all(&["failed", "timed_out"]) > 0),
        ("resolve --only held", rows.of_state("held") > 0),
        ("Nothing is lost", true),
    ];
    let false_ones = claims.into_iter().filter(|(words, holds)| text.contains(words) && !holds);
    let mut wrong: Vec<String> = false_ones.map(|(words, _)| format!("`{words}`")).collect();
    // Who is told that something was not sent must not find it at the server.
    if rows.reached + rows.of_state("queued") > u64::from(rows.machines())
        && text.contains("not sent")
    {
        let answered = rows.reached + rows.of_state("queued") - u64::from(rows.machines());
        // A refusal without effect is an answer: it is sent again.
        wrong.extend(
            (answered > 2).then(|| format!("`not sent`: {} reached the server", rows.reached)),
        );
    }
    wrong
}

fn numbers<'a>(
    line: &'a str,
    number: impl Fn(&str, usize) -> Option<u64> + 'a,
    words: &'a str,
) -> impl Iterator<Item = u64> + 'a {
    line.match_indices(words).filter_map(move |(at, _)| number(line, at))
}

fn number_ending_at(line: &str, at: usize) -> Option<u64> {
    let before = line[..at].strip_suffix(' ')?;
    let begin = before.rfind(|c: char| !c.is_ascii_digit() && c != ',').map_or(0, |at| at + 1);
    before[begin..].replace(',', "").parse().ok()
}

fn number_beginning_at(line: &str, at: usize) -> Option<u64> {
    let rest = line.get(at..)?.trim_start_matches([' ', '=']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
    rest[..end].trim_end_matches(',').replace(',', "").parse().ok()
}
