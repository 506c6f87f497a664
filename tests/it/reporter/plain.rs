//! Lines for a log.

use std::io::{self, Write};

use mde_offboard::domain::End;
use mde_offboard::event::{Happening, Observer, Snapshot, WaitReason};
use mde_offboard::reporter::{Heading, Plain};

use super::lines::slept;
use super::{Log, event, folded, heading, later, snapshot, wait};

fn plain(heading: Heading) -> (Plain, Log) {
    let log = Log::default();
    (Plain::new(heading, Box::new(log.clone())), log)
}

#[test]
fn a_line_has_the_counts_the_wait_and_the_forecast() {
    let (mut plain, log) = plain(heading());
    plain.tick(&snapshot());
    insta::assert_snapshot!(folded(&log.text(), ' '), @r"
    2026-11-24T01:26:00+01:00 batch=1 sent=6000/13878 pending=1098 succeeded=4871
        failed=12 rejected=19 skipped=86 waiting=window until=2026-11-24T02:00:12+01:00
        last=2026-11-24T23:03:00+01:00
    ");
}

#[test]
fn there_is_at_most_a_line_every_30_seconds() {
    let (mut plain, log) = plain(heading());
    (0..=60).for_each(|second| plain.tick(&later(second)));
    assert_eq!(log.text().lines().count(), 3, "{}", log.text());
}

#[test]
fn a_window_that_fills_and_empties_is_no_change_of_phase() {
    let (mut plain, log) = plain(heading());
    plain.tick(&snapshot());
    plain.tick(&Snapshot { waiting: None, ..later(1) });
    plain.tick(&later(2));
    assert_eq!(log.text().lines().count(), 1, "{}", log.text());
}

#[test]
fn a_change_of_phase_is_told_at_once() {
    let (mut plain, log) = plain(Heading { simulated: true, ..heading() });
    plain.tick(&snapshot());
    let pause = Some(wait(WaitReason::RetryAfter, "2026-11-24T01:27:00", 0));
    plain.tick(&Snapshot { waiting: pause, ..later(1) });
    plain.event(&event(Happening::Stopping { why: "Ctrl-C".to_owned(), in_flight: 4 }));
    let counts = snapshot().counts;
    plain.event(&event(Happening::BatchEnded { end: End::Interrupted, counts }));
    insta::assert_snapshot!(folded(&log.text(), ' '), @r#"
    2026-11-24T01:26:00+01:00 batch=1 SIMULATION sent=6000/13878 pending=1098
        succeeded=4871 failed=12 rejected=19 skipped=86 waiting=window
        until=2026-11-24T02:00:12+01:00 last=2026-11-24T23:03:00+01:00
    2026-11-24T01:26:01+01:00 batch=1 SIMULATION sent=6000/13878 pending=1098
        succeeded=4871 failed=12 rejected=19 skipped=86 waiting=retry_after
        until=2026-11-24T01:27:00+01:00 last=2026-11-24T23:03:00+01:00
    2026-11-24T01:14:15+01:00 batch=1 SIMULATION stopping="Ctrl-C" in_flight=4
    2026-11-24T01:14:15+01:00 batch=1 SIMULATION sent=6000/13878 pending=1098
        succeeded=4871 failed=12 rejected=19 skipped=86 ended=interrupted
    "#);
}

#[test]
fn a_closed_terminal_does_not_stop_a_run() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    Plain::new(heading(), Box::new(Closed)).tick(&snapshot());
}

#[test]
fn a_sleep_is_told_at_once() {
    let (mut plain, log) = plain(heading());
    plain.event(&event(slept()));
    insta::assert_snapshot!(folded(&log.text(), ' '), @r#"
    2026-11-24T01:14:15+01:00 batch=1 clock_gap="the computer slept from Mon 22:03 to
        01:14; the run goes on"
    "#);
}
