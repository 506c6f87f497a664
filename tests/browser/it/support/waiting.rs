//! Waits for what another process does, by asking again and again, with an end.

use std::time::{Duration, Instant};

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(20);

#[track_caller]
pub(crate) fn wait_until(what: &str, longest: Duration, mut enough: impl FnMut() -> bool) {
    let end = Instant::now() + longest;
    while !enough() {
        assert!(Instant::now() < end, "{what}: it does not come within {longest:?}");
        std::thread::park_timeout(PAUSE);
    }
}
