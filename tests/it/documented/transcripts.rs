//! Sessions of a page: blocks of `console`, in which a line after `$` is typed and the others are
//! what the program says.
//!
//! Those of one page are one session, in a folder with the samples, a home without journals and
//! nothing else in the environment. To write what the program says now into the pages:
//! `TRYCMD=overwrite cargo test --test it documented::transcripts`.

use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use trycmd::TestCases;

use super::blocks::{blocks, top};
use crate::support::desk::Desk;
use crate::support::program::{Complete, Said, clean};

/// Which page this process is for: it is started once for each, in an environment of its own.
const PAGE: &str = "MDE_OFFBOARD_TEST_PAGE";

/// The words of a person's environment that a process for a page gets.
const PASSED_ON: [&str; 1] = ["TRYCMD"];

/// The session of a page, in a process of its own.
fn session(page: &str, this_test: &str) -> Said {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("samples")).expect("a folder");
    for file in top().join("samples").read_dir().expect("samples").flatten() {
        if file.path().is_file() {
            let to = desk.path("samples").join(file.file_name());
            std::fs::copy(file.path(), to).expect("copied");
        }
    }
    let this = std::env::current_exe().expect("a program");
    let mut command = clean(Command::new(this), &desk.path(""));
    command.args(["--exact", "--nocapture", this_test]).env(PAGE, top().join(page));
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let output = command.complete();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Pages whose sessions take minutes, and why; the others are tried while a person types.
const LONG: [(&str, &str); 1] =
    [("docs/first-batch.md", "a whole batch, whose machines wait for a limit and are followed")];

/// The pages with sessions.
fn pages_with_sessions() -> Vec<String> {
    let is_session = |language: &str| language.split([',', ' ']).next() == Some("console");
    let blocks = blocks().into_iter().filter(|block| is_session(&block.language));
    let mut pages: Vec<String> = blocks.map(|block| block.page).collect();
    pages.dedup();
    pages
}

/// Tries the pages; in a process that was started for one, that one.
fn hold(this_test: &str, pages: Vec<String>) {
    if let Some(page) = std::env::var_os(PAGE) {
        let cases = TestCases::new();
        cases.register_bin("mde-offboard", cargo_bin!("mde-offboard").to_path_buf());
        return cases.case(page).run();
    }
    assert!(!pages.is_empty(), "no page has a session");
    std::thread::scope(|scope| {
        for page in &pages {
            scope.spawn(move || {
                let said = session(page, this_test);
                assert_eq!(said.code, Some(0), "{page}: {said}");
                assert!(said.has("1 passed"), "{page} was not tried: {said}");
            });
        }
    });
}

fn is_long(page: &str) -> bool {
    LONG.iter().any(|(long, _)| *long == page)
}

#[test]
#[cfg(unix)] // The same pages; there paths are written in another way.
fn what_a_page_shows_of_a_session_is_what_the_program_says() {
    let mut pages = pages_with_sessions();
    pages.retain(|page| !is_long(page));
    hold("documented::transcripts::what_a_page_shows_of_a_session_is_what_the_program_says", pages);
}

mod long {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_session_over_a_whole_batch_is_what_the_program_says() {
        let mut pages = pages_with_sessions();
        pages.retain(|page| is_long(page));
        assert_eq!(pages.len(), LONG.len(), "a page without a session: {LONG:?}");
        hold(
            "documented::transcripts::long::a_session_over_a_whole_batch_is_what_the_program_says",
            pages,
        );
    }
}
