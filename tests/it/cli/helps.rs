//! What `-h` and `--help` show, for every command.

use crate::support::desk::Desk;
use crate::support::program::Complete;

/// The headings of the options, in their order.
const HEADINGS: [&str; 10] = [
    "What to send",
    "Which machines",
    "Decision",
    "Safety",
    "Pace",
    "Progress",
    "Output",
    "Connection",
    "Advanced",
    "Rehearsal",
];

/// What else has a heading, before and after the options.
const BEFORE: [&str; 2] = ["Commands", "Arguments"];
const AFTER: [&str; 2] = ["Exit codes", "Examples"];

/// The columns of a small terminal.
const COLUMNS: usize = 80;

/// Every command by its words, those inside others too, as the help itself lists them.
fn every_command(desk: &Desk, above: &str) -> Vec<String> {
    let help = desk.run(&format!("{above} --help")).ends_with(0).out;
    let Some((_, listed)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let lines = listed.lines().take_while(|line| line.starts_with(' '));
    let names = lines.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let names = names.filter(|name| *name != "help");
    let all = names.flat_map(|name| {
        let words = format!("{above} {name}").trim_start().to_owned();
        let inner = every_command(desk, &words);
        [words].into_iter().chain(inner)
    });
    all.collect()
}

fn help(desk: &Desk, words: &str) -> String {
    let mut command = desk.command(words);
    let said = command.env("COLUMNS", COLUMNS.to_string()).said();
    said.ends_with(0).out
}

/// The headings of a help.
fn headings(help: &str) -> Vec<&str> {
    let lines = help.lines().filter(|line| !line.starts_with(' '));
    lines.filter_map(|line| line.strip_suffix(':')).collect()
}

#[test]
fn every_help_has_the_agreed_headings_in_the_agreed_order() {
    let desk = Desk::new();
    let commands = every_command(&desk, "");
    assert!(commands.len() > 20, "{commands:?}");
    let order: Vec<&str> = BEFORE.into_iter().chain(HEADINGS).chain(AFTER).collect();
    for words in commands {
        for option in ["-h", "--help"] {
            let help = help(&desk, &format!("{words} {option}"));
            let found = headings(&help);
            let places = found.iter().map(|heading| {
                let place = order.iter().position(|known| known == heading);
                place.unwrap_or_else(|| panic!("`{heading}` in {help}"))
            });
            assert!(places.is_sorted_by(|one, next| one < next), "{words} {option}: {found:?}");
        }
    }
}

#[test]
fn no_help_is_wider_than_a_small_terminal() {
    let desk = Desk::new();
    let commands = every_command(&desk, "");
    let helps =
        commands.iter().flat_map(|words| [format!("{words} -h"), format!("{words} --help")]);
    for words in helps.chain(["-h".to_owned(), "--help".to_owned()]) {
        let help = help(&desk, &words);
        for line in help.lines() {
            assert!(line.chars().count() <= COLUMNS, "{words}: {line}");
        }
        // What is copied is one line.
        let (_, examples) = help.split_once("\nExamples:\n").unwrap_or_default();
        for line in examples.lines() {
            assert!(line.starts_with("  mde-offboard "), "{words}: {line}");
        }
    }
}
