//! Waiting for other processes: always for a condition, and always with an end.

use std::process::Child;
use std::time::{Duration, Instant};

/// Longest that anything is waited for: far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_mins(5);

/// Asks again and again until `holds`.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a question may itself take its time")]
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    const PAUSE: Duration = Duration::from_millis(10);
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if holds() {
            return;
        }
        std::thread::park_timeout(PAUSE);
    }
    panic!("waited too long: {what}");
}

/// Whether something that follows at once `holds` within some seconds.
pub(crate) fn holds_soon(mut holds: impl FnMut() -> bool) -> bool {
    const PAUSE: Duration = Duration::from_millis(10);
    (0..1_000).any(|_| {
        let there = holds();
        if !there {
            std::thread::park_timeout(PAUSE);
        }
        there
    })
}

/// Lets this much time pass in a process's life, or less where it ends by itself.
#[expect(clippy::disallowed_methods, reason = "a process of its own lives in real time")]
pub(crate) fn pass(life: Duration, child: &mut Child) {
    const PAUSE: Duration = Duration::from_millis(1);
    let started = Instant::now();
    while started.elapsed() < life && child.try_wait().expect("ours").is_none() {
        std::thread::park_timeout(PAUSE);
    }
}
