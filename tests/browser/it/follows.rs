//! A page that is open follows a run, and says so when its runner is gone.

use std::time::Duration;

use crate::numbers::states;
use crate::support::chromium::Browser;
use crate::support::desk::{Desk, RUN};
use crate::support::journal::{Truth, number_in};
use crate::support::page::Page;

const MACHINES: u32 = 300;

/// Longest run of these tests.
const RUN_MAX: Duration = Duration::from_mins(2);

/// Machines that are in a state that ends, or were accepted.
fn moved(page: &Page<'_>) -> u64 {
    let rows = crate::numbers::rows(page, "#states table");
    let waits = |row: &&Vec<String>| row[0] != "queued" && row[0] != "skipped";
    rows.iter().filter(waits).map(|row| number_in(&row[1])).sum()
}

#[test]
fn an_open_page_follows_a_run_to_its_end() {
    let desk = Desk::with_list(MACHINES);
    let served = desk.serve();
    let browser = Browser::start();
    // There is no journal yet: the page waits for one.
    let page = Page::open(&browser, &served.url);
    let mut run = desk.start(&format!("{RUN} --limit 40/1s --track-timeout 0"));
    page.wait_for_words("#phase", "Batch 1 is running");
    page.wait_for("it moves", "document.querySelector('#states table') !== null");
    let before = moved(&page);
    let mut seen = before;
    super::support::waiting::wait_until("the numbers go up", RUN_MAX, || {
        seen = moved(&page);
        seen > before
    });
    run.wait(RUN_MAX);
    page.wait_for(
        "it is over",
        "!document.getElementById('phase').textContent.includes('running')",
    );
    let truth = Truth::of(&desk.path("j.db"));
    let expected = truth.states();
    super::support::waiting::wait_until("the last numbers", RUN_MAX, || {
        states(&page, "#states") == expected
    });
    page.check_quiet();
}

#[test]
fn a_page_says_that_the_runner_was_killed_and_how_to_go_on() {
    let desk = Desk::with_list(MACHINES);
    let mut run = desk.start(&format!("{RUN} --limit 20/1s --track-timeout 0"));
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    page.wait_for_words("#phase", "Batch 1 is running");
    run.kill();
    page.wait_for_words("#phase", "Batch 1 is not running: the program ended");
    page.wait_for_words("body", "resume 1");
    // What is on the page is still what the journal says.
    let truth = Truth::of(&desk.path("j.db"));
    assert_eq!(states(&page, "#states"), truth.states());
    // Another runner goes on, and the page with it.
    let _again =
        desk.start("resume 1 --simulate --journal j.db --yes --progress none --track-timeout 0");
    page.wait_for_words("#phase", "Batch 1 is running");
    page.check_quiet();
}

#[test]
fn what_a_person_has_opened_typed_and_focused_stays_while_the_page_changes() {
    let desk = Desk::with_list(MACHINES);
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    let _run = desk.start(&format!("{RUN} --limit 20/1s --track-timeout 0"));
    page.wait_for_words("#phase", "Batch 1 is running");
    page.wait_for("a table", "document.getElementById('machine-text') !== null");
    page.value("document.querySelector('#states details').open = true");
    page.value("document.getElementById('machine-text').focus()");
    page.write("pc-");
    let before = moved(&page);
    super::support::waiting::wait_until("the numbers go up", RUN_MAX, || {
        moved(&page) > before + 20
    });
    assert_eq!(page.value("document.getElementById('machine-text').value"), "pc-");
    assert_eq!(page.value("document.activeElement.id"), "machine-text");
    assert_eq!(page.value("document.querySelector('#states details').open"), true);
    page.check_quiet();
}
