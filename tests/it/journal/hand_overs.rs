//! A journal that goes on in a copy: at each instant one of the two may send, and never both.

use std::path::Path;

use mde_offboard::domain::{BatchFact, Call, CallId, Fact, LimitGroup, MachineNumber};
use mde_offboard::journal::{
    Changes, Copier, Journal, JournalError, finish_hand_over, is_unused_copy,
};

use crate::support::journals::may_send;

use super::setup::{accepted, at, batch_of, open, place, runner, tell};

fn by() -> Copier {
    Copier { user: "anna".to_owned(), host: "build-3".to_owned(), at: at(100) }
}

/// Which of these may send: opened by a runner.
fn senders(paths: [&Path; 2]) -> [bool; 2] {
    paths.map(may_send)
}

/// A journal with a batch that is half sent.
fn write(path: &Path) -> Journal {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, 3);
    tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-1")]);
    journal
}

#[test]
fn after_each_step_one_of_both_may_send_and_the_end_can_be_reached() {
    for steps in 0..=3 {
        let (folder, path) = place();
        let copy = folder.path().join("copy.db");
        let mut journal = write(&path);
        // The process ends after so many steps.
        if steps > 0 {
            let pending = journal.write_pending_copy(&copy, &by()).unwrap();
            if steps > 1 {
                journal.stop_sending_for(&pending).unwrap();
                if steps > 2 {
                    pending.allow().unwrap();
                }
            }
        }
        drop(journal);
        match steps {
            0 => assert!(!copy.exists()),
            1 => assert_eq!(senders([&copy, &path]), [false, true], "the copy waits"),
            _ => assert_eq!(senders([&path, &copy]), [false, true], "after {steps} steps"),
        }
        // Run again, it comes to its end, unless it was there.
        if steps < 2 {
            assert!(steps == 0 || is_unused_copy(&copy, &path));
            open(&path).hand_over(&copy, &by()).unwrap();
        }
        assert_eq!(senders([&path, &copy]), [false, true], "after {steps} steps and the rest");
        assert!(!is_unused_copy(&copy, &path), "it is a journal of its own now");
    }
}

#[test]
fn a_copy_that_was_moved_before_the_last_step_is_let_go_by_the_original() {
    let (folder, path) = place();
    let (copy, moved) = (folder.path().join("copy.db"), folder.path().join("moved.db"));
    let mut journal = write(&path);
    let pending = journal.write_pending_copy(&copy, &by()).unwrap();
    drop(journal);
    std::fs::rename(&copy, &moved).unwrap();
    assert!(!finish_hand_over(&path, &moved).unwrap(), "the original still sends");
    let mut journal = open(&path);
    journal.stop_sending_for(&pending).unwrap();
    drop(journal);
    // Where the original cannot be seen, nothing is sent.
    let away = folder.path().join("away.db");
    std::fs::rename(&path, &away).unwrap();
    assert!(matches!(
        Journal::open_runner(&moved, runner()),
        Err(JournalError::HandOverOpen { .. })
    ));
    assert!(finish_hand_over(&away, &moved).unwrap());
    assert!(!finish_hand_over(&away, &moved).unwrap(), "it is done");
    assert_eq!(senders([&away, &moved]), [false, true]);
}

#[test]
fn both_have_one_chain_and_the_copy_has_the_limiters_history() {
    let (folder, path) = place();
    let copy = folder.path().join("copy.db");
    let mut journal = write(&path);
    let batch = journal.batches().unwrap()[0].id;
    let (id, group) = (CallId(1), LimitGroup::Posts);
    let calls = vec![Call { id, group, sent_at: at(5), receipt: None }];
    journal.commit(&Changes { calls, ..Changes::default() }).unwrap();
    journal.hand_over(&copy, &by()).unwrap();
    let head = journal.verify_chain().unwrap();
    drop(journal);
    let copied = open(&copy);
    assert_eq!(copied.verify_chain().unwrap(), head);
    copied.verify_rows(batch).unwrap();
    assert_eq!(
        copied.history(10).unwrap(),
        Journal::open_reader(&path).unwrap().history(10).unwrap()
    );
    assert_eq!(copied.history(10).unwrap().calls.len(), 1);
    assert!(!copied.is_rolled_back(batch).unwrap(), "nothing is missing in it");
    let (_, last) = copied.batch_facts_of(batch).unwrap().pop().unwrap();
    assert!(matches!(&last, BatchFact::HandedOver { user, .. } if user == "anna"), "{last:?}");
    // What only reads goes on.
    let original = Journal::open_reader(&path).unwrap();
    assert_eq!(original.facts_of(batch, MachineNumber(1)).unwrap().len(), 2);
}

#[test]
fn a_journal_that_may_not_send_makes_no_copy_that_may() {
    let (folder, path) = place();
    let (copy, second) = (folder.path().join("copy.db"), folder.path().join("second.db"));
    let mut journal = write(&path);
    let pending = journal.write_pending_copy(&copy, &by()).unwrap();
    let of_pending = Journal::open_reader(&copy).unwrap().copy_to_file(&second, &by());
    assert!(matches!(of_pending, Err(JournalError::HandOverOpen { .. })), "{of_pending:?}");
    journal.stop_sending_for(&pending).unwrap();
    drop(journal);
    let of_original = Journal::open_reader(&path).unwrap().copy_to_file(&second, &by());
    assert!(matches!(of_original, Err(JournalError::HandedOver { .. })), "{of_original:?}");
    assert!(!second.exists());
}

#[test]
fn a_plain_copy_asks_what_was_sent_before_it_sends_and_can_be_made_again_until_it_is_used() {
    let (folder, path) = place();
    let copy = folder.path().join("copy.db");
    let journal = write(&path);
    let batch = journal.batches().unwrap()[0].id;
    for _ in 0..2 {
        journal.copy_to_file(&copy, &by()).unwrap();
        assert!(is_unused_copy(&copy, &path));
    }
    let before = journal.verify_chain().unwrap();
    drop(journal);
    let used = open(&copy);
    assert!(used.is_rolled_back(batch).unwrap());
    assert_eq!(used.verify_chain().unwrap().rows, before.rows + 1);
    drop(used);
    assert!(!is_unused_copy(&copy, &path));
    assert!(!is_unused_copy(&path, &copy), "the original is no copy");
    assert_eq!(senders([&path, &copy]), [true, true]);
}
