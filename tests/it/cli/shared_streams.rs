//! Two outputs of a command never share a stream: who reads it could not tell them apart.
#![cfg(unix)]

use crate::support::desk::Desk;
use crate::support::machines::list;

/// Commands, and the outputs that each can have beside the others.
const COMMANDS: [(&str, &[&str]); 10] = [
    ("run fleet.csv --comment x --yes", &["--events", "--rejects", "--log-file"]),
    ("plan fleet.csv --comment x", &["--output", "--details", "--rejects", "--log-file"]),
    ("resume 1", &["--events", "--log-file"]),
    ("retry 1", &["--events", "--log-file"]),
    ("track 1", &["--events", "--log-file"]),
    ("verify 1", &["--output", "--log-file"]),
    ("report 1", &["--output", "--log-file"]),
    ("audit verify", &["--write-head", "--log-file"]),
    ("audit export", &["--output", "--log-file"]),
    ("simulator --sample 3", &["--output", "--log-file"]),
];

/// Those that are the result itself, which is the document of `--json`.
const RESULTS: [(&str, &str); 4] = [
    ("verify 1", "--output"),
    ("report 1", "--output"),
    ("audit export", "--output"),
    ("simulator --sample 3", "--output"),
];

fn desk() -> Desk {
    let desk = Desk::with_file("fleet.csv", list(3));
    desk.run("run fleet.csv --comment x --yes --simulate --progress none --track-timeout 0");
    desk
}

/// It is refused before anything is done, and the hint names both options.
#[track_caller]
fn check_refused(desk: &Desk, words: &str, both: [&str; 2], stream: &str) {
    let said = desk.run(words).ends_with(2).says(&format!("both be written to {stream}"));
    let (error, hint) = said.err.split_once("\nhint: ").unwrap_or((&said.out, &said.out));
    for option in both {
        assert!(error.contains(option) && hint.contains(option), "{words}: {said}");
    }
}

#[test]
fn any_two_outputs_to_one_stream_are_refused_and_named() {
    let desk = desk();
    let out = [("-", "-"), ("-", "/dev/stdout"), ("/dev/stdout", "/dev/stdout")];
    for (command, options) in COMMANDS {
        for (place, one) in options.iter().enumerate() {
            for other in &options[..place] {
                for (a, b) in out {
                    let words = format!("{command} {one} {a} {other} {b}");
                    check_refused(&desk, &words, [one, other], "standard output");
                }
                let err = "/dev/stderr";
                let words = format!("{command} {one} {err} {other} {err}");
                check_refused(&desk, &words, [one, other], "standard error");
            }
        }
    }
}

#[test]
fn an_output_beside_the_document_of_json_is_refused() {
    let desk = desk();
    for (command, options) in COMMANDS {
        for option in options.iter().filter(|it| !RESULTS.contains(&(command, it))) {
            for stream in ["-", "/dev/stdout"] {
                let words = format!("{command} --json {option} {stream}");
                check_refused(&desk, &words, ["--json", option], "standard output");
            }
        }
    }
    for command in ["status", "show pc-1", "batches", "forecast 3", "check", "cancel 1", "stop"] {
        let words = format!("{command} --json --log-file -");
        check_refused(&desk, &words, ["--json", "--log-file"], "standard output");
    }
}

#[test]
fn a_log_beside_a_result_that_is_printed_is_refused() {
    let desk = desk();
    for command in ["report 1", "verify 1 --format csv", "audit export", "simulator --sample 3"] {
        let said = desk.run(&format!("{command} --log-file -")).ends_with(2);
        said.says("the result and --log-file").says("name a file for --log-file or for --output");
    }
}

#[test]
fn outputs_that_share_nothing_are_written() {
    let desk = desk();
    for words in [
        "report 1 --simulate --json --output -",
        "report 1 --simulate --output - --log-file /dev/stderr",
        "report 1 --simulate --output - --log-file log",
        "status --simulate --log-file -",
        "status --simulate --json --log-file /dev/stderr",
        "simulator --sample 3 --output - --log-file /dev/null",
        "simulator --sample 3 --json --output /dev/null --log-file /dev/null",
        "audit export --simulate --json --output -",
    ] {
        desk.run(words).ends_with(0);
    }
    let run = "run fleet.csv --comment x --yes --simulate --progress none --track-timeout 0";
    let said = desk.run(&format!("{run} --events - --log-file log"));
    assert!(said.out.contains("\"batch_ended\""), "{said}");
}
