//! The course of a batch: a fold over its facts.

use mde_offboard::domain::{
    ActionId, ActionStatus, BatchFact, Counts, End, Fact, MachineNumber, Reason, State,
};
use mde_offboard::engine::Clock;
use mde_offboard::journal::{Changes, Entry};
use mde_offboard::report::{BatchCourse, Happened};

use super::{Book, after};

fn whole(book: &Book) -> BatchCourse {
    let mut course = BatchCourse::new(book.batch);
    course.advance(&book.journal, book.journal.chain_head().unwrap()).unwrap();
    course
}

fn counts(book: &Book) -> Counts {
    book.journal.batch(book.batch).unwrap().unwrap().counts
}

type Step = Box<dyn Fn(&mut Book)>;

/// Something of everything, step by step.
fn steps() -> Vec<Step> {
    vec![
        Box::new(|book| book.action_ended(1, 0, ActionStatus::Succeeded)),
        Box::new(|book| book.rejected(2, 200, Reason::Refused, "OsPlatformNotSupported")),
        Box::new(|book| book.held(3, 210)),
        Box::new(|book| book.ended(700, End::Interrupted)),
        Box::new(|book| {
            book.batch_fact(90_000, BatchFact::Started { command: "retry".to_owned() });
        }),
        Box::new(|book| book.fact(2, 90_001, Fact::Requeued)),
        Box::new(|book| {
            book.fact(2, 90_002, Fact::Sending);
            book.accepted_as("again-2", 2, 90_002);
        }),
        Box::new(|book| book.fact(4, 90_100, Fact::Skipped { reason: Reason::Withdrawn })),
        Box::new(|book| book.action_ended(5, 90_200, ActionStatus::Failed)),
    ]
}

#[test]
fn a_course_in_two_parts_is_the_course_in_one_and_ends_where_the_rows_stand() {
    for split in 0..=steps().len() {
        let mut book = Book::new(6);
        let mut parted = BatchCourse::new(book.batch);
        for (at, step) in steps().into_iter().enumerate() {
            if at == split {
                parted.advance(&book.journal, book.journal.chain_head().unwrap()).unwrap();
            }
            step(&mut book);
        }
        parted.advance(&book.journal, book.journal.chain_head().unwrap()).unwrap();
        assert_eq!(parted, whole(&book), "split at {split}");
        assert_eq!(*parted.counts(), counts(&book));
        let (_, last) = parted.progress().ends().last().unwrap();
        assert_eq!(*last, counts(&book), "the last bucket");
        let sent: u64 = parted.requests().ends().map(|(_, bucket)| bucket.sent).sum();
        assert_eq!(sent, 5, "one for each time that something was sent");
    }
}

#[test]
fn a_journal_that_was_replaced_is_read_from_its_beginning() {
    let mut book = Book::new(3);
    book.accepted(1, 0);
    let mut course = whole(&book);
    let mut other = Book::new(3);
    for number in 1..=3 {
        other.rejected(number, 5, Reason::Refused, "InvalidInput");
    }
    // As many facts and more, and others.
    course.advance(&other.journal, other.journal.chain_head().unwrap()).unwrap();
    assert_eq!(course, whole(&other));
    let older = Book::new(3);
    course.advance(&older.journal, older.journal.chain_head().unwrap()).unwrap();
    assert_eq!(course, whole(&older));
}

#[test]
fn a_run_that_said_nothing_at_its_end_was_interrupted() {
    let mut book = Book::new(2);
    book.accepted(1, 10);
    book.batch_fact(500, BatchFact::Started { command: "resume".to_owned() });
    book.ended(600, End::Stopped);
    book.batch_fact(700, BatchFact::Started { command: "resume".to_owned() });
    let course = whole(&book);
    let silent: Vec<_> =
        course.timeline().first().filter(|(_, what)| *what == Happened::Silent).collect();
    assert_eq!(silent, [&(after(11), Happened::Silent)]);
}

#[test]
fn a_timeline_of_a_batch_that_is_resumed_for_ever_is_bounded() {
    let mut book = Book::new(1);
    for time in 0..400 {
        book.batch_fact(time, BatchFact::CanaryPassed);
    }
    let course = whole(&book);
    let timeline = course.timeline();
    assert_eq!((timeline.first().count(), timeline.last().count()), (100, 100));
    assert_eq!(timeline.left_out(), 402 - 200, "created and started as well");
    assert_eq!(timeline.last().last().unwrap().0, after(399));
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::*;

    const MACHINES: u32 = 133_334;

    /// Two facts of each machine at a time, as many as a large run has.
    fn large() -> Book {
        let mut book = Book::new(MACHINES);
        for first in (1..=MACHINES).step_by(5_000) {
            let numbers = first..(first + 5_000).min(MACHINES + 1);
            let entry = |number: u32, seconds: u64, fact: Fact| Entry {
                batch: book.batch,
                number: MachineNumber(number),
                at: after(u64::from(number) * 2 + seconds),
                fact,
            };
            let facts = numbers.flat_map(|number| {
                let status = ActionStatus::Succeeded;
                let accepted = Fact::Accepted {
                    action: ActionId::parse(&format!("action-{number}")).unwrap(),
                    status: ActionStatus::Pending,
                    adopted: false,
                    found: false,
                    http_status: Some(201),
                    created_at: None,
                    named_by: None,
                };
                [
                    entry(number, 0, Fact::Sending),
                    entry(number, 1, accepted),
                    entry(number, 60, Fact::ActionEnded { status, device_error: None }),
                ]
            });
            let facts = facts.collect();
            book.commit(&Changes { facts, ..Changes::default() });
        }
        book
    }

    /// In a release build it takes a fraction of this.
    #[test]
    fn four_hundred_thousand_facts_are_folded_at_once() {
        let book = large();
        let clock = Clock::new();
        let began = clock.now().steady;
        let course = whole(&book);
        let took = clock.now().steady.since(began);
        assert_eq!(course.counts().of(State::Succeeded), u64::from(MACHINES));
        assert!(course.progress().ends().count() <= 240);
        assert!(took.as_secs() < 20, "{took:?}");
    }
}
