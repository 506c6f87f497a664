//! `stop` beside a command that has not begun yet: it claims what it knows, and is never lost.

use serde_json::Value;

use super::scripted::{Gate, Reply, Scripted, machine_of};
use super::stage::wait_until;

const QUICK: &str = "--progress none --poll-interval 200ms --track-timeout 1s --settle 1s";

/// A Defender that takes every POST, and a sign-in behind a gate.
fn tenant(machines: usize) -> (Scripted, Gate) {
    let gate = Gate::default();
    let scripted = Scripted::behind(&gate, machines, |line, _| match machine_of(line) {
        Some(machine) if line.starts_with("POST") => Reply::json(
            201,
            format!(
                r#"{{"id":"{}-0000-4000-8000-000000000001","type":"Offboard","status":"Pending",
                "machineId":"{machine}"}}"#,
                &machine[32..]
            ),
        ),
        _ => Reply::json(200, r#"{"value":[]}"#),
    });
    (scripted, gate)
}

fn status(scripted: &Scripted) -> Value {
    serde_json::from_str(&scripted.run("status --json").1).unwrap_or_default()
}

/// `command` waits at the gate; `stop` says so, and the command ends as a stopped one.
#[track_caller]
fn check(scripted: &Scripted, gate: &Gate, (command, stop): (&str, &str), said: &[&str]) -> String {
    gate.close();
    let waiting = gate.waiting();
    let mut command = scripted.command(&format!("{command} --yes --progress none"));
    let piped = command.stderr(std::process::Stdio::piped());
    let mut command = piped.spawn().expect("it starts");
    wait_until("it signs in", || {
        assert!(command.try_wait().expect("ours").is_none(), "it ended before");
        gate.waiting() > waiting
    });
    let (code, told) = scripted.run(stop);
    assert_eq!(code, 0, "{told}");
    for words in said {
        assert!(told.contains(words), "no `{words}`: {told}");
    }
    assert!(told.contains(&command.id().to_string()), "{told}");
    gate.open();
    let output = command.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{told}");
    told
}

const ASKED: [&str; 2] = ["has not begun to send, and is asked not to", "exit code 5"];

#[test]
fn a_run_that_has_not_begun_is_stopped_and_queues_nothing() {
    let (scripted, gate) = tenant(3);
    let run = ("run fleet.csv --comment x", "stop");
    let told = check(&scripted, &gate, run, &ASKED);
    assert!(told.contains("nothing was queued"), "{told}");
    assert_eq!(scripted.run("batches --json").1.trim(), "[]");
    // The next one knows nothing of it.
    let (code, told) = scripted.run(&format!("run fleet.csv --comment x --yes {QUICK}"));
    assert_eq!(code, 9, "{told}");
}

/// A batch of three that was stopped before anything was sent.
fn resting(scripted: &Scripted, gate: &Gate) {
    gate.open();
    let mut command = scripted.command(&format!("run fleet.csv --comment x --yes {QUICK}"));
    command.args(["--limit", "1/1m"]);
    let run = command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    let mut run = run.spawn().expect("it starts");
    wait_until("one is sent", || status(scripted)["counts"]["pending"] == 1);
    assert_eq!(scripted.run("stop").0, 0);
    assert_eq!(run.wait().expect("it ends").code(), Some(5));
}

#[test]
fn a_resume_that_has_not_begun_is_stopped_and_its_batch_rests() {
    let (scripted, gate) = tenant(3);
    resting(&scripted, &gate);
    let batch_asked =
        ["Batch 1 stays stopped until someone runs `resume`", "if it is for this batch"];
    for (stop, said) in [("stop", ASKED), ("stop 1", batch_asked)] {
        let told = check(&scripted, &gate, ("resume 1", stop), &said);
        assert!(told.contains("batch 1 was stopped by"), "{told}");
        assert!(told.contains("nothing was sent"), "{told}");
        assert_eq!(status(&scripted)["counts"]["queued"], 2);
    }
    let (code, told) = scripted.run("run fleet.csv --comment x --yes");
    assert_eq!(code, 5, "{told}");
    assert!(told.contains("was stopped by"), "{told}");
}

#[test]
fn beside_the_run_of_another_list_no_wrong_batch_is_named() {
    let (scripted, gate) = tenant(3);
    resting(&scripted, &gate);
    std::fs::write(scripted.folder.path().join("other.csv"), format!("Device ID\n{:040x}\n", 77))
        .expect("a list");
    let other = ("run other.csv --comment x", "stop");
    let told = check(&scripted, &gate, other, &ASKED);
    assert!(told.contains("nothing was queued") && !told.contains("batch 1"), "{told}");
    let batches: Value = serde_json::from_str(&scripted.run("batches --json").1).expect("a list");
    assert_eq!(batches.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_retry_that_has_not_begun_is_stopped_and_queues_nothing() {
    let (scripted, gate) = tenant(3);
    resting(&scripted, &gate);
    gate.open();
    assert_eq!(scripted.run("cancel 1 --only queued --yes --progress none").0, 0);
    let told = check(&scripted, &gate, ("retry 1 --only skipped", "stop"), &ASKED[..1]);
    assert!(told.contains("was stopped by"), "{told}");
    assert_eq!(status(&scripted)["counts"]["queued"], 0);
}
