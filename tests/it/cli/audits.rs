//! `audit`: any change is found, a head that was noted is found again, and an outsider can compute
//! the chain from the export alone.

use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::desk::Desk;

use super::rehearsed::rehearsed;

/// Another program changes the journal behind our back.
fn tamper(desk: &Desk, sql: &str) {
    let db = Connection::open(desk.journal("simulation.db")).unwrap();
    db.execute_batch("DROP TRIGGER IF EXISTS facts_are_not_changed").unwrap();
    db.execute_batch("DROP TRIGGER IF EXISTS facts_are_not_deleted").unwrap();
    assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn head(desk: &Desk) -> String {
    let document = desk.run("audit verify --simulate --json").ends_with(0).json();
    document["audit"]["head"].as_str().unwrap().to_owned()
}

#[test]
fn a_journal_that_nobody_changed_passes_and_its_head_is_in_every_report() {
    let desk = rehearsed();
    desk.run("audit verify --simulate").ends_with(0).says("ok  audit chain").never_says("FAIL");
    let said = desk.run("resume 1 --simulate --track-timeout 0 --progress none");
    let head = head(&desk);
    said.says(&format!("note this audit head: {head}"));
    let status = desk.run("status --simulate --json").ends_with(0).json();
    assert_eq!(status["audit"]["head"], head.as_str());
    let report: Value = desk.run("report --simulate --format json").ends_with(0).json();
    assert_eq!(report["audit"], status["audit"]);
}

#[test]
fn whoever_changes_a_fact_is_found_out_with_8_and_the_fact_is_named() {
    let desk = rehearsed();
    tamper(&desk, "UPDATE facts SET at = at + 1 WHERE id = 7");
    let said = desk.run("audit verify --simulate --write-head head.txt").ends_with(8);
    said.says_all(&["FAIL  audit chain", "fact 7 (machine ", "hint: send nothing from it"]);
    assert!(!desk.path("head.txt").exists(), "a broken chain has no head");
    desk.run("audit export --simulate").ends_with(8).says("fact 7 (machine ");
}

#[test]
fn a_row_that_no_longer_is_what_the_facts_say_ends_with_8() {
    for sql in [
        "UPDATE batches SET comment = 'Sold'",
        "UPDATE batches SET tenant_id = 'fabrikam'",
        "UPDATE machines SET name = 'srv-pay-02' WHERE number = 1",
        "UPDATE machines SET state = 'skipped' WHERE number = 1",
        "UPDATE actions SET number = number + 1 WHERE number = 1",
        "DELETE FROM places WHERE number = 1",
    ] {
        let desk = rehearsed();
        tamper(&desk, sql);
        desk.run("audit verify --simulate").ends_with(8).says("FAIL");
    }
}

#[test]
fn a_removed_tail_is_found_by_the_head_that_was_noted() {
    let desk = rehearsed();
    desk.run("audit verify --simulate --write-head head.txt").ends_with(0);
    let noted = head(&desk);
    let text = desk.text("head.txt");
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(text.contains(&format!("hash {noted}\n")) && text.ends_with('\n'), "{text}");
    // Also where a mail quotes it.
    let quoted = text.trim_end().replace('\n', "\r\n> ");
    desk.file("mail.txt", format!("Dear auditor,\r\n\r\n> {quoted}\r\n\r\nAnna\r\n"));
    for word in ["head.txt", "mail.txt", noted.as_str()] {
        let said = desk.run(&format!("audit verify --simulate --head {word}")).ends_with(0);
        said.says("ok  noted head");
    }
    tamper(&desk, "DELETE FROM facts WHERE id = (SELECT MAX(id) FROM facts)");
    for word in ["head.txt", noted.as_str()] {
        let said = desk.run(&format!("audit verify --simulate --head {word}")).ends_with(8);
        said.says("FAIL  noted head");
    }
}

#[test]
fn the_first_twelve_digits_of_a_head_are_enough_and_the_answer_says_so() {
    let desk = rehearsed();
    let noted = head(&desk);
    for digits in [12, 13, 63] {
        let word = noted[..digits].to_uppercase();
        let said = desk.run(&format!("audit verify --simulate --head {word}")).ends_with(0);
        said.says_all(&["ok  noted head", &format!("its first {digits} digits of 64")]);
    }
    let said = desk.run(&format!("audit verify --simulate --head {noted}")).ends_with(0);
    said.never_says("digits of 64");
    let other = if noted.starts_with('0') { "1" } else { "0" };
    let word = format!("{other}{}", &noted[1..12]);
    let said = desk.run(&format!("audit verify --simulate --head {word}")).ends_with(8);
    said.says_all(&["FAIL  noted head", "its first 12 digits of 64"]);
}

#[test]
fn what_is_no_head_is_a_wrong_command_line() {
    let desk = rehearsed();
    desk.file("notes.txt", "my notes\n");
    let head = head(&desk);
    let short = format!("{}...{}", &head[..14], &head[60..]);
    let eleven = &head[..11];
    let too_long = format!("{head}0");
    for word in [
        "9c41",
        "9c41...e07d",
        "9c41\u{2026}e07d",
        &short,
        eleven,
        &too_long,
        "missing.txt",
        "notes.txt",
    ] {
        let said = desk.run(&format!("audit verify --simulate --head {word}")).ends_with(2);
        said.says("hint: give at least the first 12 hexadecimal digits");
    }
    let said = desk.run("audit verify --simulate --head notes.txt --write-head notes.txt --force");
    said.ends_with(2).says("which is read");
}

/// By the guide alone: with none of the program's own code.
#[test]
fn an_outsider_computes_the_chain_from_the_export_alone() {
    let desk = rehearsed();
    desk.run("audit export --simulate --output facts.ndjson").ends_with(0).says("head ");
    let text = desk.text("facts.ndjson");
    let facts: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let number = |fact: &Value, name: &str| fact[name].as_u64().unwrap();
    let first = facts.iter().find(|fact| fact["form"] == 2).map(|fact| number(fact, "fact"));
    let mut previous = vec![0; 32];
    for fact in &facts {
        let mut hash = Sha256::new();
        hash.update(b"mde-offboard.fact/2\0");
        hash.update(first.unwrap().to_be_bytes());
        hash.update(number(fact, "fact").to_be_bytes());
        hash.update(&previous);
        hash.update(fact["batch"].as_i64().unwrap().to_be_bytes());
        let machine = u32::try_from(fact["number"].as_u64().unwrap_or(0)).unwrap();
        hash.update(machine.to_be_bytes());
        hash.update(fact["at_micros"].as_i64().unwrap().to_be_bytes());
        for name in ["kind", "content"] {
            let text = fact[name].as_str().unwrap();
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        let expected = bytes(fact["hash"].as_str().unwrap());
        previous = hash.finalize().to_vec();
        assert_eq!(previous, expected, "{fact}");
    }
    assert_eq!(previous, bytes(&head(&desk)));
    let kinds: Vec<&str> = facts.iter().map(|fact| fact["kind"].as_str().unwrap()).collect();
    let first = |kind: &str| kinds.iter().position(|other| *other == kind).unwrap();
    assert_eq!(kinds[0], "created");
    assert!(first("run_by") < first("sending"), "who, before anything is sent: {kinds:?}");
    let by = &facts[first("run_by")];
    let by: Value = serde_json::from_str(by["content"].as_str().unwrap()).unwrap();
    assert_eq!((by["user"].as_str(), by["command"].as_str()), (Some("operator"), Some("run")));
    assert!(by["version"].is_string() && by["host"].is_string() && by["app"].is_string(), "{by}");
    let sent = kinds.iter().filter(|kind| **kind == "sending").count();
    assert!(sent > 0, "{kinds:?}");
    let about = facts.iter().find(|fact| fact["kind"] == "sending").unwrap();
    assert_eq!(about["machine_id"].as_str().unwrap().len(), 40);
    // A second one replaces the first, and nothing else is replaced.
    desk.run("audit export --simulate --output facts.ndjson").ends_with(0);
    desk.file("notes.txt", "my notes\n");
    desk.run("audit export --simulate --output notes.txt").ends_with(2).says("--force");
}
