//! `batches` and `show`.

use mde_offboard::domain::{ActionStatus, End, Reason};
use mde_offboard::report::{NamedMachines, Shown, batch_list};

use super::{Book, commands, id, zone};

fn some() -> Book {
    let mut book = Book::new(4);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.rejected(2, 1, Reason::Refused, "OsPlatformNotSupported");
    book.held(3, 2);
    book.ended(600, End::Interrupted);
    book
}

fn shown(book: &Book, text: &str) -> Shown {
    let named = NamedMachines::read(&book.journal, text).unwrap();
    Shown::read(&book.journal, named.machines).unwrap()
}

#[test]
fn batches_are_a_table() {
    insta::assert_snapshot!(batch_list(&some().journal).unwrap().to_prose(&zone()), @r"
    batch  created (CET)        list       sent  succeeded  pending  unsuccessful  status
        1  Mon 23 Nov 18:40:00  fleet.csv   3/4          1        0             1  interrupted
    ");
}

#[test]
fn batches_are_a_list_of_the_batch_object_with_its_counts() {
    let json = batch_list(&some().journal).unwrap().to_json();
    insta::assert_snapshot!(json.replace(",\"", ",\n\""), @r#"
    [{"id":1,
    "source":"fleet.csv",
    "comment":"M\u00fcll in Q4",
    "created_at":"2026-11-23T17:40:00Z",
    "tenant_id":"72f988bf-0000-0000-0000-000000000000",
    "simulated":false,
    "where":[],
    "total":4,
    "counts":{"queued":1,
    "sending":0,
    "uncertain":0,
    "held":1,
    "pending":0,
    "succeeded":1,
    "failed":0,
    "timed_out":0,
    "cancelled":0,
    "rejected":1,
    "skipped":0}}]
    "#);
}

#[test]
fn an_empty_journal_has_no_batches() {
    let journal = mde_offboard::journal::Journal::in_memory().unwrap();
    let list = batch_list(&journal).unwrap();
    assert_eq!(list.to_prose(&zone()), "This journal has no batches.\n");
    assert_eq!(list.to_json(), "[]");
}

#[test]
fn a_machine_is_shown_fact_by_fact() {
    insta::assert_snapshot!(shown(&some(), "PC-0003").to_prose(&zone(), &commands()), @r#"
    pc-0003  0000000000000000000000000000000000000003
      batch 1, fleet.csv line 4, tenant 72f988bf-0000-0000-0000-000000000000
      comment "Müll in Q4 [mo-9f3kq7tz-3]"
      held, 1 attempt
      decide with:
        mde-offboard resolve 0000000000000000000000000000000000000003 --batch 1 --journal a.db
      what happened, times in CET:
        Mon 23 Nov 18:40:02  sending
        Mon 23 Nov 18:40:32  uncertain  no full answer: no answer (timeout); looked up at 18:45:32
        Mon 23 Nov 18:46:42  held       a person decides: no answer (timeout)
    "#);
}

#[test]
fn a_machine_is_found_by_its_id_as_by_its_name() {
    let book = some();
    assert_eq!(shown(&book, &id(1).to_string()), shown(&book, "pc-0001"));
    assert!(NamedMachines::read(&book.journal, "pc-9").unwrap().machines.is_empty());
}

#[test]
fn a_shown_machine_has_the_columns_of_the_report_and_its_facts() {
    let json = shown(&some(), "pc-0001").to_json();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "mde-offboard.machine/1");
    let machine = &value["machines"][0];
    assert_eq!(machine["state"], "succeeded");
    assert_eq!(machine["comment"], "M\u{fc}ll in Q4");
    let facts: Vec<_> = machine["facts"].as_array().unwrap().iter().collect();
    let words: Vec<_> = facts.iter().map(|fact| fact["fact"].as_str().unwrap()).collect();
    assert_eq!(words, ["sending", "accepted", "action_ended"]);
    assert_eq!(facts[1]["at"], "2026-11-23T17:40:01Z");
    assert_eq!(facts[1]["says"], "action action-1 Pending (HTTP 201)");
    assert!(json.is_ascii());
}
