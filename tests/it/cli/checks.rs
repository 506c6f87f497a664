//! `check`: a line a check, and 8 where one fails.

use crate::support::desk::Desk;

use super::rehearsed::rehearsed;

#[test]
fn a_sound_journal_ends_with_0_and_says_what_was_found() {
    let desk = rehearsed();
    let said = desk.run("check --simulate").ends_with(0).says("batches: 1, machines: 30");
    assert!(said.out.lines().all(|line| line.starts_with("ok  ")), "{said}");
    let document = desk.run("check --simulate --json").ends_with(0).json();
    assert_eq!(document["schema"], "mde-offboard.check/1");
    for check in document["checks"].as_array().unwrap() {
        assert!(check["ok"] == true && check["hint"].is_null(), "{document}");
        assert!(check["name"].is_string() && check["found"].is_string(), "{document}");
    }
}

#[test]
fn a_damaged_journal_ends_with_8_and_names_what_is_wrong() {
    let desk = rehearsed();
    let db = rusqlite::Connection::open(desk.journal("simulation.db")).unwrap();
    db.execute("DELETE FROM places WHERE number = 7", []).unwrap();
    drop(db);
    let said = desk.run("check --simulate").ends_with(8).says("machine 7 of batch 1");
    assert!(said.out.contains("\nFAIL  places"), "{said}");
    assert!(said.err.contains("error: the journal fails a check: places"), "{said}");
    assert!(said.err.contains("hint: "), "{said}");
    let document = desk.run("check --simulate --json").ends_with(8).json();
    let checks = document["checks"].as_array().unwrap();
    let wrong: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert!(wrong.len() == 1 && wrong[0]["hint"].is_string(), "{document}");
}

#[test]
fn a_journal_that_is_not_there_yet_is_fit_and_is_not_made() {
    let desk = Desk::new();
    desk.run("check").ends_with(0).says("not made yet");
    assert!(!desk.journal("default.db").exists());
}
