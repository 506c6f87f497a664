//! `status`: where a batch stands.

use mde_offboard::domain::{
    ActionStatus, Advice, BatchFact, BatchId, Call, CallId, End, Freeze, LimitGroup, Reason, State,
    Window,
};
use mde_offboard::event::{Wait, WaitReason};
use mde_offboard::journal::{Changes, Heartbeat, Journal};
use mde_offboard::report::{ReportError, Status, status};

use super::{Book, after, commands, defender, now, zone};

/// 300 machines of which 100 went out in the first seconds, as the minute allows.
fn begun(book: &mut Book) {
    for number in 1..=100 {
        match number {
            1..=50 => book.action_ended(number, 0, ActionStatus::Succeeded),
            _ => book.accepted(number, 0),
        }
    }
}

fn read(book: &Book, seconds: u64) -> Status {
    status(&book.journal, book.batch, &defender(), now(seconds)).unwrap()
}

fn pretty(status: &Status) -> String {
    let json = status.to_json(&commands());
    assert!(json.is_ascii());
    let (before, after) = json.split_once("\"head\":\"").unwrap();
    let json = format!("{before}\"head\":\"[64 digits]{}", &after[64..]);
    // Laid out by inserting white space only, so that the order of the fields is seen.
    json.replace(",\"", ",\n\"").replace(":{", ":\n{")
}

#[test]
fn the_json_has_the_shape_of_the_contract() {
    let mut book = Book::new(300);
    begun(&mut book);
    insta::assert_snapshot!(pretty(&read(&book, 10)), @r#"
    {"schema":"mde-offboard.status/1",
    "batch":
    {"id":1,
    "source":"fleet.csv",
    "comment":"M\u00fcll in Q4",
    "created_at":"2026-11-23T17:40:00Z",
    "tenant_id":"72f988bf-0000-0000-0000-000000000000",
    "simulated":false,
    "where":[]},
    "total":300,
    "counts":
    {"queued":200,
    "sending":0,
    "uncertain":0,
    "held":0,
    "pending":50,
    "succeeded":50,
    "failed":0,
    "timed_out":0,
    "cancelled":0,
    "rejected":0,
    "skipped":0},
    "settled":false,
    "running":false,
    "waiting":null,
    "windows":[{"limit":100,
    "seconds":60,
    "used":100},{"limit":1500,
    "seconds":3600,
    "used":100}],
    "forecast":
    {"last_send_at":"2026-11-23T17:42:04Z",
    "remaining_seconds":114},
    "audit":
    {"facts":252,
    "head":"[64 digits]"},
    "next":
    {"command":"mde-offboard resume 1 --journal a.db",
    "reason":"200 not sent: the program or the computer ended"}}
    "#);
}

#[test]
fn a_runner_at_work_is_seen_with_what_it_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut book = Book::run(&path, 300);
    begun(&mut book);
    let wait =
        Wait { reason: WaitReason::Window(Window::DEFENDER[0]), until: after(62), machines: 0 };
    let heartbeat = Heartbeat {
        at: after(9),
        batch: book.batch,
        waiting: Some(wait),
        said: None,
        last_send_at: Some(after(62)),
    };
    book.journal.heartbeat(&heartbeat).unwrap();
    let reader = Journal::open_reader(&path).unwrap();
    let status = status(&reader, book.batch, &defender(), now(10)).unwrap();
    assert!(status.running);
    let json = status.to_json(&commands());
    let waiting =
        r#""waiting":{"reason":"window","window":"100/1m","until":"2026-11-23T17:41:02Z"}"#;
    assert!(json.contains(waiting), "{json}");
    assert!(json.contains(r#""next":null"#), "{json}");
    assert!(json.contains(r#""last_sign_of_life":"2026-11-23T17:40:09Z""#), "{json}");
    insta::assert_snapshot!(status.to_prose(&zone(), &commands()), @r"
    Batch 1  72f988bf-0000-0000-0000-000000000000  fleet.csv  Mon 23 Nov 18:40:10 CET
      100 accepted, 0 refused, 200 to go  33 %
      queued 200   pending 50   succeeded 50   failed 0   rejected 0
      minute 100/100   hour 100/1,500   last request at 18:42 (in 1 m)
      waiting: the limit per minute is used up; next request at 18:41:02 (in 52 s)

    running: process 4312 (run) on LT-0042 since 18:40; last sign of life at 18:40:09
      stop it safely   mde-offboard stop 1 --journal a.db
    ");
}

#[test]
fn a_runner_that_is_silent_is_not_taken_for_one_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut book = Book::run(&path, 3);
    let heartbeat = Heartbeat {
        at: after(9),
        batch: book.batch,
        waiting: None,
        said: None,
        last_send_at: None,
    };
    book.journal.heartbeat(&heartbeat).unwrap();
    for (seconds, silent) in [(68, false), (69, true), (7_200, true)] {
        let prose = read(&book, seconds).to_prose(&zone(), &commands());
        let words = "running, but without a sign of life since 18:40:09: process 4312 (run) on \
                     LT-0042; is it suspended?";
        assert_eq!(prose.contains(words), silent, "{seconds}: {prose}");
    }
}

#[test]
fn all_numbers_of_a_status_are_of_one_instant() {
    const MACHINES: u32 = 300;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut book = Book::run(&path, MACHINES);
    let batch = book.batch;
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for number in 1..=MACHINES {
                book.rejected(number, 0, Reason::Refused, "ClientVersionNotSupported");
            }
            book
        });
        let reader = Journal::open_reader(&path).unwrap();
        while !writer.is_finished() {
            let status = status(&reader, batch, &defender(), now(10)).unwrap();
            let rejected = status.batch.counts.of(State::Rejected);
            let by_code: u64 = status.codes.iter().map(|code| code.machines).sum();
            assert_eq!(by_code, rejected, "{}", status.to_prose(&zone(), &commands()));
            // The batch, its start, and two facts a machine, one after the other.
            let facts = 2 + 2 * rejected;
            assert!((facts..=facts + 1).contains(&status.audit.rows), "{:?}", status.audit);
        }
        // Closed before the lock is given back.
        drop((reader, writer.join().unwrap()));
    });
}

#[test]
fn a_runner_at_another_batch_does_not_run_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::run(&folder.path().join("a.db"), 3);
    let other = BatchId(book.batch.0 + 1);
    let heartbeat =
        Heartbeat { at: after(9), batch: other, waiting: None, said: None, last_send_at: None };
    book.journal.heartbeat(&heartbeat).unwrap();
    assert!(!read(&book, 10).running);
}

#[test]
fn a_program_that_just_ended_left_a_last_sign_of_life_and_a_command() {
    let mut book = Book::new(300);
    begun(&mut book);
    book.rejected(101, 60, Reason::Refused, "ClientVersionNotSupported");
    book.rejected(102, 60, Reason::Refused, "ClientVersionNotSupported");
    book.action_ended(103, 60, ActionStatus::Failed);
    book.held(104, 60);
    let prose = read(&book, 7_200).to_prose(&zone(), &commands());
    insta::assert_snapshot!(prose, @r"
    Batch 1  72f988bf-0000-0000-0000-000000000000  fleet.csv  Mon 23 Nov 20:40:00 CET
      101 accepted, 2 refused, 1 in doubt, 196 to go  34 %
      queued 196   pending 50   succeeded 50   failed 1   rejected 2   held 1
      minute 0/100   hour 0/1,500   last request at 20:41 (in 1 m, if you resume now)

        2   ClientVersionNotSupported   the sensor is too old           update it, or use a script
        1   Failed                      the machine reported an error   retry
        1   timeout                     maybe offboarded, maybe not     look it up, then resolve

    not running: the last sign of life was at 18:41 (the program or the computer ended)
      next   mde-offboard resume 1 --journal a.db
    ");
}

#[test]
fn an_interrupted_batch_says_so_with_the_command_that_goes_on() {
    let mut book = Book::simulated(300);
    begun(&mut book);
    book.ended(30, End::Interrupted);
    let status = read(&book, 200_000);
    let next = r#""next":{"command":"mde-offboard resume 1 --journal a.db","#;
    assert!(status.to_json(&commands()).contains(next));
    insta::assert_snapshot!(status.to_prose(&zone(), &commands()), @r"
    Batch 1  72f988bf-0000-0000-0000-000000000000  fleet.csv  SIMULATION  Thu 26 Nov 02:13:20 CET
      100 accepted, 0 refused, 200 to go  33 %
      queued 200   pending 50   succeeded 50   failed 0   rejected 0
      minute 0/100   hour 0/1,500   last request at 02:14 (in 1 m, if you resume now)

    not running since Mon 18:40: interrupted
      next   mde-offboard resume 1 --journal a.db
    ");
}

#[test]
fn the_forecast_is_that_of_the_gate_with_the_calls_so_far() {
    let mut book = Book::new(300);
    begun(&mut book);
    // 100 answers at second 1; each slot is free a minute and its guard of a second later.
    let forecast = read(&book, 10).forecast.unwrap();
    assert_eq!(forecast.prospect.last_send_at, after(62 + 62));
    assert_eq!(read(&book, 10).windows[0].used, 100);
    assert_eq!(read(&book, 70).windows[0].used, 0);
    assert_eq!(read(&book, 70).windows[1].used, 100);
}

#[test]
fn a_batch_with_nothing_left_to_send_has_no_forecast() {
    let mut book = Book::new(2);
    book.accepted(1, 0);
    book.action_ended(2, 0, ActionStatus::Succeeded);
    book.ended(200, End::Pending);
    let status = read(&book, 300);
    assert_eq!(status.forecast, None);
    let next = r#""next":{"command":"mde-offboard track 1 --journal a.db","reason":"1 pending"#;
    assert!(status.to_json(&commands()).contains(next));
}

#[test]
fn an_unknown_batch_is_an_error_with_a_way_on() {
    let book = Book::new(1);
    let error = status(&book.journal, BatchId(7), &defender(), now(0)).unwrap_err();
    assert!(matches!(error, ReportError::NoBatch(BatchId(7))));
    assert_eq!(error.hint(), Advice::command("batches").then(" lists them"));
}

#[test]
fn a_batch_that_is_run_again_is_not_held_to_its_last_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::run(&folder.path().join("a.db"), 3);
    book.ended(10, End::Interrupted);
    assert!(!read(&book, 11).running);
    book.batch_fact(12, BatchFact::Started { command: "resume".to_owned() });
    assert!(read(&book, 13).running);
}

#[test]
fn a_runner_that_died_neither_runs_nor_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut book = Book::run(&path, 3);
    let wait = Wait { reason: WaitReason::Settle, until: after(300), machines: 1 };
    let heartbeat = Heartbeat {
        at: after(600),
        batch: book.batch,
        waiting: Some(wait),
        said: None,
        last_send_at: None,
    };
    book.journal.heartbeat(&heartbeat).unwrap();
    let batch = book.batch;
    drop(book);
    let reader = Journal::open_reader(&path).unwrap();
    let status = status(&reader, batch, &defender(), now(1_000)).unwrap();
    assert!(!status.running);
    assert_eq!(status.waiting, None);
    let prose = status.to_prose(&zone(), &commands());
    assert!(prose.contains("not running: the last sign of life was at 18:50"), "{prose}");
}

#[test]
fn reads_take_nothing_of_the_windows_of_posts() {
    let mut book = Book::new(3);
    let (sent_at, receipt) = (after(0), Some(after(1).into()));
    let call = Call { id: CallId(1), group: LimitGroup::Reads, sent_at, receipt };
    book.commit(&Changes { calls: vec![call], ..Changes::default() });
    assert_eq!(read(&book, 2).windows[0].used, 0);
}

#[test]
fn a_call_in_flight_takes_a_slot() {
    let mut book = Book::new(3);
    let call = Call { id: CallId(1), group: LimitGroup::Posts, sent_at: after(0), receipt: None };
    book.commit(&Changes { calls: vec![call], ..Changes::default() });
    assert_eq!(read(&book, 2).windows[0].used, 1);
}

#[test]
fn a_pause_that_the_server_asked_for_moves_the_forecast() {
    let mut book = Book::new(3);
    let freeze = Freeze { group: LimitGroup::Posts, until: after(600).into(), streak: 0 };
    book.commit(&Changes { freezes: vec![freeze], ..Changes::default() });
    let forecast = read(&book, 10).forecast.unwrap();
    assert!(forecast.prospect.last_send_at >= after(600), "{forecast:?}");
    let reads = Freeze { group: LimitGroup::Reads, until: after(9_000).into(), streak: 0 };
    book.commit(&Changes { freezes: vec![reads], ..Changes::default() });
    assert_eq!(read(&book, 10).forecast.unwrap(), forecast);
}

#[test]
fn held_machines_are_the_next_thing_to_do_once_all_is_sent() {
    let mut book = Book::new(2);
    book.held(1, 0);
    book.accepted(2, 1);
    book.ended(600, End::Settled);
    let next = r#""next":{"command":"mde-offboard resolve --only held --batch 1 --journal a.db","#;
    let json = read(&book, 700).to_json(&commands());
    assert!(json.contains(next), "{json}");
}
