//! What only shows ends with 0, and says which journal it read.

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, SimulatedMachine};

use crate::support::desk::Desk;
use crate::support::machines::{machine_id, table};

use super::rehearsed::rehearsed;

#[test]
fn whoever_finds_no_batch_is_told_which_file_was_read() {
    let desk = Desk::new();
    let place = desk.journal("default.db").display().to_string();
    for words in ["status", "report", "show x", "resume", "stop", "track", "cancel", "retry"] {
        desk.run(words).ends_with(2).says(&place);
        assert!(!desk.journal("default.db").exists(), "{words} made a journal");
    }
    desk.run("batches").ends_with(0).says(&place);
}

#[test]
fn status_report_show_and_batches_end_with_0_whatever_they_show() {
    let desk = rehearsed();
    let status = desk.run("status --simulate --json").ends_with(0).json();
    assert_eq!(status["schema"], "mde-offboard.status/1");
    assert_eq!(status["running"], false);
    desk.run("status latest --simulate").ends_with(0).says("SIMULATION");
    desk.run("report --simulate").ends_with(0).says("machine_id,device_name,state");
    desk.run(&format!("show {:040x} --simulate", 7)).ends_with(0).says("batch 1, a.csv line 8");
    assert_eq!(desk.run("batches --simulate --json").json()[0]["id"], 1);
    desk.run("status 9 --simulate").ends_with(2).says("there is no batch 9");
    desk.run("show nobody --simulate").ends_with(1).says("`nobody`");
}

#[test]
fn the_ending_of_the_output_gives_the_form_of_a_report() {
    let desk = rehearsed();
    desk.run("report --simulate --output r.json").ends_with(0);
    let text = desk.text("r.json");
    assert!(text.contains("\"mde-offboard.report/1\""), "{text}");
    desk.run("report --simulate --output r.ndjson").ends_with(0);
    assert_eq!(desk.text("r.ndjson").lines().count(), 30);
    desk.run("report --simulate --output r.pdf").ends_with(2);
    let some = desk.run("report --simulate --only unsuccessful --format ndjson");
    assert!((1..30).contains(&some.out.lines().count()), "{some}");
}

#[test]
fn resume_and_track_of_what_is_over_repeat_its_exit_code() {
    // A machine that is refused at once: nothing is left to follow.
    let refused = |id: &MachineId| {
        SimulatedMachine::from_id(*id, None, 1).behaviour == Behaviour::UnsupportedPlatform
    };
    let desk = Desk::with_file("a.csv", table((1..1_000).map(machine_id).find(refused)));
    let run = desk.run("run a.csv --comment Trial --simulate --yes --progress none");
    let again = desk.run("resume 1 --simulate --yes --progress none --track-timeout 0");
    assert_eq!(run.code, again.code, "{run}\n{again}");
}
