//! What a screen claims, against the journal's rows by an SQL of its own.
//!
//! Each number that stands in a known place is read off the screen, and compared. A sentence that
//! says more than a number has a condition under which it is true.

use crate::support::program::Said;

use super::documents;
use super::truth::Rows;

pub(super) struct Screen {
    pub(super) name: &'static str,
    pub(super) said: Said,
}

impl Rows {
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
}

#[track_caller]
pub(super) fn check(end: &str, rows: &Rows, screen: &Screen) {
    assert_eq!(rows.queued_in_doubt, 0, "{end}: the journal itself is wrong");
    let wrong = match screen.name {
        "status --json" => documents::status(rows, &screen.said.json()),
        "report --format json" => documents::outcomes(rows, &screen.said.json()),
        "report --format csv" => documents::sheet(rows, &screen.said.out),
        "show pc-" => documents::stories(rows, &screen.said.out),
        "batches" => documents::list(rows, &screen.said.out),
        "status" => [prose(rows, &screen.said.out), next_line(rows, &screen.said.out)].concat(),
        "status --watch" => {
            [prose(rows, &screen.said.out), watch_line(rows, &screen.said.out)].concat()
        }
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

/// The command that `status` ends with.
fn next_line(rows: &Rows, text: &str) -> Vec<String> {
    let told = text.lines().find_map(|line| line.strip_prefix("  next   "));
    let truth = rows.next_command().filter(|_| !rows.runs);
    if told == truth { Vec::new() } else { vec![format!("next: {told:?}")] }
}

/// Who runs it, how it ended, and what goes on, in the one line of a watch that nobody sees.
fn watch_line(rows: &Rows, line: &str) -> Vec<String> {
    let next = rows.next_command().map(|command| format!(" next=\"{command}\""));
    let ended = rows.ended.as_ref().map(|end| format!(" ended={end}"));
    let fields =
        [(" running=no", Some(" running=no".to_owned())), (" ended=", ended), (" next=", next)];
    let wrong = fields.into_iter().filter(|(name, field)| match field {
        Some(field) if !rows.runs => {
            !format!("{} ", line.trim_end()).contains(&format!("{field} "))
        }
        _ => line.contains(name),
    });
    wrong.map(|(name, field)| format!("{name}: {field:?}")).collect()
}

pub(super) fn prose(rows: &Rows, text: &str) -> Vec<String> {
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
    // The last line of a run says how it ended.
    for (at, words) in text.match_indices(" ended=") {
        let told = text[at + words.len()..].split_whitespace().next();
        wrong.extend((told != rows.last_end()).then(|| format!("ended={told:?}")));
    }
    wrong.extend(sentences(rows, text));
    wrong
}

/// Sentences, and whether they are true.
fn sentences(rows: &Rows, text: &str) -> Vec<String> {
    let all_sent = rows.left() == 0;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_killed = rows.ended.is_none();
    let ended = |word| rows.ended.as_deref() == Some(word);
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
        (": interrupted", ended("interrupted")),
        ("stopped on request", ended("stopped")),
        ("Defender could not be reached", ended("unreachable")),
        ("the credentials or the permissions were refused", ended("no_access")),
        ("a guard stopped it", ended("tripped")),
        ("the time to send was over", ended("past_until")),
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
