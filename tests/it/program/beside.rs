//! A plan beside a run, and beside other plans: it needs no lock, and no window of reads overflows.

use std::process::Child;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id, table};
use crate::support::program::{Running, Said, kill};
use crate::support::waiting::wait_until;

const LIMIT: &str = "--limit 20/1s";
const PLAN: &str = "plan other.csv --comment x --on not_found=skip --limit 20/1s";

/// A tenant of 30 machines whose actions stay pending, and another list: 10 of its machines, and 10
/// that it does not hold, each of which costs a read.
fn desk() -> Desk {
    let desk = Desk::holding(&list(30), &format!("{LIMIT} --pending-share 100%"))
        .with("MDE_OFFBOARD_JOURNAL", "journal.db");
    desk.file("other.csv", table((1..=10).chain(2_001..=2_010).map(machine_id)));
    desk
}

/// A run that polls as often as it may, once it has sent all.
fn polling(desk: &Desk, more: &str) -> Running {
    let run = format!(
        "run fleet.csv --comment x --yes --progress none {LIMIT} --settle 1s \
         --poll-interval 10ms --track-timeout 60s {more}"
    );
    let mut run = Running(desk.start_quietly(&run));
    desk.wait_for_posts(30, &mut run.0);
    run
}

fn is_over(run: &mut Running) -> bool {
    run.0.try_wait().expect("ours").is_some()
}

#[test]
fn plans_beside_a_run_work_and_no_window_of_reads_overflows() {
    let desk = desk();
    let mut run = polling(&desk, "");
    let plans: Vec<Child> = (0..2).map(|_| desk.start(PLAN)).collect();
    for plan in plans {
        Said::by(plan).ends_with(0).says("in_other_batch").says("would send 0");
    }
    desk.run("plan other.csv --comment x --offline").ends_with(0).says("no tenant was asked");
    assert!(!is_over(&mut run), "it ended before");
    desk.truth().check_windows_of("reads");
    desk.truth().check_none_refused();
    assert_eq!(desk.posts(), 30);
}

#[test]
fn a_plan_beside_a_run_that_counts_reads_and_requests_together_is_refused() {
    let desk = desk();
    let mut run = polling(&desk, "--shared-reads");
    desk.run(PLAN).ends_with(8).says("--shared-reads").says("--offline");
    assert!(!is_over(&mut run), "it ended before");
    kill(&mut run.0);
    desk.run(PLAN).ends_with(0);
}

#[test]
fn a_verify_beside_a_run_works_and_no_window_of_reads_overflows() {
    let desk = desk();
    let mut run = polling(&desk, "");
    let verifies: Vec<Child> = (0..2).map(|_| desk.start("verify 1 --json")).collect();
    for verify in verifies {
        let found = Said::by(verify).ends_with(0).json();
        assert_eq!(found["verdicts"]["pending"], 30, "{found}");
    }
    assert!(!is_over(&mut run), "it ended before");
    desk.truth().check_windows_of("reads");
    desk.truth().check_none_refused();
    kill(&mut run.0);
    desk.run("verify").ends_with(0);
    desk.run("audit verify").ends_with(0);
}

#[test]
fn a_plan_after_a_run_was_killed_works_and_the_run_goes_on() {
    let desk = desk();
    let mut run = polling(&desk, "");
    kill(&mut run.0);
    desk.run(PLAN).ends_with(0).says("in_other_batch");
    desk.run("audit verify").ends_with(0);
    desk.run("resume 1 --yes --progress none --track-timeout 1s").ends_with(9);
}

#[test]
fn a_run_may_begin_and_end_beside_a_plan_that_reads() {
    let desk = desk();
    desk.run("plan fleet.csv --comment x").ends_with(0);
    let slow = PLAN.replace("20/1s", "4/2s");
    let mut plan = Running(desk.start_quietly(&slow));
    let before = desk.truth().number_of_reads();
    wait_until("it reads", || desk.truth().number_of_reads() > before);
    let run = format!(
        "run fleet.csv --comment x --yes --progress none {LIMIT} --settle 1s --track-timeout 0"
    );
    desk.run(&run).ends_with(9);
    assert!(!is_over(&mut plan), "it ended before");
    // As a person does who has seen enough.
    kill(&mut plan.0);
    desk.run("audit verify").ends_with(0);
    desk.run(&format!("{run} --again")).ends_with(9);
}

#[test]
fn plans_without_a_journal_are_counted_and_a_list_that_is_refused_leaves_nothing() {
    let desk = desk();
    desk.file("bad.csv", "Device ID\nnonsense\n");
    desk.run("plan bad.csv --comment x").ends_with(3);
    assert!(!desk.path("journal.db").exists(), "a file was left");
    for _ in 0..3 {
        desk.run(PLAN).ends_with(0);
    }
    desk.truth().check_windows_of("reads");
    desk.truth().check_none_refused();
    desk.run("status").ends_with(2).says("there is no batch in journal.db");
}
