//! `--events FILE`.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use mde_offboard::domain::{
    ActionId, ActionStatus, ClockGap, Detail, End, GapCause, Reason, State, StoppedBy, Window,
};
use mde_offboard::event::{Event, Happening, Observer, WaitReason};
use mde_offboard::reporter::Lines;

use super::{Log, about, at, event, folded, snapshot, too_old, wait};

/// One of each event, in the order of a run that is stopped.
pub(super) fn one_of_each() -> Vec<Event> {
    let action = ActionId::parse("5382f7ea-7557-4ab7-9782-d50480024a4e").unwrap();
    let soon = at("2026-11-24T01:19:15");
    let detail = Detail::new(None, Some("timeout"), "no answer in 30 s");
    let until = "2026-11-24T02:00:12";
    let window = WaitReason::Window(Window::DEFENDER[0]);
    vec![
        event(Happening::BatchStarted { command: "run".to_owned(), total: 13_964 }),
        about("bücher-01", Happening::Submitted { action: action.clone(), adopted: false }),
        about("lt-2210", Happening::Rejected { detail: too_old() }),
        about("pc-1", Happening::Retrying { not_before: soon, detail: detail.clone() }),
        about("pc-2", Happening::Uncertain { look_at: soon, detail: detail.clone() }),
        about("pc-2", Happening::Reconciled { action: Some(action.clone()) }),
        about("pc-3", Happening::Reconciled { action: None }),
        about("pc-4", Happening::Held { detail: detail.clone() }),
        about(
            "pc-5",
            Happening::ActionUpdated {
                action,
                status: ActionStatus::TimedOut,
                state: State::TimedOut,
            },
        ),
        event(Happening::RateLimited { until: soon, detail }),
        event(Happening::Waiting { wait: wait(window, until, 0), said: None }),
        event(Happening::Waiting { wait: wait(WaitReason::Settle, until, 2), said: None }),
        about("pc-6", Happening::Skipped { reason: Reason::Reimaged }),
        event(Happening::ListsDistrusted { why: "a list left one out".to_owned() }),
        event(slept()),
        event(Happening::GuardTripped {
            guard: StoppedBy::Answers,
            why: "ten refusals in a row".to_owned(),
        }),
        event(Happening::Stopping { why: "a guard".to_owned(), in_flight: 4 }),
        event(Happening::BatchEnded { end: End::Tripped, counts: snapshot().counts }),
    ]
}

/// The computer slept for some hours.
pub(super) fn slept() -> Happening {
    let (from, until) = (at("2026-11-23T22:03:00"), at("2026-11-24T01:14:00"));
    Happening::ClockGap(ClockGap { from, until, cause: GapCause::Sleep })
}

fn written(events: &[Event]) -> String {
    let log = Log::default();
    let mut lines = Lines::new(Path::new("events"), Box::new(log.clone())).unwrap();
    for event in events {
        lines.event(event);
    }
    lines.end();
    assert!(lines.trouble().get().is_none());
    log.text()
}

#[test]
fn every_event_is_a_line_of_json() {
    let text = written(&one_of_each());
    insta::assert_snapshot!(folded(&text, ','), @r#"
    {"at":"2026-11-24T00:14:15Z","event":"batch_started","batch":1,"command":"run",
        "total":13964}
    {"at":"2026-11-24T00:14:15Z","event":"submitted","batch":1,
        "machine_id":"abababababababababababababababababababab",
        "device_name":"b\u00fccher-01",
        "action_id":"5382f7ea-7557-4ab7-9782-d50480024a4e","adopted":false}
    {"at":"2026-11-24T00:14:15Z","event":"rejected","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"lt-2210",
        "http_status":400,"error_code":"ClientVersionNotSupported",
        "error_message":"the sensor is too old"}
    {"at":"2026-11-24T00:14:15Z","event":"retrying","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-1",
        "not_before":"2026-11-24T00:19:15Z","error_code":"timeout",
        "error_message":"no answer in 30 s"}
    {"at":"2026-11-24T00:14:15Z","event":"uncertain","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-2",
        "look_at":"2026-11-24T00:19:15Z","error_code":"timeout",
        "error_message":"no answer in 30 s"}
    {"at":"2026-11-24T00:14:15Z","event":"reconciled","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-2",
        "action_id":"5382f7ea-7557-4ab7-9782-d50480024a4e"}
    {"at":"2026-11-24T00:14:15Z","event":"reconciled","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-3"}
    {"at":"2026-11-24T00:14:15Z","event":"held","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-4",
        "error_code":"timeout","error_message":"no answer in 30 s"}
    {"at":"2026-11-24T00:14:15Z","event":"action_updated","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-5",
        "state":"timed_out","action_id":"5382f7ea-7557-4ab7-9782-d50480024a4e",
        "action_status":"TimeOut"}
    {"at":"2026-11-24T00:14:15Z","event":"rate_limited","batch":1,
        "until":"2026-11-24T00:19:15Z","error_code":"timeout",
        "error_message":"no answer in 30 s"}
    {"at":"2026-11-24T00:14:15Z","event":"waiting","batch":1,
        "waiting":{"reason":"window","window":"100/1m","until":"2026-11-24T01:00:12Z"}}
    {"at":"2026-11-24T00:14:15Z","event":"waiting","batch":1,
        "waiting":{"reason":"settle","until":"2026-11-24T01:00:12Z","machines":2}}
    {"at":"2026-11-24T00:14:15Z","event":"skipped","batch":1,
        "machine_id":"abababababababababababababababababababab","device_name":"pc-6",
        "reason":"reimaged"}
    {"at":"2026-11-24T00:14:15Z","event":"lists_distrusted","batch":1,
        "why":"a list left one out"}
    {"at":"2026-11-24T00:14:15Z","event":"clock_gap","batch":1,
        "from":"2026-11-23T21:03:00Z","until":"2026-11-24T00:14:00Z","cause":"sleep"}
    {"at":"2026-11-24T00:14:15Z","event":"guard_tripped","batch":1,"guard":"answers",
        "why":"ten refusals in a row"}
    {"at":"2026-11-24T00:14:15Z","event":"stopping","batch":1,"why":"a guard",
        "in_flight":4}
    {"at":"2026-11-24T00:14:15Z","event":"batch_ended","batch":1,"end":"tripped",
        "counts":{"queued":7874,"sending":4,"uncertain":0,"held":0,"pending":1098,
        "succeeded":4871,"failed":12,"timed_out":0,"cancelled":0,"rejected":19,
        "skipped":86}}
    "#);
}

#[test]
fn each_name_of_an_event_is_in_the_list_of_names() {
    let told: Vec<&str> = one_of_each().iter().map(|event| event.what.name()).collect();
    let missing: Vec<&&str> = Happening::NAMES.iter().filter(|name| !told.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?} is told nowhere");
    for event in one_of_each() {
        assert!(Happening::NAMES.contains(&event.what.name()));
    }
}

#[test]
fn every_line_says_when_what_and_in_which_batch_in_plain_ascii() {
    let events = one_of_each();
    let text = written(&events);
    assert!(text.is_ascii());
    assert_eq!(text.lines().count(), events.len());
    for (line, event) in text.lines().zip(&events) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["at"], "2026-11-24T00:14:15Z");
        assert_eq!(value["event"], event.what.name());
        assert_eq!(value["batch"], 1);
        let machine = event.machine.map(|machine| machine.to_string());
        assert_eq!(value["machine_id"].as_str(), machine.as_deref());
        assert_eq!(value["device_name"].as_str(), event.name.as_deref());
    }
}

/// A disk that is full once, and has room again.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Ok(bytes.len()),
            2 => Err(io::ErrorKind::StorageFull.into()),
            _ => panic!("written behind half a line"),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_first_error_is_kept_for_the_end_and_nothing_more_is_written() {
    let mut lines = Lines::new(Path::new("events"), Box::new(Full(0))).unwrap();
    let trouble = lines.trouble();
    for event in &one_of_each() {
        lines.event(event);
    }
    lines.end();
    let error = trouble.get().expect("the disk was full");
    let said = "events could not be written to `events`; the run itself is not affected";
    assert_eq!(error.to_string(), said);
    assert_eq!(error.source().unwrap().to_string(), "no storage space");
}

/// A pipe that takes nothing until it is told to.
pub(super) struct Held(pub(super) Arc<Mutex<Vec<u8>>>, pub(super) Receiver<()>);

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Once nobody is left who could tell it, it takes everything.
        let _told = self.1.recv();
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn held() -> (Lines, Arc<Mutex<Vec<u8>>>, Sender<()>) {
    let (go_on, told) = channel();
    let taken = Arc::<Mutex<Vec<u8>>>::default();
    let out = Held(Arc::clone(&taken), told);
    (Lines::new(Path::new("events"), Box::new(out)).unwrap(), taken, go_on)
}

#[test]
fn a_file_that_is_only_slow_gets_every_line_and_nobody_waits_for_it_before_the_end() {
    let (mut lines, taken, go_on) = held();
    let events = one_of_each();
    events.iter().for_each(|event| lines.event(event));
    (0..9).for_each(|_| lines.tick(&snapshot()));
    assert!(taken.lock().unwrap().is_empty());
    drop(go_on);
    lines.end();
    let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
    assert_eq!(text, written(&events));
    assert!(lines.trouble().get().is_none());
}

#[test]
fn a_file_that_takes_no_line_for_ten_ticks_is_an_error_and_what_it_holds_are_whole_lines() {
    let (mut lines, taken, go_on) = held();
    let events = one_of_each();
    events.iter().for_each(|event| lines.event(event));
    // The first of them begins the count, should the thread not have begun to write yet.
    (0..9).for_each(|_| lines.tick(&snapshot()));
    assert!(lines.trouble().get().is_none(), "too early");
    (0..2).for_each(|_| lines.tick(&snapshot()));
    let trouble = lines.trouble();
    let error = trouble.get().expect("it took nothing");
    assert_eq!(error.source().unwrap().to_string(), "it took no line for 10 s");
    lines.event(&events[0]);
    drop(go_on);
    lines.end();
    let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
    assert_eq!(text, written(&events[..text.lines().count()]), "at most the one under way");
    assert!(text.lines().count() <= 1, "{text}");
}
