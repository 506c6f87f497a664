//! `stop` beside a command that has not begun yet: it claims what it knows, and is never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::desk::Desk;
use crate::support::machines::{machine_id, table};
use crate::support::program::{Said, signal};
use crate::support::waiting::wait_until;

use super::scripted::{Gate, Reply, machine_of, scripted_behind};

const QUICK: &str = "--progress none --poll-interval 200ms --track-timeout 1s --settle 1s";

/// The answers of a Defender that takes every POST.
fn accepting(line: &str) -> Reply {
    match machine_of(line) {
        Some(machine) if line.starts_with("POST") => Reply::json(
            201,
            format!(
                r#"{{"id":"{}-0000-4000-8000-000000000001","type":"Offboard","status":"Pending",
                "machineId":"{machine}"}}"#,
                &machine[32..]
            ),
        ),
        _ => Reply::json(200, r#"{"value":[]}"#),
    }
}

/// That Defender, and a sign-in behind a gate.
fn tenant(machines: u32) -> (Desk, Gate) {
    let gate = Gate::default();
    let desk = scripted_behind(&gate, machines, accepting);
    (desk, gate)
}

/// `command` waits at the gate; `stop` says so, and the command ends as a stopped one.
#[track_caller]
fn check(desk: &Desk, gate: &Gate, (command, stop): (&str, &str), said: &[&str]) -> Said {
    gate.close();
    let waiting = gate.waiting();
    let mut command = desk.start(&format!("{command} --yes --progress none"));
    wait_until("it signs in", || {
        assert!(command.try_wait().expect("ours").is_none(), "it ended before");
        gate.waiting() > waiting
    });
    desk.run(stop).ends_with(0).says_all(said).says(&command.id().to_string());
    gate.open();
    Said::by(command).ends_with(5)
}

const ASKED: [&str; 2] = ["has not begun to send, and is asked not to", "exit code 5"];

#[test]
fn a_run_that_has_not_begun_is_stopped_and_queues_nothing() {
    let (desk, gate) = tenant(3);
    let run = ("run fleet.csv --comment x", "stop");
    check(&desk, &gate, run, &ASKED).says("nothing was queued");
    desk.check_nothing_queued("default.db");
    // The next one knows nothing of it.
    desk.run(&format!("run fleet.csv --comment x --yes {QUICK}")).ends_with(9);
}

/// A batch of three that was stopped before anything was sent.
fn resting(desk: &Desk, gate: &Gate) {
    gate.open();
    let run =
        desk.start(&format!("run fleet.csv --comment x --yes {QUICK} --pace steady --limit 60/1h"));
    desk.wait_for("status --json", |status| status["counts"]["pending"] == 1);
    desk.run("stop").ends_with(0);
    Said::by(run).ends_with(5);
}

#[test]
fn a_resume_that_has_not_begun_is_stopped_and_its_batch_rests() {
    let (desk, gate) = tenant(3);
    resting(&desk, &gate);
    let batch_asked =
        ["Batch 1 stays stopped until someone runs `resume`", "if it is for this batch"];
    for (stop, said) in [("stop", ASKED), ("stop 1", batch_asked)] {
        let told = check(&desk, &gate, ("resume 1", stop), &said);
        told.says("batch 1 was stopped by").says("nothing was sent");
        assert_eq!(desk.status()["counts"]["queued"], 2);
    }
    desk.run("run fleet.csv --comment x --yes").ends_with(5).says("was stopped by");
}

#[test]
fn a_list_that_goes_on_and_is_stopped_before_it_does_rests_and_says_who_stopped_it() {
    let (desk, gate) = tenant(3);
    gate.open();
    let list = format!("run fleet.csv --comment x {QUICK} --pace steady --limit 60/1h");
    let run = desk.start_on_console(&format!("{list} --yes"));
    desk.wait_for("status --json", |status| status["counts"]["pending"] == 1);
    signal(&run, "-INT");
    Said::by(run).ends_with(5);
    check(&desk, &gate, ("run fleet.csv --comment x", "stop"), &ASKED);
    assert_eq!(desk.status()["counts"]["queued"], 2);
    desk.run(&format!("{list} --yes")).ends_with(5).says("was stopped by");
}

#[test]
fn beside_the_run_of_another_list_no_wrong_batch_is_named() {
    let (desk, gate) = tenant(3);
    resting(&desk, &gate);
    desk.file("other.csv", table([machine_id(77)]));
    let other = ("run other.csv --comment x", "stop");
    check(&desk, &gate, other, &ASKED).says("nothing was queued").never_says("batch 1");
    let batches = desk.run("batches --json").json();
    assert_eq!(batches.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_retry_that_has_not_begun_is_stopped_and_queues_nothing() {
    let (desk, gate) = tenant(3);
    resting(&desk, &gate);
    gate.open();
    desk.run("cancel 1 --only queued --yes --progress none").ends_with(0);
    let retry = ("retry 1 --only skipped", "stop");
    check(&desk, &gate, retry, &ASKED[..1]).says("was stopped by");
    assert_eq!(desk.status()["counts"]["queued"], 0);
}

#[test]
fn a_signal_while_the_next_batch_signs_in_ends_the_command_with_that_batchs_words() {
    let gate = Gate::default();
    let reads = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&reads);
    let desk = scripted_behind(&gate, 3, move |line| {
        counted.fetch_add(u64::from(line.starts_with("GET")), Ordering::SeqCst);
        accepting(line)
    });
    for (file, machine) in [("one.csv", 77), ("two.csv", 78)] {
        desk.file(file, table([machine_id(machine)]));
        desk.run(&format!("run {file} --comment x --yes {QUICK}")).ends_with(9);
    }
    let (waiting, read) = (gate.waiting(), reads.load(Ordering::SeqCst));
    let track = "track --progress none --poll-interval 200ms --track-timeout 2s";
    let mut track = desk.start_on_console(track);
    wait_until("it reads the first batch's actions", || reads.load(Ordering::SeqCst) > read);
    gate.close();
    wait_until("it signs in for the second batch", || gate.waiting() > waiting + 1);
    signal(&track, "-INT");
    wait_until("it ends", || track.try_wait().expect("ours").is_some());
    Said::by(track).ends_with(5).says("nothing was asked").says("track 2");
}
