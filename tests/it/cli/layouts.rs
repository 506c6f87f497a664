//! How errors and hints are laid out on screens of any width, and in a pipe.
#![cfg(target_os = "linux")]

use crate::support::desk::Desk;
use crate::support::pty::OnTerminal;

/// A command that fails, with a command in its hint that is wider than a small screen.
const FAILS: &str =
    "check --cloud gcc --config the-settings-of-the-whole-company.toml --color never";

const WHOLE: &str = "`mde-offboard config init --config the-settings-of-the-whole-company.toml`";

/// Each line, as it was written to a terminal of that many columns.
fn lines_at(columns: u16, words: &str) -> Vec<String> {
    let run = OnTerminal::start(&Desk::new().command(words), columns);
    let screen = run.screen().clone();
    let (code, _) = run.end();
    assert_eq!(code, Some(2), "{}", screen.raw());
    screen.raw().lines().map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn an_error_is_broken_between_words_at_the_width_of_the_terminal_and_its_command_never() {
    for columns in [50, 60, 80, 120] {
        let lines = lines_at(columns, FAILS);
        let most = usize::from(columns).min(100);
        for line in lines.iter().filter(|line| !line.contains(WHOLE)) {
            assert!(line.chars().count() <= most, "{columns}: {lines:#?}");
        }
        assert!(lines.iter().any(|line| line.contains(WHOLE)), "{columns}: {lines:#?}");
        let begins = lines.iter().filter(|line| line.starts_with("error: "));
        assert_eq!(begins.count(), 1, "{columns}: {lines:#?}");
        // What is broken goes on below its beginning.
        let goes_on = lines.iter().filter(|line| !line.starts_with(['e', 'h']) && !line.is_empty());
        for line in goes_on {
            assert!(line.starts_with("      "), "{columns}: {lines:#?}");
        }
    }
}

#[test]
fn what_clap_refuses_is_broken_as_well() {
    let words = "run a.csv --comment x --on unsupported=send --color never";
    for columns in [50, 80] {
        let lines = lines_at(columns, words);
        for line in &lines {
            assert!(line.chars().count() <= usize::from(columns), "{columns}: {lines:#?}");
        }
    }
    // In a pipe it has 100 columns.
    let said = Desk::new().run(words).ends_with(2);
    assert!(said.err.lines().all(|line| line.chars().count() <= 100), "{said}");
}

#[test]
fn an_id_and_a_path_are_never_broken() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let folder = "a-folder-with-a-long-name/and-another-one-in-it/and-a-third-one-in-that-one";
    let lines = lines_at(40, &format!("check --config {folder}/{id}.toml --color never"));
    let whole = format!("{folder}/{id}.toml");
    assert!(lines.iter().any(|line| line.contains(&whole)), "{lines:#?}");
}
