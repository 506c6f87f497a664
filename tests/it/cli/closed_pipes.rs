//! A reader that goes away (`| head -1`) has what it wanted: every command ends as it would have,
//! without a word about the pipe.
#![cfg(unix)]

use std::process::Stdio;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::program::{Complete, Said};

/// All commands that print a result, with something to print.
const PRINTERS: [&str; 24] = [
    "--help",
    "run --help",
    "--version",
    "status",
    "status --json",
    "batches",
    "batches --json",
    "report",
    "report --format json",
    "report --format ndjson --output /dev/stdout",
    "audit verify",
    "audit verify --json",
    "audit export",
    "audit export --output /dev/stdout",
    "config show",
    "config show --json",
    "forecast 10000",
    "forecast 10000 --json",
    "check",
    "check --json",
    "plan fleet.csv --comment x",
    "plan fleet.csv --comment x --json",
    "verify 1",
    "simulator --sample 2000",
];

/// Runs a command whose standard output nobody reads any more.
fn unread(desk: &Desk, words: &str) -> Said {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    desk.command(words).stdout(writer).said()
}

#[test]
fn every_command_that_prints_ends_quietly_when_nobody_reads_on() {
    let desk = Desk::holding(&list(30), "--speed 600");
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "j.db");
    let run = "run fleet.csv --comment x --yes --progress none --settle 1s --track-timeout 1s \
               --poll-interval 200ms --limit 1000/1s";
    desk.run(run);
    let show = format!("show {}", machine_id(1));
    let again = format!("{run} --events /dev/stdout --again");
    for words in PRINTERS.into_iter().chain([&*show, &*again, "track 1 --track-timeout 0 --json"]) {
        let read = desk.run(words);
        let said = unread(&desk, words);
        // What is sent again meanwhile may have ended otherwise.
        let ended = matches!(said.code, Some(0 | 4 | 5 | 9));
        assert!(said.code == read.code || (words == again && ended), "{words}: {said}\n{read}");
        for word in ["panicked", "roken pipe", "could not be written"] {
            assert!(!said.err.contains(word), "{words}: {said}");
        }
    }
}

#[test]
fn a_run_goes_on_when_nobody_reads_what_it_says() {
    let desk = Desk::with_fleet(5, "");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = "run fleet.csv --comment x --yes --progress plain --settle 1s --track-timeout 1s \
               --poll-interval 200ms -vv";
    let mut command = desk.command(run);
    let code = command.stdout(Stdio::null()).stderr(writer).status().unwrap().code();
    assert!(matches!(code, Some(0 | 4 | 9)), "{code:?}");
    assert_eq!(desk.posts(), 5);
}
