//! `--simulate`: the same code against an embedded simulator, in a journal of its own.

use crate::support::desk::Desk;
use crate::support::machines::list;

const FAST: &str =
    "--comment Trial --simulate --fleet ordinary --yes --track-timeout 0 --progress none";

#[test]
fn a_rehearsal_says_so_and_leaves_the_real_journal_alone() {
    let desk = Desk::with_file("a.csv", list(40));
    let said = desk.run(&format!("run a.csv {FAST}"));
    assert!(said.out.starts_with("SIMULATION"), "{said}");
    assert!(said.out.contains("--simulate"), "printed commands carry it: {said}");
    assert!(said.err.contains("SIMULATION"), "{said}");
    assert!(desk.journal("simulation.db").exists());
    assert!(!desk.journal("default.db").exists());
    desk.run("batches").ends_with(0).says("There are no batches");
}

#[test]
fn a_rehearsal_stays_out_of_the_journal_that_a_variable_names() {
    let desk = Desk::new();
    let real = desk.path("real.db");
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", real.to_str().unwrap());
    desk.file("a.csv", list(3));
    desk.run(&format!("run a.csv {FAST}"));
    assert!(!real.exists());
}

#[test]
fn a_finished_rehearsal_runs_anew() {
    let desk = Desk::with_file("a.csv", list(40));
    for batch in 1..=2 {
        let said = desk.run(&format!("run a.csv {FAST} --json"));
        let status = said.json();
        assert_eq!(status["batch"]["id"], batch, "{said}");
        assert_eq!(status["counts"]["queued"], 0, "{said}");
        assert_eq!(status["counts"]["skipped"], 0, "{said}");
        assert_eq!(status["batch"]["simulated"], true, "{said}");
    }
}

#[test]
fn two_rehearsals_are_two_tenants_and_each_is_verified_by_its_number() {
    let desk = Desk::with_file("a.csv", list(10));
    for _ in 1..=2 {
        desk.run(&format!("run a.csv {FAST}"));
    }
    let all = desk.run("verify all --simulate").ends_with(2);
    all.says("belong to several tenants").says("hint: name one batch: verify 1");
    for words in ["verify 1", "verify 2", "verify"] {
        let said = desk.run(&format!("{words} --simulate")).ends_with(0);
        assert!(said.out.contains("succeeded, inventory of"), "{said}");
    }
}

#[test]
fn without_a_terminal_it_needs_yes_and_queues_nothing() {
    let desk = Desk::with_file("a.csv", list(3));
    desk.run("run a.csv --comment Trial --simulate").ends_with(7).says("nothing was queued");
    desk.check_nothing_queued("simulation.db");
}

#[test]
fn another_count_than_expected_queues_nothing() {
    let desk = Desk::with_file("a.csv", list(3));
    let said = desk.run(&format!("run a.csv {FAST} --expect-count 4")).ends_with(7);
    assert!(said.err.contains("3 machines would be sent, 4 expected"), "{said}");
    desk.check_nothing_queued("simulation.db");
}

#[test]
fn the_journal_that_an_option_names_is_used_and_printed_again() {
    let desk = Desk::with_file("a.csv", list(30));
    let said = desk.run(&format!("run a.csv {FAST} --journal mine.db"));
    assert!(desk.path("mine.db").exists());
    assert!(said.out.contains("--journal mine.db --simulate"), "{said}");
}

#[test]
fn quiet_says_only_what_came_of_it() {
    let desk = Desk::with_file("a.csv", list(3));
    let said = desk.run(&format!("run a.csv {FAST} -q"));
    assert!(said.err.is_empty() && !said.out.is_empty(), "{said}");
}

#[test]
fn a_rehearsed_batch_goes_on_only_as_a_rehearsal_and_says_so() {
    let desk = Desk::with_file("a.csv", list(3));
    desk.run(&format!("run a.csv {FAST}"));
    let journal = desk.journal("simulation.db");
    for words in ["resume 1", "track 1", "cancel 1 --yes", "verify 1"] {
        let said = desk.run(&format!("{words} --journal {}", journal.display())).ends_with(2);
        said.says("error: batch 1 is a rehearsal").says("hint: add `--simulate`");
    }
    desk.run("track 1 --simulate --track-timeout 0");
}

#[test]
fn a_journal_without_a_batch_says_why_it_has_none() {
    let desk = Desk::with_file("empty.db", "");
    desk.run("batches --journal empty.db").ends_with(0).says("no batches: empty.db is empty");
    desk.run("batches --journal x.db").ends_with(0).says("no batches: x.db does not exist");
    desk.run("status --journal empty.db").ends_with(2).says("no batch yet: empty.db is empty");
}
