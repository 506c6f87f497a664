//! Trying again for a while, for what comes before there is a batch to drive.
//!
//! Called by `cli` for the sign-in of a new list. Deliberately absent: what is tried, and what
//! people are told.

use std::time::Duration;

use tokio::time::sleep_until;

use crate::domain::Timestamp;
use crate::retry::Backoff;

use super::Clock;
use super::clock::AWAY;

/// Tries until it is done, fails in a way that does not pass, or the next try would come later than
/// `most` after the first, without the time in which the computer slept. Waits in between as after
/// a failed connection, and at least as long as `passes` says of the failure. One process alone
/// tries, so nothing needs to be spread.
/// `told` hears of each failure that is tried again, when that is, and when it is given up.
///
/// Runs inside a tokio runtime with timers.
///
/// # Errors
/// That of the last try.
pub async fn keep_trying<T, E>(
    (clock, most): (&Clock, Duration),
    mut attempt: impl AsyncFnMut() -> Result<T, E>,
    passes: impl Fn(&E) -> Option<Duration>,
    told: impl Fn(&E, Timestamp, Timestamp),
) -> Result<T, E> {
    let mut gives_up_at = clock.now().steady.plus(most);
    let mut failures = 0;
    loop {
        let error = match attempt().await {
            Err(error) => error,
            done => return done,
        };
        let Some(at_least) = passes(&error) else { return Err(error) };
        failures += 1;
        let now = clock.now();
        let next = now.steady.plus(Backoff::default().delay(failures, 0).max(at_least));
        if next > gives_up_at {
            return Err(error);
        }
        told(&error, now.wall_at(next), now.wall_at(gives_up_at));
        sleep_until(clock.instant(next)).await;
        let overslept = clock.now().steady.since(next);
        if overslept >= AWAY {
            gives_up_at = gives_up_at.plus(overslept);
        }
    }
}
