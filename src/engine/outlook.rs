//! When it will be done: the limiter's gate run forward.

use std::time::Duration;

use crate::domain::{Call, LimitGroup, Now, Steady, Timestamp};
use crate::limiter::Gate;

use super::RunOptions;

/// When the last of `machines` POSTs goes out, after what was sent before. None for no machines.
///
/// It is the gate itself, run forward on a copy, so it cannot drift from what a run does.
pub fn forecast(
    options: &RunOptions,
    machines: u64,
    history: &[Call],
    now: Now,
) -> Option<Timestamp> {
    let mut gate = Gate::new(&options.gate(options.pace));
    for call in history.iter().filter(|call| call.group == LimitGroup::Posts) {
        let receipt = match call.receipt_at {
            Some(at) => now.steady_at(at),
            None => now.steady.plus(gate.margin()),
        };
        gate.restore(receipt);
    }
    gate.forecast(now.steady, machines, Duration::ZERO).map(|at| now.wall_at(at))
}

/// The forecast of a run under way, kept while it holds.
///
/// Running the gate forward costs some 50 ns a machine, so for many machines it is done seldom: a
/// schedule that is kept does not change its end.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    last_send_at: Option<Timestamp>,
    next: Option<Steady>,
    posts: u64,
}

impl Outlook {
    /// Longest time for which a forecast is kept.
    const KEPT_MAX: Duration = Duration::from_mins(10);
    /// Machines for which a forecast takes so little that it is made each second.
    const CHEAP: u64 = 500;

    /// Something happened that moves the end: a pause, a retry, an outage.
    pub(super) const fn disturb(&mut self) {
        self.next = None;
    }

    /// When the last of `posts` goes out.
    pub(super) fn at(
        &mut self,
        now: Now,
        posts: u64,
        run_forward: impl FnOnce() -> Option<Steady>,
    ) -> Option<Timestamp> {
        let due = self.next.is_none_or(|next| next <= now.steady);
        if due || (posts == 0) != (self.posts == 0) {
            self.last_send_at = run_forward().map(|at| now.wall_at(at));
            self.posts = posts;
            let kept = Duration::from_secs(1 + posts / Self::CHEAP).min(Self::KEPT_MAX);
            self.next = Some(now.steady.plus(kept));
        }
        self.last_send_at
    }
}
