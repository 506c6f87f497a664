//! Runs against a simulator in another process: stopped, killed, resumed, taken back.

use std::io::BufRead;
use std::process::Child;

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, SimulatedMachine};

use crate::support::desk::Desk;
use crate::support::machines::{behaviour, list, machine_id, table};
use crate::support::program::{Said, kill, signal};

const MACHINES: u32 = 300;
const OPTIONS: &str = "--limit 20/1s --limit 5000/1m --settle 2s --poll-interval 200ms \
                       --track-timeout 3s --progress none";

/// A tenant that holds the machines of `fleet.csv`, and ends actions at once.
fn fleet(options: &str) -> Desk {
    let options = format!("--limit 1000/1s --limit 5000/1m --speed 5000 {options}");
    Desk::holding(&list(MACHINES), &options)
}

fn run(desk: &Desk) -> Child {
    desk.start_on_console(&format!("run fleet.csv --comment x --yes {OPTIONS}"))
}

fn sent(status: &serde_json::Value) -> u64 {
    let of = |state: &str| status["counts"][state].as_u64().unwrap();
    status["total"].as_u64().unwrap() - of("queued") - of("sending")
}

#[test]
fn stop_from_another_terminal_ends_a_run_that_then_rests_until_resume() {
    let desk = fleet("");
    let run = run(&desk);
    desk.wait_for("status --json", |status| sent(status) >= 20);
    desk.run("stop").ends_with(0).says("is asked to stop");
    Said::by(run).ends_with(5);
    let before = desk.status();
    desk.run("run fleet.csv --comment x --yes").ends_with(5).says("was stopped");
    desk.run("resume").ends_with(7).says("add --yes");
    let status = desk.status();
    assert!(status["counts"]["queued"].as_u64().unwrap() > 0, "{status}");
    assert_eq!(status["counts"], before["counts"], "something went on");
    assert_eq!(status["next"]["command"], "mde-offboard resume 1", "{status}");
}

#[test]
fn one_interrupt_ends_with_5_and_the_same_command_goes_on() {
    let desk = fleet("");
    let run = run(&desk);
    desk.wait_for("status --json", |status| sent(status) >= 20);
    signal(&run, "-INT");
    Said::by(run).ends_with(5);
    let again = desk.run("run fleet.csv --comment x --json --limit 5000/1s --progress none");
    let status = again.json();
    assert_eq!(status["batch"]["id"], 1, "{again}");
    assert_eq!(status["counts"]["queued"], 0, "{again}");
}

#[test]
fn two_interrupts_leave_at_once_with_130_and_nothing_is_lost() {
    let desk = fleet("--latency 10s");
    let words = format!("run fleet.csv --comment x --yes {OPTIONS}");
    let words = words.replace("--progress none", "--progress plain");
    let mut run = desk.start_on_console(&words);
    desk.wait_for("status --json", |status| status["counts"]["sending"] == 8);
    signal(&run, "-INT");
    // The second one must not be merged with the first: the run has said that it stops.
    let mut lines = std::io::BufReader::new(run.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("stopping")), "it never said so");
    signal(&run, "-INT");
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let status = desk.status();
    assert_eq!(status["next"]["command"], "mde-offboard resume 1", "{status}");
}

/// The same cancel again, of the same machines alone.
#[test]
fn two_interrupts_of_a_cancel_leave_at_once_and_name_what_goes_on() {
    let desk = fleet("--pending-share 100% --latency 2s");
    desk.file("few.csv", list(5));
    desk.run(
        "run few.csv --comment x --yes --settle 2s --poll-interval 200ms --track-timeout 0 \
         --progress none",
    )
    .says("pending");
    for choice in [" --only pending", " --machines few.csv", ""] {
        let words = format!("cancel 1{choice} --yes --progress plain");
        let mut cancel = desk.start_on_console(&words);
        let mut lines = std::io::BufReader::new(cancel.stderr.take().unwrap()).lines();
        let mut line = || lines.next().expect("it did not end").unwrap();
        while !line().contains("started=cancel") {}
        signal(&cancel, "-INT");
        while !line().contains("stopping") {}
        signal(&cancel, "-INT");
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        assert_eq!(cancel.wait().unwrap().code(), Some(130), "{words}: {rest:?}");
        let hint = format!("hint: mde-offboard cancel 1{choice}");
        assert_eq!(rest.last(), Some(&hint), "{words}");
    }
}

#[test]
fn without_a_connection_a_new_run_ends_with_5_and_queues_nothing() {
    let mut desk = fleet("");
    desk.end_simulator();
    let words = "run fleet.csv --comment x --yes --offline-timeout 100ms";
    desk.run(words).ends_with(5).says("cannot be reached");
    desk.check_nothing_queued("default.db");
}

#[test]
fn a_new_run_waits_for_a_sign_in_that_cannot_be_reached_yet() {
    let mut desk = fleet("");
    let listen = desk.end_simulator().replace("http://", "");
    desk.file("few.csv", list(5));
    let mut run = desk.start("run few.csv --comment x --yes --track-timeout 1s");
    let mut lines = std::io::BufReader::new(run.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("; next try in ")), "it never said so");
    let desk = desk.beside(&format!("--machines few.csv --listen {listen} --speed 5000"));
    lines.for_each(drop);
    run.wait().unwrap();
    let status = desk.status();
    assert_eq!((&status["total"], sent(&status)), (&5.into(), 5), "{status}");
}

#[test]
fn a_second_runner_is_kept_out_with_8_and_readers_are_not() {
    let desk = fleet("");
    let mut run = run(&desk);
    desk.wait_for("status --json", |status| status["running"] == true);
    desk.run("resume").ends_with(8).says(&run.id().to_string());
    desk.run("report").ends_with(0);
    kill(&mut run);
}

#[test]
fn cancel_stops_a_runner_and_gives_every_machine_an_outcome() {
    let desk = fleet("--pending-share 100%");
    let run = run(&desk);
    desk.wait_for("status --json", |status| sent(status) >= 20);
    let said = desk.run("cancel --yes --json --progress none");
    Said::by(run);
    let outcome = said.json();
    let of = |word: &str| outcome[word].as_u64().unwrap();
    assert!(of("withdrawn") > 0 && of("cancelled") > 0, "{said}");
    let parts = ["withdrawn", "cancelled", "asked", "refused", "succeeded", "ended_otherwise"];
    let sum: u64 = parts.iter().map(|part| of(part)).sum::<u64>() + of("not_asked");
    assert_eq!(sum + of("unknown"), of("machines"), "{said}");
    assert_eq!(of("others_left"), 0, "{said}");
}

#[test]
fn a_finished_list_is_told_again_and_not_sent_again() {
    let desk = fleet("");
    desk.file("few.csv", list(20));
    let words = format!("run few.csv --comment x --yes --json {OPTIONS}");
    let (first, again) = (desk.run(&words), desk.run(&words));
    assert_eq!(first.code, again.code, "{first}\n{again}");
    assert_eq!(again.json()["batch"]["id"], 1, "{again}");
    assert!(again.err.contains("nothing is left to send"), "{again}");
    assert_eq!(desk.run("batches --json").json().as_array().unwrap().len(), 1);
}

#[test]
fn after_a_kill_while_it_only_followed_resume_follows_on_and_a_done_batch_is_told_again() {
    let desk = fleet("--pending-share 100% --fleet mixed");
    let all = || (1..=MACHINES).map(machine_id);
    let old = all().find(|id| behaviour(*id, 1) == Behaviour::OldSensor);
    let runs_windows =
        |id: &MachineId| SimulatedMachine::from_id(*id, None, 1).os_platform.starts_with("Windows");
    let accepted = all().filter(|id| behaviour(*id, 1) == Behaviour::Normal).filter(runs_windows);
    let accepted = accepted.take(4);
    desk.file("few.csv", table(accepted.chain(old)));
    let words = "run few.csv --comment x --yes --settle 2s --poll-interval 200ms --progress none";
    let mut run = desk.start(words);
    // The sensor of one of the five is too old.
    desk.wait_for("status --json", |status| status["counts"]["pending"] == 4 && sent(status) == 5);
    kill(&mut run);
    let again = desk.run("resume --json --track-timeout 1s --progress none");
    let status = again.json();
    assert_eq!(again.code, Some(4), "{again}");
    assert_eq!((&status["counts"]["pending"], &status["settled"]), (&4.into(), &false.into()));
    let report = desk.run("report --format json").json();
    let attempts = report["machines"].as_array().unwrap().iter().map(|row| &row["attempts"]);
    assert!(attempts.into_iter().all(|attempts| *attempts == 1), "{report}");
    // Also without a terminal: nothing is sent, so nothing is asked.
    desk.run("stop 1").ends_with(0);
    desk.run("resume 1 --track-timeout 1s --progress none").ends_with(4);
    desk.run("cancel --yes --progress none").ends_with(0);
    desk.run("resume 1").ends_with(4).says("left to send or to follow");
    desk.run("resume").ends_with(0).says("nothing to resume");
}

#[test]
fn requests_of_a_killed_process_are_not_told_as_not_sent() {
    let desk = fleet("--latency 2s");
    let mut run = run(&desk);
    desk.wait_for("status --json", |status| status["counts"]["sending"] == 8);
    kill(&mut run);
    let left = (MACHINES - 8).to_string();
    let status = desk.status();
    let reason = status["next"]["reason"].as_str().unwrap();
    assert!(reason.starts_with(&format!("{left} not sent, 8 without an answer")), "{reason}");
    desk.run("status").says(&format!("queued {left}   without an answer 8")).says("8 in doubt");
    desk.run("batches").says(&format!("0/{MACHINES}          8 "));
}

#[test]
fn a_missing_permission_or_a_wrong_secret_ends_with_6_before_anything_is_queued() {
    let desk = fleet("");
    let desk = desk.with("AZURE_CLIENT_SECRET", "wrong");
    desk.run("run fleet.csv --comment x --yes").ends_with(6).says("sign-in was refused");
    desk.check_nothing_queued("default.db");
}
