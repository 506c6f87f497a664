//! Words that stay out: unfinished code, skipped tests, sleeps, unwraps.

use super::paths::{paths, tokens};
use super::source::{Source, hold, planted};

/// Lines on which these tokens follow one another.
fn lines_with(code: &str, sequence: &[&str]) -> Vec<usize> {
    let tokens = tokens(code);
    let same = |window: &&[super::paths::Token<'_>]| {
        window.iter().map(|token| token.text).eq(sequence.iter().copied())
    };
    tokens.windows(sequence.len()).filter(same).map(|window| window[0].line).collect()
}

fn all(source: &Source, code: &str, sequences: &[&[&str]]) -> Vec<String> {
    let mut offenders = Vec::new();
    for sequence in sequences {
        let what = format!("`{}`", sequence.concat());
        let lines = lines_with(code, sequence);
        offenders.extend(lines.into_iter().map(|line| source.offence(line, &what)));
    }
    offenders
}

fn unfinished(source: &Source) -> Vec<String> {
    all(source, &source.code, &[&["todo", "!"], &["unimplemented", "!"]])
}

fn skipped_tests(source: &Source) -> Vec<String> {
    all(source, &source.code, &[&["#", "[", "ignore"], &[",", "ignore", ")", "]"]])
}

fn unwraps(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    all(source, &source.shipped, &[&[".", "unwrap", "("], &[".", "unwrap_err", "("]])
}

/// Outside of a run another process is waited for, by asking again and again, with an end:
/// `cancel` until the runner that it asked to stop lets go of the journal (a file's lock cannot be
/// waited for with an end), and tests and benches of the program until it has done what they want
/// to see.
const WAIT_FOR_ANOTHER_PROCESS: [&str; 4] = [
    "src/cli/commands/cancel.rs",
    "tests/it/support/waiting.rs",
    "tests/browser/it/support/waiting.rs",
    "benches/support/waiting.rs",
];

/// In the program only the driver waits, on tokio's timers; a test waits for a condition.
fn sleeps(source: &Source) -> Vec<String> {
    if WAIT_FOR_ANOTHER_PROCESS.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let on_timers = source.path.starts_with("src/");
    let sleeps = |path: &str| {
        let mut names = path.rsplit("::");
        match (names.next(), names.next()) {
            (Some("sleep" | "park_timeout"), Some("thread")) => true,
            (Some("sleep" | "sleep_until"), Some("time")) => !on_timers,
            _ => false,
        }
    };
    paths(&source.code)
        .iter()
        .filter(|named| sleeps(&named.path))
        .map(|named| source.offence(named.line, &format!("`{}`", named.path)))
        .collect()
}

#[test]
fn nothing_is_left_unfinished() {
    hold(unfinished, "what is not there yet is absent, not stubbed");
}

#[test]
fn no_test_is_skipped() {
    hold(skipped_tests, "a test runs or is deleted");
}

#[test]
fn nothing_in_the_program_unwraps() {
    hold(unwraps, "return the error, or `expect` the invariant that makes it impossible");
}

#[test]
fn nobody_sleeps() {
    hold(sleeps, "take the time as an argument, or wait for the condition itself, with an end");
}

// The planted words are written so that a plain search for them does not stop at this file.
#[test]
fn words_that_stay_out_are_found() {
    assert_eq!(planted(unfinished, "src/a.rs", "fn f() { todo![] }"), 1);
    assert_eq!(planted(unfinished, "tests/it/a.rs", "fn f() { unimplemented! {} }"), 1);
    assert_eq!(planted(unfinished, "src/a.rs", "// todo! later\nlet s = \"todo!\";"), 0);
    assert_eq!(planted(skipped_tests, "tests/it/a.rs", "#[test]\n#[ ignore]\nfn f() {}"), 1);
    assert_eq!(planted(skipped_tests, "tests/it/a.rs", "#[cfg_attr(windows, ignore)]"), 1);
    assert_eq!(planted(unwraps, "src/a.rs", "fn f() { g()\n    .unwrap() }"), 1);
    assert_eq!(planted(unwraps, "src/a.rs", "fn f() { g().unwrap_or(1) }"), 0);
    assert_eq!(planted(unwraps, "src/a.rs", "#[cfg(test)]\nmod t { fn f() { g().unwrap() } }"), 0);
    assert_eq!(planted(unwraps, "tests/it/a.rs", "fn f() { g().unwrap() }"), 0);
    assert_eq!(planted(sleeps, "tests/it/a.rs", "use std::thread::{sleep, spawn};"), 1);
    assert_eq!(planted(sleeps, "tests/it/a.rs", "tokio::time :: sleep(d).await"), 1);
    assert_eq!(planted(sleeps, "src/engine/driver.rs", "tokio::time :: sleep(d).await"), 0);
    assert_eq!(planted(sleeps, "src/engine/driver.rs", "std::thread :: sleep(d)"), 1);
}
