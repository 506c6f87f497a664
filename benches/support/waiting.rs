//! Waiting for other processes: what they do can only be looked at again and again.

use std::time::Duration;

use super::stopwatch::Stopwatch;

/// Lets so much time pass.
pub(crate) fn pass(time: Duration) {
    let watch = Stopwatch::start();
    while let Some(left) = time.checked_sub(watch.elapsed()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

/// Asks again and again until `holds`, with an end.
pub(crate) fn until(what: &str, patience: Duration, mut holds: impl FnMut() -> bool) {
    const PAUSE: Duration = Duration::from_millis(5);
    let watch = Stopwatch::start();
    while !holds() {
        assert!(watch.elapsed() < patience, "waited too long: {what}");
        pass(PAUSE);
    }
}
