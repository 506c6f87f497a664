//! How often the journal is read: as the system tells it of the file.

#![cfg(target_os = "linux")]

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::fs::inotify;
use rustix::io::Errno;
use tokio::time::Instant;

use super::visit::{Dashboard, Events};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::waiting::wait_until;

/// Counts how often a file is opened, by anyone.
struct Opened {
    seen: OwnedFd,
    times: usize,
}

impl Opened {
    fn watch(file: &Path) -> Self {
        let seen = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        // Two of the same that follow each other are told as one, so each is told with its end.
        let told = inotify::WatchFlags::OPEN | inotify::WatchFlags::CLOSE;
        inotify::add_watch(&seen, file, told).unwrap();
        Self { seen, times: 0 }
    }

    /// Up to now.
    fn times(&mut self) -> usize {
        let mut room = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.seen, &mut room);
        loop {
            match reader.next() {
                Ok(event) => {
                    let opened = event.events().contains(inotify::ReadFlags::OPEN);
                    self.times += usize::from(opened);
                }
                Err(Errno::AGAIN) => return self.times,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A dashboard of a batch at rest.
fn dashboard() -> (Desk, Dashboard) {
    let desk = Desk::new();
    desk.file("a.csv", list(2));
    let run = "run a.csv --comment x --yes --simulate --progress none --track-timeout 0s";
    desk.run(&format!("{run} --journal a.db"));
    let dashboard = Dashboard::start(&desk, "--journal a.db");
    (desk, dashboard)
}

/// Four looks take three seconds, or longer on a slow machine; a look for each page takes no time.
#[test]
fn thirty_pages_of_a_batch_share_one_look_a_second() {
    let (desk, dashboard) = dashboard();
    let mut opened = Opened::watch(&desk.path("a.db"));
    dashboard.page("batch/1/");
    let for_a_look = opened.times();
    assert!(for_a_look > 0);
    let mut pages: Vec<Events> =
        (0..30).map(|_| dashboard.events("batch/1/events?batch=1", &[])).collect();
    for page in &mut pages {
        page.comes_to_words("Batch 1 is ");
    }
    let (began, before) = (Instant::now(), opened.times());
    wait_until("four looks", || opened.times() >= before + 4 * for_a_look);
    let took = began.elapsed();
    assert!(took > Duration::from_secs(2), "four looks within {took:?}");
}

#[test]
fn nobody_looks_where_no_page_is_open() {
    let (desk, dashboard) = dashboard();
    let mut events = dashboard.events("batch/1/events?batch=1", &[]);
    events.comes_to_words("Batch 1 is ");
    drop(events);
    let mut opened = Opened::watch(&desk.path("a.db"));
    let mut quiet_since = (Instant::now(), 0);
    // A page that is gone is noticed with the next heartbeat, ten seconds later at most.
    wait_until("two quiet seconds", || {
        let times = opened.times();
        if times > quiet_since.1 {
            quiet_since = (Instant::now(), times);
        }
        quiet_since.0.elapsed() > Duration::from_millis(2_500)
    });
}
