//! When to ask again whether a person has signed in: pure (RFC 8628, section 3.5).

use std::time::Duration;

use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::defender::auth::token_answer::{answered, error_word, judge};
use crate::defender::http_outcome::HttpOutcome;
use crate::domain::{Now, Steady};

/// By how much the interval grows when the server says `slow_down`.
const SLOWER: Duration = Duration::from_secs(5);

/// The longest interval after answers that did not come.
const INTERVAL_MAX: Duration = Duration::from_mins(1);

pub(super) struct DevicePoll {
    interval: Duration,
    ends: Steady,
}

pub(super) enum PollStep {
    /// Ask again after this time.
    Wait(Duration),
    Done(Box<Result<FetchedToken, TokenFailure>>),
}

impl DevicePoll {
    /// `interval` as the server says it; the code ends `lifetime` after `now`.
    pub(super) fn new(interval: Duration, lifetime: Duration, now: Now) -> Self {
        /// A server that names no time between two questions gets them no faster than this.
        const INTERVAL_MIN: Duration = Duration::from_secs(1);
        Self { interval: interval.max(INTERVAL_MIN), ends: now.steady.plus(lifetime) }
    }

    /// The wait before the first question.
    pub(super) const fn first(&self) -> Duration {
        self.interval
    }

    /// What an answer means for the next question.
    pub(super) fn absorb(&mut self, seen: &HttpOutcome, now: Now) -> PollStep {
        let mut asked_for = Duration::ZERO;
        let said = answered(seen).ok().and_then(error_word);
        match said.as_deref() {
            Some("authorization_pending") => {}
            Some("slow_down") => self.interval += SLOWER,
            Some("expired_token") => return ended(),
            Some("authorization_declined" | "access_denied") => {
                return done("device_code_declined", "the sign-in was declined in the browser");
            }
            _ => match judge(seen, now.wall) {
                // "On encountering a connection timeout, clients MUST unilaterally reduce their
                // polling frequency."
                Err(TokenFailure::Unreachable { retry_after, .. }) => {
                    asked_for = retry_after.unwrap_or_default();
                    self.interval = (self.interval * 2).min(INTERVAL_MAX.max(self.interval));
                }
                judged => return PollStep::Done(Box::new(judged)),
            },
        }
        let wait = self.interval.max(asked_for);
        if now.steady.plus(wait) >= self.ends {
            return ended();
        }
        PollStep::Wait(wait)
    }
}

fn ended() -> PollStep {
    done("device_code_expired", "nobody signed in before the code ended")
}

fn done(code: &str, words: &str) -> PollStep {
    PollStep::Done(Box::new(Err(TokenFailure::refused(code, words))))
}
