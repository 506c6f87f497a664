//! Two runners and one journal.

use std::process::{Child, Stdio};

use mde_offboard::journal::Journal;

use super::stage::{Stage, finish, wait_until};

const LIMITS: [&str; 4] = ["--limit", "100/1s", "--limit", "200/6s"];

/// More than two of the long windows hold: the last are sent in the thirteenth second, so that all
/// here happens beside a runner, also on a busy computer.
const MACHINES: u32 = 420;

fn start(stage: &Stage, arguments: &[&str]) -> Child {
    let mut command = stage.connected(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// A batch whose first runner was killed early.
fn interrupted() -> Stage {
    let stage = Stage::new(MACHINES, &LIMITS);
    let mut run =
        vec!["run", "fleet.csv", "--comment", "Retired in Q4", "--yes", "--settle", "500ms"];
    run.extend(LIMITS);
    run.extend(["--poll-interval", "300ms"]);
    let mut child = start(&stage, &run);
    wait_until("it sends", || stage.truth().number("posts") > 0);
    child.kill().expect("ours to kill");
    child.wait().expect("and dead");
    stage
}

/// Who has the journal, or had it last.
fn runner(stage: &Stage) -> Option<u32> {
    let journal = Journal::open_reader(&stage.journal()).expect("a journal");
    journal.runner().expect("readable").map(|view| view.runner.pid)
}

#[test]
fn of_two_that_resume_at_once_one_sends_and_the_other_is_kept_out() {
    let stage = interrupted();
    let mut children = [start(&stage, &["resume", "1"]), start(&stage, &["resume", "1"])];
    let mut first = None;
    wait_until("one is kept out", || {
        let ended = |child: &mut Child| child.try_wait().expect("ours").is_some();
        first = children.iter_mut().position(ended);
        first.is_some()
    });
    let [left, right] = children;
    let (kept_out, sending) = if first == Some(0) { (left, right) } else { (right, left) };
    let process = sending.id();
    let kept_out = kept_out.wait_with_output().expect("ended");
    let said = String::from_utf8_lossy(&kept_out.stderr).into_owned();
    assert_eq!(kept_out.status.code(), Some(8), "{said}");
    assert!(said.contains("is in use"), "{said}");

    wait_until("the other shows itself", || runner(&stage) == Some(process));
    let (code, told) = finish(stage.connected(&["resume", "1"]));
    assert_eq!(code, 8, "{told}");
    assert!(told.contains(&format!("process {process} of")), "{told}");

    let sent = sending.wait_with_output().expect("ends");
    let told = String::from_utf8_lossy(&sent.stderr).into_owned();
    assert!(matches!(sent.status.code(), Some(0 | 5)), "{told}");
    let truth = stage.truth();
    truth.check_never_twice(0);
    truth.check_windows();
    truth.check_none_refused();
}
