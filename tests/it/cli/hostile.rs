//! Three hundred texts that would drive a terminal, turn its lines around, or hide, at once in
//! names, cells, names of files, the environment and the server's answers: every command shows
//! them escaped.

use std::fmt::Write as _;

use crate::program::scripted::{Reply, machine_of, scripted};
use crate::support::desk::Desk;
use crate::support::dice::Dice;
use crate::support::machines::machine_id;
use crate::support::program::{Complete, Said, possible};

pub(crate) const TEXTS: u32 = 300;

/// What such texts are made of, beside letters.
const PIECES: [&str; 26] = [
    "\u{1b}[2J",
    "\u{1b}]0;x\u{7}",
    "\u{1b}]8;;http://x\u{1b}\\",
    "\u{1b}P",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\u{8}\u{8}",
    "\r",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{7f}",
    "\u{0}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{200b}",
    "\u{2060}",
    "\u{feff}",
    "\u{2028}",
    "\u{e0041}",
    "\u{fe0f}",
    "\u{3164}",
    "\\u{202e}",
    "=cmd()",
];

/// The text with this number: the same in every run.
pub(crate) fn text(number: u32) -> String {
    let mut dice = Dice::new(u64::from(number));
    let mut text = String::new();
    for _ in 0..=dice.below(4) {
        text.push_str(dice.one_of(&["pc", "Ärger", "名", "a b", "x.y"]));
        text.push_str(dice.one_of(&PIECES));
    }
    if number.is_multiple_of(25) {
        text.push_str(&"w".repeat(4_000));
    }
    text
}

/// What no screen may hold: characters that a terminal obeys, or that nobody sees.
fn is_bad(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{3164}' | '\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

#[track_caller]
pub(crate) fn check_text(what: &str, text: &str) {
    // The mark with which a table begins, for Excel.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.lines().find(|line| line.chars().any(is_bad));
    let shown = line.map(|line| line.escape_debug().take(400).collect::<String>());
    assert_eq!(shown, None, "{what}");
}

#[track_caller]
fn check(what: &str, said: &Said) {
    check_text(what, &said.out);
    check_text(what, &said.err);
    // Long texts are cut where they come in.
    let longest = said.err.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    assert!(longest < 2_500, "{what}: a line of {longest} characters\n{said}");
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// A server whose every word is such a text.
fn tenant() -> Desk {
    let desk = scripted(TEXTS, |line| {
        let Some(machine) = machine_of(line) else { return Reply::json(200, r#"{"value":[]}"#) };
        let number = u32::from_str_radix(&machine[32..], 16).unwrap();
        let words = quoted(&text(number));
        let action = |status: &str| {
            format!(
                r#"{{"id":"{number:08x}-0000-4000-8000-000000000001","type":"Offboard",
                "status":{status},"machineId":"{machine}","requestor":{words}}}"#
            )
        };
        match (line.starts_with("POST"), number % 3) {
            (true, 0) => Reply::json(201, action(&words)),
            (true, 1) => Reply::json(201, action("\"Pending\"")),
            (true, _) => {
                let code = if number % 2 == 0 { words.clone() } else { quoted("Odd") };
                Reply::json(400, format!(r#"{{"error":{{"code":{code},"message":{words}}}}}"#))
            }
            (false, _) => Reply::json(200, r#"{"value":[]}"#),
        }
    });
    let mut list = "Device ID,Device Name,OS Platform,Tags,Device group\n".to_owned();
    for number in 1..=TEXTS {
        let cell = text(number).replace('"', "'");
        let cell = cell.replace(['\0', '\r', '\u{feff}'], "\u{1b}");
        let id = machine_id(number);
        let _ = writeln!(list, "{id},\"{cell}\",Windows11,\"{cell}\",\"{cell}\"");
    }
    desk.file(&possible(NAME), list);
    let name = text(7);
    let name = name.replace('\0', "");
    desk.with("USER", &name).with("HOSTNAME", &name).with("TERM", "xterm")
}

/// The name of the list, as a shell would pass it on.
const NAME: &str = "x\u{1b}[2J\u{202e}\u{9b}31m\u{200b}\u{e0041}p.csv";

fn run(desk: &Desk, words: &str) -> Said {
    let mut command = desk.command(&words.replace("LIST", ""));
    if words.contains("LIST") {
        command.arg(possible(NAME));
    }
    command.said()
}

/// Not in the quick run: `--skip long::`.
mod long {
    use calamine::{Reader as _, Xlsx};

    use super::{Complete, Desk, TEXTS, check, check_text, machine_id, run, tenant, text};

    const RUN: &str = "run --comment Retired --yes --progress plain --concurrency 4 -vv \
                       --limit 1000/1s --settle 200ms --poll-interval 200ms --track-timeout 1s \
                       --events events.ndjson --log-file run.log --on name_differs=send LIST";

    fn check_all(desk: &Desk, commands: &[&str]) {
        for words in commands {
            check(words, &run(desk, words));
        }
    }

    /// Each text is one text cell, and reads as in the report for programs.
    fn check_workbook(desk: &Desk) {
        let file = std::fs::File::open(desk.path("report.xlsx")).unwrap();
        let mut book = Xlsx::new(std::io::BufReader::new(file)).unwrap();
        let mut names = Vec::new();
        for sheet in book.sheet_names() {
            assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "{sheet}");
            for row in book.worksheet_range(&sheet).unwrap().rows() {
                row.iter().for_each(|cell| check_text(&sheet, &cell.to_string()));
                names.extend((sheet == "Machines").then(|| row[1].to_string()));
            }
        }
        let lines = desk.run("report --format ndjson").out;
        let machine = |line| serde_json::from_str::<serde_json::Value>(line).unwrap();
        let shown: Vec<String> = lines
            .lines()
            .map(|line| machine(line)["device_name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(shown.len(), TEXTS as usize);
        assert_eq!(names[1..], shown);
    }

    #[test]
    fn three_hundred_texts_from_outside_come_through_escaped_on_every_screen() {
        let desk = tenant();
        let said = run(&desk, RUN);
        check(RUN, &said);
        assert_eq!(said.code, Some(4), "{said}");
        check_all(
            &desk,
            &[
                "plan --comment x --details details.csv LIST",
                "plan --comment x --json LIST",
                "plan --offline LIST",
                "forecast LIST",
                "check",
                "status",
                "status --json",
                "batches",
                "batches --json",
                "report",
                "report --format json",
                "report --format ndjson",
                "report --format html",
                "report --only unsuccessful",
                "report --output report.xlsx",
                "audit verify",
                "audit export",
                "config show",
                "stop",
                "track --progress plain --track-timeout 1s",
                "retry 1 --only rejected --yes --progress plain",
                "resolve --only held",
                "verify 1",
                "cancel 1 --yes --progress plain",
                "run --comment Retired --yes --track-timeout 1s --progress plain LIST",
            ],
        );
        check("a watch", &desk.first_line("status --watch"));
        let status = desk.status();
        assert_eq!(status["total"], TEXTS, "{status}");
        // They were there to be shown.
        let report = desk.run("report").out;
        assert!(report.matches("\\u{202e}").count() > 20, "{report}");
        assert!(report.matches(",rejected,").count() > 5, "{report}");
        assert!(report.matches('\u{fffd}').count() > 20, "{report}");
        check_workbook(&desk);
        for number in (1..=TEXTS).step_by(5) {
            let id = machine_id(number).to_string();
            check(&format!("show of {number}"), &desk.run(&format!("show {id}")));
            let mut by_name = desk.command("show");
            by_name.arg(text(number).replace('\0', ""));
            let said = by_name.said();
            check(&format!("show by name of {number}"), &said);
        }
        for name in ["events.ndjson", "run.log", "details.csv"] {
            check_text(name, &desk.text(name));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn on_a_terminal_a_run_over_such_texts_shows_none_of_them_and_stays_within_it() {
        use crate::support::pty::OnTerminal;

        let desk = tenant();
        let words = RUN.replace("--progress plain", "--progress bar").replace("-vv", "-v");
        let words = words.replace(" --log-file run.log", "").replace("LIST", "");
        let mut command = desk.command(&words);
        command.arg(super::NAME);
        let run = OnTerminal::start(&command, 80);
        let screen = run.screen().clone();
        let (code, text) = run.end();
        assert_eq!(code, Some(4), "{text}");
        check_text("the last screen", &text);
        let raw = screen.raw();
        assert!(
            raw.contains("\\u{202e}") && raw.contains("  refused: "),
            "they were there to be shown"
        );
        for hostile in ["\u{202e}", "\u{9b}", "\u{1b}[2J", "\u{1b}]0;x", "\u{1b}P", "\u{200b}"] {
            assert!(!raw.contains(hostile), "{hostile:?}");
        }
    }
}
