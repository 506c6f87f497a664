//! The counter that refuses: exact, for one limit group of one app in one tenant.
//!
//! Called by the tenant before anything else that costs. A refused call takes no slot; whether it
//! does at Defender is not known. Deliberately absent: the truth log, which counts by other means.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::{Timestamp, Window};

use super::options::Counting;

/// The calls that count against the windows of one group.
#[derive(Debug, Clone)]
pub(super) struct Quota {
    limits: Vec<Window>,
    counter: Counter,
}

#[derive(Debug, Clone)]
enum Counter {
    /// The latest admitted calls in order, as many as the largest limit.
    Sliding(VecDeque<Timestamp>),
    /// For each limit the number of its current window since 1970, and the calls in it.
    Fixed(Vec<(i64, u32)>),
}

/// Which window is full, and when the next call would be admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FullWindow {
    pub(super) window: Window,
    pub(super) again_at: Timestamp,
}

impl Quota {
    pub(super) fn new(limits: Vec<Window>, counting: Counting) -> Self {
        let counter = match counting {
            Counting::Sliding => Counter::Sliding(VecDeque::new()),
            Counting::Fixed => Counter::Fixed(vec![(i64::MIN, 0); limits.len()]),
        };
        Self { limits, counter }
    }

    /// Takes a slot of every window at once, or of none: then the window that is full for longest.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), FullWindow> {
        let full = (0..self.limits.len())
            .filter_map(|index| self.full(index, now))
            .max_by_key(|full| full.again_at);
        if let Some(full) = full {
            return Err(full);
        }
        self.take(now);
        Ok(())
    }

    fn full(&self, index: usize, now: Timestamp) -> Option<FullWindow> {
        let window = self.limits[index];
        let again_at = match &self.counter {
            Counter::Sliding(admitted) => {
                // The window has room as soon as the call `limit` places back has left it.
                let back = admitted.len().checked_sub(window.limit() as usize)?;
                admitted.get(back)?.plus(window.duration())
            }
            Counter::Fixed(windows) => {
                let (number, count) = windows[index];
                if count < window.limit() || number < number_of(window, now) {
                    return None;
                }
                let length = micros(window.duration());
                Timestamp::from_micros(number.saturating_add(1).saturating_mul(length))
            }
        };
        (again_at > now).then_some(FullWindow { window, again_at })
    }

    fn take(&mut self, now: Timestamp) {
        match &mut self.counter {
            Counter::Sliding(admitted) => {
                // The order survives a clock that is set back.
                let at = admitted.back().map_or(now, |last| now.max(*last));
                admitted.push_back(at);
                let most = self.limits.iter().map(|window| window.limit() as usize).max();
                if Some(admitted.len()) > most {
                    admitted.pop_front();
                }
            }
            Counter::Fixed(windows) => {
                for (window, current) in self.limits.iter().zip(windows) {
                    let number = number_of(*window, now);
                    if number > current.0 {
                        *current = (number, 0);
                    }
                    current.1 += 1;
                }
            }
        }
    }
}

fn number_of(window: Window, now: Timestamp) -> i64 {
    now.as_micros().div_euclid(micros(window.duration()).max(1))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl FullWindow {
    /// Whole seconds to wait, rounded up, at least one.
    pub(super) fn seconds(&self, now: Timestamp) -> u64 {
        let wait = self.again_at.since(now);
        (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
    }

    /// The message as it was observed, with the window written like .NET writes it.
    pub(super) fn message(&self, now: Timestamp) -> String {
        format!(
            "API calls quota exceeded! Maximum allowed {} per {} for the key \
             Destination+TenantID+AppID. You can send requests again in {} seconds.",
            self.window.limit(),
            dot_net_span(self.window.duration()),
            self.seconds(now)
        )
    }
}

/// `00:01:00`, `01:00:00`, `1.00:00:00`, `00:00:00.5000000`.
fn dot_net_span(span: Duration) -> String {
    let seconds = span.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let day = if days > 0 { format!("{days}.") } else { String::new() };
    let ticks = span.subsec_nanos() / 100;
    let rest = if ticks > 0 { format!(".{ticks:07}") } else { String::new() };
    format!("{day}{hours:02}:{:02}:{:02}{rest}", seconds / 60 % 60, seconds % 60)
}
