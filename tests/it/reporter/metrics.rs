//! `--metrics-file`, beside the run.

use std::io;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mde_offboard::domain::{BatchId, End};
use mde_offboard::event::{Happening, Observer, Snapshot};
use mde_offboard::reporter::Metrics;

use super::{event, snapshot};

/// A snapshot that was taken this many seconds later.
fn later(seconds: u64) -> Snapshot {
    let first = snapshot();
    Snapshot { at: first.at.plus(Duration::from_secs(seconds)), posts: seconds, ..first }
}

#[test]
fn a_disk_that_hangs_keeps_nobody_and_only_the_newest_text_waits() {
    let (go_on, told) = channel::<()>();
    let written = Arc::<Mutex<Vec<String>>>::default();
    let texts = Arc::clone(&written);
    let mut metrics = Metrics::new(BatchId(1), move |text| {
        // Once nobody is left who could tell it, it takes everything.
        let _told = told.recv();
        texts.lock().unwrap().push(text.to_owned());
        Ok(())
    })
    .unwrap();
    (0..3_600).for_each(|second| metrics.tick(&later(second)));
    assert!(written.lock().unwrap().is_empty());
    drop(go_on);
    metrics.event(&event(Happening::BatchEnded { end: End::Settled, counts: snapshot().counts }));
    metrics.end();
    let written = written.lock().unwrap();
    assert!(written.len() <= 3, "{} of 240 texts waited", written.len());
    let last = written.last().unwrap();
    assert!(last.contains("mde_offboard_end{batch=\"1\",end=\"settled\"} 1\n"), "{last}");
    assert!(last.contains("mde_offboard_attempts_total{batch=\"1\"} 3599\n"), "{last}");
    assert!(metrics.trouble().get().is_none());
}

#[test]
fn it_is_written_every_fifteen_seconds_and_the_first_error_is_kept() {
    let written = Arc::<Mutex<u32>>::default();
    let count = Arc::clone(&written);
    let mut metrics = Metrics::new(BatchId(1), move |_| {
        let mut count = count.lock().unwrap();
        *count += 1;
        Err(io::Error::other(format!("error {count}")))
    })
    .unwrap();
    for second in 0..=30 {
        metrics.tick(&later(second));
        // Each is written before the next one would take its place.
        let due = u32::try_from(second / 15 + 1).unwrap();
        super::until(|| *written.lock().unwrap() == due);
    }
    assert_eq!(metrics.trouble().get().unwrap().to_string(), "error 1");
    metrics.end();
    assert_eq!(*written.lock().unwrap(), 4, "and at the end");
}
