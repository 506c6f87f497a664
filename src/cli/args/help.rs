//! What `-h` and `--help` show beside the options: `-h` only those of every day, with two examples;
//! `--help` all of them by topic, with more examples and the exit codes.
//!
//! Deliberately absent: the text of an option, which stands where the option is.

use clap::{Command, CommandFactory};

use super::Root;

/// The options that `-h` shows, by their names in clap; what a command needs is shown in any case.
const EVERYDAY: [&str; 32] = [
    "files",
    "machines",
    "machine",
    "batch",
    "names",
    "file",
    "yes",
    "comment",
    "expect_count",
    "plan",
    "output",
    "details",
    "format",
    "on",
    "filters",
    "protect",
    "by_name",
    "canary",
    "max_failures",
    "between",
    "until",
    "only",
    "profile",
    "simulate",
    "json",
    "journal",
    "resend",
    "submitted",
    "skip",
    "offline",
    "sample",
    "help",
];

/// Each command with examples, the most useful ones first: `-h` shows two.
const EXAMPLES: [(&str, &[&str]); 20] = [
    (
        "plan",
        &[
            "plan fleet.csv --comment \"CHG0041233 retired\"",
            "plan fleet.csv --offline",
            "plan fleet.csv --comment \"CHG0041233 retired\" --output plan.json",
            "plan fleet.csv --comment Retired --where \"Group=Berlin\" --details all.csv",
        ],
    ),
    (
        "run",
        &[
            "run fleet.csv --comment \"CHG0041233 retired\"",
            "run fleet.csv --comment \"Trial\" --simulate",
            "run fleet.csv --comment \"CHG0041233 retired\" --canary 20 --max-failures 5%",
            "run fleet.csv --comment Retired --profile contoso --yes --expect-count 9974 --json",
        ],
    ),
    (
        "resume",
        &["resume", "resume 3 --until 06:00", "resume 3 --between \"22:00-06:00 Europe/Berlin\""],
    ),
    ("stop", &["stop", "stop 3", "stop --profile contoso"]),
    ("cancel", &["cancel 3", "cancel 3 --only queued", "cancel 3 --machines keep.csv"]),
    ("retry", &["retry 3", "retry 3 --only failed,timed_out", "retry 3 --machines again.csv"]),
    (
        "resolve",
        &[
            "resolve --only held",
            "resolve pc-0417 --resend",
            "resolve pc-0417 --submitted 5382f7ea-7557-4ab7-9782-d50480024a4e",
            "resolve --only held --batch 3 --skip",
        ],
    ),
    ("track", &["track", "track 3 --track-timeout 2h", "track all --json"]),
    ("verify", &["verify", "verify 3 --output verify.csv", "verify all"]),
    ("status", &["status", "status 3", "status --json", "status --journal tenants/"]),
    ("show", &["show pc-0417", "show 7c9e66797425440de944be07fc1f90ae700000ff"]),
    (
        "report",
        &[
            "report --output report.csv",
            "report 3 --only unsuccessful",
            "report all --format ndjson",
            "report --journal tenants/ --output all.csv",
        ],
    ),
    ("batches", &["batches", "batches --json", "batches --journal tenants/"]),
    ("check", &["check", "check --profile contoso", "check --auth device-code"]),
    (
        "audit",
        &["audit verify", "audit verify --write-head head.txt", "audit export --output facts.csv"],
    ),
    ("journal", &["journal copy backup.db", "journal copy other.db --hand-over"]),
    (
        "forecast",
        &[
            "forecast 10000",
            "forecast fleet.csv --between 22:00-06:00",
            "forecast 1e4 --quota-share 50%",
        ],
    ),
    ("config", &["config init", "config show", "config show --profile contoso"]),
    ("simulator", &["simulator --sample 200 --output try.csv", "simulator --machines fleet.csv"]),
    ("help", &[]),
];

const EXIT_CODES: &str = "Exit codes:
    0  done, or there was nothing to do
    1  an error that no other code names
    2  the command line or the settings are wrong
    3  the list is missing or wrong; nothing was queued
    4  nothing is left to send, and some machines failed
    5  something is left to send or to decide; the message has the command that continues
    6  no access: the credentials, the permissions or a certificate were refused
    7  a guard stopped it
    8  the journal cannot be used
    9  everything is sent, and some actions are still pending: run `track` later
  130  Ctrl-C twice; nothing is lost";

/// The definition of everything that can be typed, with its help.
pub(crate) fn command() -> Command {
    let root = Root::command().mut_args(everyday_only).after_long_help(EXIT_CODES);
    let names: Vec<String> =
        root.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    names.into_iter().fold(root, |root, name| root.mut_subcommand(name, with_help))
}

fn with_help(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let found = EXAMPLES.iter().find(|(known, _)| *known == name);
    let examples = found.map(|(_, examples)| *examples).unwrap_or_default();
    let lines = |examples: &[&str]| {
        let lines = examples.iter().map(|example| format!("\n  mde-offboard {example}"));
        format!("Examples:{}", lines.collect::<String>())
    };
    let first = lines(&examples[..examples.len().min(2)]);
    let all = format!("{}\n\n{EXIT_CODES}", lines(examples));
    command.mut_args(everyday_only).after_help(first).after_long_help(all)
}

fn everyday_only(argument: clap::Arg) -> clap::Arg {
    let is_everyday = EVERYDAY.contains(&argument.get_id().as_str());
    let is_shown = is_everyday || argument.is_required_set() || argument.is_positional();
    argument.hide_short_help(!is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of an example, as a shell splits them.
    fn words(example: &str) -> Vec<String> {
        let parts = example.split('"').enumerate();
        let words = parts.flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        });
        ["mde-offboard".to_owned()].into_iter().chain(words).collect()
    }

    #[test]
    fn every_command_has_examples_and_each_of_them_can_be_typed() {
        for inner in command().get_subcommands() {
            let name = inner.get_name();
            let examples = EXAMPLES.iter().find(|(known, _)| *known == name);
            let examples = examples.map(|(_, examples)| *examples).unwrap_or_default();
            assert!(examples.len() >= 2, "{name}");
            for example in examples {
                assert!(example.starts_with(name), "{example}");
                if let Err(error) = command().try_get_matches_from(words(example)) {
                    panic!("{example}: {error}");
                }
            }
        }
    }

    #[test]
    fn every_option_of_every_day_is_one() {
        let root = command();
        let all = || root.get_subcommands().flat_map(Command::get_arguments);
        for name in EVERYDAY.into_iter().filter(|name| *name != "help") {
            let mut every = all().chain(root.get_arguments());
            let is_there = every.any(|argument| argument.get_id() == name)
                || ["file", "resend", "submitted", "skip"].contains(&name);
            assert!(is_there, "{name}");
        }
    }
}
