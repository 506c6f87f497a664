//! What people and files are told while a run goes on.

mod bar;
mod frames;
mod hostile;
mod lines;
mod metrics;
mod outlet;
mod pane;
mod pictures;
mod plain;
mod reading;
mod words;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::tz::TimeZone;
use mde_offboard::domain::{BatchId, Counts, Detail, MachineId, State, Timestamp, Window};
use mde_offboard::event::{Event, Happening, Prospect, Snapshot, Usage, Wait, WaitReason};
use mde_offboard::reporter::{Heading, Zone};

use crate::support::waiting::wait_until;

/// A log that can be read while it is written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Another thread does its part.
fn until(holds: impl FnMut() -> bool) {
    wait_until("the other thread", holds);
}

/// Central European time, without the system's own tables.
fn zone() -> Zone {
    Zone::new(TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap())
}

/// A time as people of [`zone`] write it.
fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("{clock}+01:00")).unwrap()
}

fn heading() -> Heading {
    Heading {
        batch: BatchId(1),
        tenant: "contoso".to_owned(),
        sources: vec!["fleet.csv".to_owned()],
        simulated: false,
        next_command: "mde-offboard status 1 --journal a.db".to_owned(),
        report_command: "mde-offboard report 1".to_owned(),
        track_command: "mde-offboard track 1".to_owned(),
        request_timeout: Duration::from_secs(30),
        zone: zone(),
    }
}

fn counts(machines: &[(State, u64)]) -> Counts {
    let mut counts = Counts::default();
    for (state, count) in machines {
        counts.add(*state, *count);
    }
    counts
}

/// The snapshot some seconds later.
fn later(seconds: u64) -> Snapshot {
    let first = snapshot();
    Snapshot { at: first.at.plus(Duration::from_secs(seconds)), ..first }
}

/// The batch of 13,878 machines in its first night.
fn snapshot() -> Snapshot {
    let hour = Window::DEFENDER[1];
    Snapshot {
        at: at("2026-11-24T01:26:00"),
        elapsed: Duration::from_secs(206 * 60 + 9),
        counts: counts(&[
            (State::Queued, 7_874),
            (State::Sending, 4),
            (State::Pending, 1_098),
            (State::Succeeded, 4_871),
            (State::Failed, 12),
            (State::Rejected, 19),
            (State::Skipped, 86),
        ]),
        windows: vec![
            Usage { window: Window::DEFENDER[0], used: 0 },
            Usage { window: hour, used: 1_500 },
        ],
        rate_limited: 0,
        in_flight: 4,
        posts: 6_000,
        last_post_at: Some(at("2026-11-24T01:25:58")),
        retrying: 0,
        waiting: Some(wait(WaitReason::Window(hour), "2026-11-24T02:00:12", 0)),
        said: None,
        prospect: Some(Prospect { last_send_at: at("2026-11-24T23:03:00"), latest_send_at: None }),
    }
}

fn wait(reason: WaitReason, until: &str, machines: u64) -> Wait {
    Wait { reason, until: at(until), machines }
}

fn event(what: Happening) -> Event {
    Event { at: at("2026-11-24T01:14:15"), batch: BatchId(1), machine: None, name: None, what }
}

fn about(name: &str, what: Happening) -> Event {
    let machine = MachineId::from_bytes([0xab; 20]);
    Event { machine: Some(machine), name: Some(name.to_owned()), ..event(what) }
}

/// Long lines broken behind `at`, the rest indented, so that they fit a page.
fn folded(text: &str, at: char) -> String {
    let mut folded = String::new();
    for line in text.lines() {
        let mut column = 0;
        for piece in line.split_inclusive(at) {
            if column > 0 && column + piece.len() > 84 {
                folded.truncate(folded.trim_end().len());
                folded.push_str("\n    ");
                column = 4;
            }
            folded.push_str(piece);
            column += piece.len();
        }
        folded.push('\n');
    }
    folded
}

fn too_old() -> Detail {
    Detail::new(Some(400), Some("ClientVersionNotSupported"), "the sensor is too old")
}
