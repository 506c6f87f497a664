//! A pause that Defender asks for while `plan`, `run`, `verify` or `check` reads its lists: it is
//! waited out where that has an end, which is named, and else it is the end at once.

use super::refused_reads::desk;
use super::scripted::Reply;
use crate::support::desk::Desk;
use crate::support::program::{kill, started};
use crate::support::waiting::wait_until;

fn later(seconds: &'static str) -> Reply {
    let Reply(status, _, body) = Reply::error(429, "TooManyRequests", "quota of reads is used up");
    Reply(status, seconds, body)
}

fn in_an_hour() -> Reply {
    later("Content-Type: application/json\r\nRetry-After: 7200\r\n")
}

fn in_a_second() -> Reply {
    later("Content-Type: application/json\r\nRetry-After: 1\r\n")
}

/// What the command says on standard error until it waits.
fn waits(desk: &Desk, words: &str) -> String {
    let mut command = desk.command(words);
    let log = std::fs::File::create(desk.path("said")).expect("a file");
    let mut waiting = started(command.stderr(log));
    wait_until("it says that it waits", || desk.text("said").contains("next request"));
    kill(&mut waiting);
    desk.text("said")
}

#[test]
fn a_pause_that_ends_after_the_patience_is_the_end_at_once_and_says_until_when() {
    let (desk, asked) = desk(|_| Some(in_an_hour()));
    let run = "run fleet.csv --comment x --yes --offline-timeout 5m";
    // The second one is told by the journal that there is a pause.
    for lists in [1, 1] {
        desk.run_briefly(run).ends_with(5).says_all(&[
            "Defender asked for a pause until ",
            "longer than anyone waits here (--offline-timeout)",
            "nothing was queued or sent; start again after that",
        ]);
        assert_eq!(asked.lists(), lists);
    }
}

#[test]
fn a_pause_that_is_waited_out_names_its_own_end_and_the_end_of_all_pauses() {
    let (desk, _) = desk(|_| Some(in_an_hour()));
    let said = waits(&desk, "plan fleet.csv --comment x");
    assert!(said.contains("Defender asked for a pause; next request "), "{said}");
    assert!(said.contains(", giving up "), "{said}");
}

#[test]
fn pauses_without_an_end_have_one() {
    let (desk, asked) = desk(|_| Some(in_a_second()));
    let run = "run fleet.csv --comment x --yes --offline-timeout 3s";
    desk.run_briefly(run).ends_with(5).says("Defender asked for a pause until ");
    assert!((1..=4).contains(&asked.lists()), "{}", asked.lists());
}

#[test]
fn a_pause_is_an_answer_so_that_a_failure_after_it_is_tried_again() {
    let (desk, asked) = desk(|number| match number {
        0..3 => Some(in_a_second()),
        3 => Some(Reply::error(500, "InternalServerError", "not now")),
        _ => None,
    });
    desk.run("plan fleet.csv --comment x").ends_with(0).says("would send 3");
    assert_eq!(asked.lists(), 6);
}

#[test]
fn a_check_does_not_wait_for_a_pause() {
    let (desk, _) = desk(|_| Some(in_an_hour()));
    desk.run_briefly("check").ends_with(5).says("Defender asked for a pause until ");
}
