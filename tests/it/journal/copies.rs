//! A copy of a journal, and what a journal remembers of having been replaced by one.

use mde_offboard::domain::{BatchFact, Fact, MachineNumber};
use mde_offboard::journal::{Changes, Entry, Journal};

use super::setup::{at, batch_of, open, place};

fn sending(journal: &mut Journal, batch: mde_offboard::domain::BatchId, number: u32, second: i64) {
    let number = MachineNumber(number);
    let entry = Entry { batch, number, at: at(second), fact: Fact::Sending };
    journal.commit(&Changes { facts: vec![entry], ..Changes::default() }).unwrap();
}

#[test]
fn a_copy_holds_what_was_there_and_goes_its_own_way() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 3);
    sending(&mut journal, batch, 1, 1);
    let mut copy = journal.copy_to_memory().unwrap();
    assert_eq!(copy.verify_chain().unwrap(), journal.verify_chain().unwrap());
    sending(&mut copy, batch, 2, 2);
    copy.verify_rows(batch).unwrap();
    assert_eq!(copy.path(), None);
    assert_eq!(journal.facts_of(batch, MachineNumber(2)).unwrap(), []);
}

#[test]
fn a_lost_part_is_remembered_until_something_is_sent() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 3);
    sending(&mut journal, batch, 1, 1);
    assert!(!journal.is_rolled_back(batch).unwrap(), "nothing is lost");
    let batch_facts = vec![(batch, at(2), BatchFact::RolledBack { actions: 1 })];
    journal.commit(&Changes { batch_facts, ..Changes::default() }).unwrap();
    let batch_facts = vec![(batch, at(3), BatchFact::Started { command: "run".to_owned() })];
    journal.commit(&Changes { batch_facts, ..Changes::default() }).unwrap();
    assert!(journal.is_rolled_back(batch).unwrap(), "the run after did not wait to the end");
    sending(&mut journal, batch, 2, 4);
    assert!(!journal.is_rolled_back(batch).unwrap(), "POSTs go out after the wait alone");
}
