//! The last thing on the screen.

use mde_offboard::domain::{
    ActionStatus, BatchFact, Call, CallId, End, Fact, LimitGroup, MachineNumber, Reason, Timestamp,
};
use mde_offboard::journal::Changes;
use mde_offboard::report::{Commands, Summarized, closing};

use super::{Book, after, carried, commands, zone};

fn said(book: &Book) -> String {
    let said = closing(&book.journal, book.batch, Summarized::Batch, &zone(), &commands()).unwrap();
    let (said, proof) = said.rsplit_once("\n\n").unwrap();
    assert!(proof.starts_with("  proof   note this audit head: "), "{proof}");
    said.to_owned()
}

#[test]
fn the_head_of_the_audit_chain_is_told_whole() {
    let mut book = Book::new(1);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    let head = mde_offboard::domain::hex::encode(&book.journal.verify_chain().unwrap().hash);
    let said = closing(&book.journal, book.batch, Summarized::Batch, &zone(), &commands()).unwrap();
    assert!(said.ends_with(&format!("\n\n  proof   note this audit head: {head}\n")), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
}

/// What the first forecast said.
fn forecast(book: &mut Book, last_send_at: Timestamp) {
    let fact = BatchFact::Forecast { last_send_at };
    let batch_facts = vec![(book.batch, after(0), fact)];
    book.commit(&Changes { batch_facts, ..Changes::default() });
}

#[test]
fn what_ended_badly_is_counted_by_code_with_what_to_do() {
    let mut book = Book::new(12);
    for number in 1..=4 {
        book.action_ended(number, 0, ActionStatus::Succeeded);
    }
    book.accepted(5, 10);
    book.action_ended(6, 20, ActionStatus::Failed);
    book.action_ended(7, 20, ActionStatus::Failed);
    book.action_ended(8, 30, ActionStatus::TimedOut);
    book.rejected(9, 40, Reason::Refused, "ClientVersionNotSupported");
    book.rejected(10, 40, Reason::NotFound, "ResourceNotFound");
    book.rejected(11, 3_600, Reason::Attempts, "connection_refused");
    book.fact(12, 3_700, Fact::Skipped { reason: Reason::Withdrawn });
    book.ended(4_000, End::Pending);
    forecast(&mut book, after(3_590));
    insta::assert_snapshot!(said(&book), @r"
    Batch 1 is sent: 11 of 11 in 1 h 0 m, last request at 19:40:00 CET
      first forecast: 19:39, 10 s too early
      succeeded 4   pending 1   failed 2   timed out 1   rejected 3
      also: skipped 1 (reasons: mde-offboard report 1 --only skipped --journal a.db)

        2   Failed                      the machine reported an error   retry
        1   TimeOut                     it did not connect in time      retry when it is on
        1   ClientVersionNotSupported   the sensor is too old           update it, or use a script
        1   ResourceNotFound            Defender does not know it       removed, or another tenant's
        1   connection_refused          Defender's own words            see the report

      try again      mde-offboard retry 1 --journal a.db
                       4 machines; left out: 2 refused for good or cancelled
      list of them   mde-offboard report 1 --only unsuccessful --output failed.csv --journal a.db
      pending        mde-offboard track 1 --journal a.db   asks Defender what became of them
    ");
}

#[test]
fn all_well_but_for_pending_is_no_failure() {
    let mut book = Book::new(3);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.accepted(2, 1);
    book.accepted(3, 86_400);
    read_at(&mut book, 86_402);
    book.ended(90_000, End::Pending);
    insta::assert_snapshot!(said(&book), @r"
    Batch 1 is sent: 3 of 3 in 24 h 0 m, last request at 18:40:00 CET
      succeeded 1   pending 2
    Everything is sent and nothing failed. 2 actions are pending, as is normal for machines
    that are switched off.

      pending   mde-offboard track 1 --journal a.db
                  tomorrow; normal for machines that are switched off
    ");
}

/// A list is asked for, and answered a second later.
fn read_at(book: &mut Book, seconds: u64) {
    let (sent_at, receipt) = (after(seconds), Some(after(seconds + 1).into()));
    let call = Call { id: CallId(1_000), group: LimitGroup::Reads, sent_at, receipt };
    book.commit(&Changes { calls: vec![call], ..Changes::default() });
}

#[test]
fn that_nothing_failed_is_said_only_after_it_was_asked_what_became_of_the_last_request() {
    let unknown = "Everything is sent. It is not known yet what became of 1 action.";
    let check = |read: Option<u64>, end: End, why: Option<&str>, asked: bool| {
        let mut book = Book::new(1);
        book.accepted(1, 100);
        read.iter().for_each(|at| read_at(&mut book, *at));
        let fact = BatchFact::Ended { end, why: why.map(str::to_owned) };
        book.batch_fact(200, fact);
        let said = said(&book);
        assert_eq!(said.contains("nothing failed. 1 action is pending"), asked, "{said}");
        assert_eq!(said.contains(unknown), !asked, "{said}");
    };
    check(Some(110), End::Pending, None, true);
    check(None, End::Pending, None, false);
    // Before the request, or after the run.
    check(Some(90), End::Pending, None, false);
    check(Some(300), End::Pending, None, false);
    check(Some(110), End::Pending, Some("Defender's list could not be read"), false);
    check(Some(110), End::Interrupted, None, false);
}

#[test]
fn after_a_retry_the_summary_is_about_what_was_tried_again() {
    let mut book = Book::new(3);
    book.action_ended(1, 0, ActionStatus::Failed);
    book.action_ended(2, 0, ActionStatus::Failed);
    book.accepted(3, 0);
    forecast(&mut book, after(0));
    for number in [1, 2] {
        book.fact(number, 86_400, Fact::Requeued);
    }
    let numbers = [MachineNumber(1), MachineNumber(2)];
    let accepted = |book: &mut Book, number: u32, seconds: u64| {
        book.fact(number, seconds, Fact::Sending);
        book.accepted_as(&format!("second-{number}"), number, seconds);
    };
    accepted(&mut book, 1, 86_500);
    let ended = Fact::ActionEnded { status: ActionStatus::Succeeded, device_error: None };
    book.fact(1, 86_600, ended);
    let summary =
        |book: &Book, what| closing(&book.journal, book.batch, what, &zone(), &commands()).unwrap();
    let said = summary(&book, Summarized::Retry(&numbers));
    assert!(said.starts_with("Tried again: 2 machines: queued 1   succeeded 1\nStopped"), "{said}");
    accepted(&mut book, 2, 86_501);
    book.ended(87_000, End::Pending);
    let said = summary(&book, Summarized::Retry(&numbers));
    let (tried, rest) = said.split_once('\n').unwrap();
    assert_eq!(tried, "Tried again: 2 machines: pending 1   succeeded 1");
    // The day before it is no part of what the sending took, nor of what was forecast.
    assert!(rest.starts_with("Batch 1 is sent: 3 of 3, last request at 18:41:41 CET\n"), "{said}");
    assert!(!said.contains("first forecast"), "{said}");
}

#[test]
fn to_track_is_not_to_stop() {
    let mut book = Book::new(2);
    book.accepted(1, 0);
    book.ended(10, End::Interrupted);
    let what = Summarized::Track;
    let said = closing(&book.journal, book.batch, what, &zone(), &commands()).unwrap();
    assert!(said.starts_with("Batch 1 is not sent to its end: 1 of 2.\n"), "{said}");
}

#[test]
fn all_well_says_so_and_asks_for_nothing() {
    let mut book = Book::simulated(2);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.action_ended(2, 1, ActionStatus::Succeeded);
    book.ended(200, End::Settled);
    insta::assert_snapshot!(said(&book), @r"
    SIMULATION: no tenant was touched.
    Batch 1 is sent: 2 of 2 in 1 s, last request at 18:40:01 CET
      succeeded 2
    Every action succeeded.
    ");
}

#[test]
fn an_interrupted_run_says_that_nothing_is_lost_and_how_to_go_on() {
    let mut book = Book::new(5);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.rejected(2, 1, Reason::Refused, "OsPlatformNotSupported");
    book.ended(200, End::Interrupted);
    insta::assert_snapshot!(said(&book), @r"
    Stopped at 2 of 5. Nothing is lost.
      succeeded 1   rejected 1   queued 3

        1   OsPlatformNotSupported   not for this operating system   offboard it with a script

      continue                  mde-offboard resume 1 --journal a.db
      undo what can be undone   mde-offboard cancel 1 --journal a.db
    ");
}

#[test]
fn held_machines_wait_for_a_person() {
    let mut book = Book::new(2);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.held(2, 1);
    book.ended(600, End::Settled);
    insta::assert_snapshot!(said(&book), @r"
    Batch 1 is sent: 2 of 2 in 1 s, last request at 18:40:01 CET
      succeeded 1   held 1

        1   timeout   maybe offboarded, maybe not   look it up, then resolve

      decide   mde-offboard resolve --only held --batch 1 --journal a.db
                 1 held: shows them and your choices
    ");
}

#[test]
fn a_batch_of_skipped_machines_has_nothing_to_send() {
    let mut book = Book::new(1);
    book.fact(1, 1, Fact::Skipped { reason: Reason::Withdrawn });
    book.ended(2, End::Settled);
    insta::assert_snapshot!(said(&book), @r"
    Batch 1 has nothing to send.
      also: skipped 1 (reasons: mde-offboard report 1 --only skipped --journal a.db)
    ");
}

#[test]
fn printed_commands_carry_what_was_given_and_can_be_copied() {
    let options = vec![carried("--journal", Some("My Files/a.db")), carried("--simulate", None)];
    let commands = Commands::new(options);
    let whole = r#"mde-offboard resume 1 --journal "My Files/a.db" --simulate"#;
    assert_eq!(commands.of("resume 1"), whole);
    // One that has the option already, and one that does not take it.
    let other = "mde-offboard resume --journal b.db --simulate";
    assert_eq!(commands.of("resume --journal b.db"), other);
    assert_eq!(commands.of("config init"), "mde-offboard config init");
}
