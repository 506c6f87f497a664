//! Bad input: exit 3, everything named, nothing queued.

use crate::support::desk::Desk;
use crate::support::machines::list;

#[test]
fn a_bad_row_stops_everything_and_is_named() {
    let desk = Desk::with_file("fleet.csv", list(3) + "1.23457E+39\n");
    desk.run("run fleet.csv --comment x --simulate --yes")
        .ends_with(3)
        .says("error: fleet.csv has 1 bad row; nothing was queued")
        .says("line 5, column `Device ID`")
        .says("hint: fix them, or leave them out with --skip-invalid");
    let said = desk.run("batches --simulate --json").ends_with(0);
    assert_eq!(said.out.trim(), "[]");
}

#[test]
fn the_first_fifty_bad_rows_are_listed_and_the_others_counted() {
    let desk = Desk::with_file("fleet.csv", list(1) + &"nonsense\n".repeat(60));
    let said = desk.run("run fleet.csv --comment x --simulate --yes --json").ends_with(3);
    let causes = said.json()["causes"].as_array().unwrap().clone();
    assert_eq!(causes.len(), 51, "{said}");
    assert_eq!(causes[50], "and 10 more; --rejects FILE writes all of them to a file");
}

#[test]
fn with_skip_invalid_the_bad_rows_are_counted_and_the_others_sent() {
    let desk = Desk::with_file("fleet.csv", list(3) + "nonsense\n");
    let options = "--comment x --simulate --yes --skip-invalid --track-timeout 0 --json";
    let said = desk.run(&format!("run fleet.csv {options}")).says("1 bad row left out");
    assert_eq!(said.json()["total"], 3, "{said}");
}

#[test]
fn several_files_become_one_batch_and_name_the_file_of_a_bad_row() {
    let desk = Desk::new();
    desk.file("a.csv", list(2)).file("b.csv", list(3) + "nonsense\n");
    desk.run("run a.csv b.csv --comment x --simulate --yes").ends_with(3).says("b.csv: line 5");
    desk.file("b.csv", list(3));
    let said = desk.run("run a.csv b.csv --comment x --simulate --yes --track-timeout 0 --json");
    assert_eq!(said.json()["total"], 3, "{said}");
}

#[test]
fn a_machine_without_a_comment_is_an_input_error() {
    let desk = Desk::with_file("a.csv", list(2));
    desk.run("run a.csv --simulate --yes").ends_with(3).says("2 machines without a comment");
    let rows = format!("Device ID,Comment\n{:040x},its own\n", 7);
    desk.file("own.csv", rows);
    let said = desk.run("run own.csv --simulate --yes --track-timeout 0 --json");
    assert_eq!(said.json()["total"], 1, "{said}");
}

#[test]
fn a_list_without_machines_is_an_error_unless_it_is_allowed() {
    let desk = Desk::new();
    desk.file("none.csv", "Device ID\n").file("empty.csv", "");
    for file in ["none.csv", "empty.csv"] {
        desk.run(&format!("run {file} --comment x --simulate --yes")).ends_with(3);
        let allowed = format!("run {file} --comment x --simulate --yes --allow-empty --json");
        let said = desk.run(&allowed).ends_with(0);
        assert_eq!(said.json()["total"], 0, "{said}");
    }
}

#[test]
fn what_is_no_file_is_refused_with_the_reason_and_leaves_no_journal() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    desk.run("run folder --comment x --yes").ends_with(3).says("folder is a folder");
    desk.run("run gone.csv --comment x --yes").ends_with(3).says("gone.csv cannot be read");
    assert!(!desk.journal("default.db").exists());
}

#[test]
#[cfg(unix)]
fn a_pipe_is_refused_instead_of_waited_for() {
    let desk = Desk::new();
    let made = std::process::Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap();
    assert!(made.success());
    desk.run("run pipe --comment x --yes").ends_with(3).says("not a regular file");
}

#[test]
#[cfg(windows)]
fn a_list_that_another_program_holds_open_is_named_with_what_to_do() {
    use std::os::windows::fs::OpenOptionsExt;
    let desk = Desk::with_file("fleet.csv", list(1));
    // As Excel opens it: nobody else may.
    let held = std::fs::OpenOptions::new().read(true).share_mode(0).open(desk.path("fleet.csv"));
    let said = desk.run("run fleet.csv --comment x --yes").ends_with(3);
    said.says("fleet.csv cannot be read").says("another program has it open, Excel perhaps");
    drop(held.expect("it is there"));
    desk.run("run fleet.csv --comment x --simulate --yes").ends_with(0);
}
