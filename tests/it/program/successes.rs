//! `--success-on`: 9, 4 or both become 0 for a scheduler, and nothing else does.

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 1s --poll-interval \
                   200ms --limit 1000/1s";
const BOTH: &str = "--success-on pending,unsuccessful";

/// A desk where every action stays pending, or ends as failed.
fn desk(share: &str) -> Desk {
    Desk::with_fleet(2, &format!("{share} 100% --limit 1000/1s"))
}

fn pending() -> Desk {
    desk("--pending-share")
}

fn failed() -> Desk {
    desk("--fail-share")
}

/// What a document says of the batch, whenever it is made.
fn lasting(said: &Said) -> Vec<Value> {
    let document = said.json();
    let keys = ["schema", "batch", "total", "counts", "settled", "next"];
    keys.map(|key| document[key].clone()).to_vec()
}

#[test]
fn pending_makes_9_a_success_for_each_command_and_the_summary_stays() {
    let desk = pending();
    let plain = desk.run(&format!("{RUN} --track-timeout 1s --json")).ends_with(9);
    for command in [RUN, "resume 1 --yes --progress none", "track 1 --progress none"] {
        let words = format!("{command} --track-timeout 1s --json");
        let success = desk.run(&format!("{words} --success-on pending")).ends_with(0);
        assert_eq!(lasting(&success), lasting(&plain), "{command}");
        let success = success.says("exit code 0 instead of 9 (--success-on pending)");
        assert_eq!(success.json()["counts"]["pending"], 2);
        desk.run(&format!("{words} --success-on unsuccessful")).ends_with(9);
        desk.run(&words).ends_with(9).never_says("instead of");
    }
}

#[test]
fn unsuccessful_makes_4_a_success_for_each_command_and_the_summary_stays() {
    let desk = failed();
    let plain = desk.run(&format!("{RUN} --json")).ends_with(4);
    for command in [RUN, "resume 1 --yes --progress none", "track 1 --progress none"] {
        let words = format!("{command} --json");
        let success = desk.run(&format!("{words} --success-on unsuccessful")).ends_with(0);
        assert_eq!(lasting(&success), lasting(&plain), "{command}");
        success.says("exit code 0 instead of 4 (--success-on unsuccessful)");
        desk.run(&format!("{words} --success-on pending")).ends_with(4);
        desk.run(&words).ends_with(4);
    }
    let retry = "retry 1 --yes --progress none";
    desk.run(&format!("{retry} {BOTH}")).ends_with(0).says("instead of 4");
    desk.run(&format!("{retry} --success-on pending")).ends_with(4);
}

#[test]
fn the_batch_does_not_remember_it() {
    let desk = pending();
    desk.run(&format!("{RUN} --track-timeout 1s --success-on pending")).ends_with(0);
    desk.run("resume 1 --yes --progress none --track-timeout 1s").ends_with(9);
}

#[test]
fn no_other_code_becomes_a_success() {
    let desk = pending();
    desk.file("empty.csv", "Device ID\n").file("no-journal.db", "not a database\n".repeat(200));
    let wrong_secret = pending().with("AZURE_CLIENT_SECRET", "wrong");
    for (desk, words, code) in [
        (&desk, "run fleet.csv --comment x --yes --track-timeout 5x", 2),
        (&desk, "run missing.csv --comment x --yes", 3),
        (&desk, "run empty.csv --comment x --yes", 3),
        (&desk, "run fleet.csv --comment x --yes --expect-count 3", 7),
        (&desk, "run fleet.csv --comment x", 7),
        (&desk, "run fleet.csv --comment x --yes --journal no-journal.db", 8),
        (&desk, "run fleet.csv --comment x --yes --until 2020-01-01T00:00:00Z", 2),
        (&wrong_secret, "run fleet.csv --comment x --yes", 6),
    ] {
        let said = desk.run(&format!("{words} --progress none")).ends_with(code);
        assert!(!said.has("instead of"), "{said}");
        desk.run(&format!("{words} --progress none {BOTH}")).ends_with(code);
    }
}

#[test]
fn what_is_left_to_send_stays_5() {
    let mut desk = Desk::with_fleet(2, "");
    let stops = "--offline-timeout 1s --timeout 1s";
    desk.end_simulator();
    desk.run(&format!("{RUN} {stops} {BOTH}")).ends_with(5).never_says("instead of");
}

#[test]
fn the_program_of_notify_command_and_the_error_document_have_the_own_code_of_the_batch() {
    let desk = pending();
    desk.run(&format!("{RUN} --track-timeout 1s")).ends_with(9);
    desk.run("stop 1").ends_with(0);
    // It was stopped, and there is nothing left to send: an error whose code is 9.
    let words = format!("{RUN} --track-timeout 1s --json");
    let plain = desk.run(&words).ends_with(9);
    let success = desk.run(&format!("{words} {BOTH}")).ends_with(0);
    assert_eq!(success.json()["exit_code"], 9, "{success}");
    assert_eq!(success.json(), plain.json());
}

#[cfg(unix)]
#[test]
fn the_program_of_notify_command_is_told_the_batchs_own_code() {
    let desk = pending();
    let words = format!("{RUN} --track-timeout 1s {BOTH} --notify-command");
    let mut command = desk.command(&words);
    command.arg("sh -c \"echo told $MDE_OFFBOARD_EXIT_CODE\"");
    command.said().ends_with(0).says("told 9");
}

#[test]
fn only_the_two_states_can_be_named_and_only_where_a_batch_is_run() {
    let desk = Desk::with_file("fleet.csv", list(1));
    let refused = "run fleet.csv --comment x --success-on";
    desk.run(&format!("{refused} held")).ends_with(2).says("pending").says("unsuccessful");
    desk.run(&format!("{refused} succeeded")).ends_with(2);
    for command in ["plan fleet.csv", "status", "verify", "cancel"] {
        desk.run(&format!("{command} --success-on pending")).ends_with(2);
    }
}
