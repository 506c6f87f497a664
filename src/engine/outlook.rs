//! When it will be done: the limiter's gate run forward.

use std::time::Duration;

use crate::domain::{History, Now, Steady, Timestamp};
use crate::event::Prospect;
use crate::limiter::Ahead;

use super::RunOptions;

/// What a forecast says of a list before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foresight {
    pub prospect: Prospect,
    pub posts: u64,
    /// Those of them that do not go out any more before the hours are over.
    pub unsent: u64,
    /// When the first POST of each of the first few stretches of hours goes out, and how many go
    /// out in it; without hours there is none.
    pub stretches: Vec<(Timestamp, u64)>,
}

/// When the last of `machines` POSTs goes out, after what was sent before, if answers come at once.
/// None for no machines, and where the hours let none of them out any more.
///
/// It is the gate itself, run forward on a copy, so it cannot drift from what a run does.
pub fn forecast(
    options: &RunOptions,
    machines: u64,
    history: &History,
    now: Now,
) -> Option<Foresight> {
    let budget = options.budget();
    let ahead = budget.look_ahead(&budget.gate(history, now), (machines, Duration::ZERO), now);
    ahead.map(|ahead| Foresight {
        posts: machines,
        prospect: prospect(&ahead, now),
        unsent: ahead.unsent,
        stretches: ahead
            .stretches
            .iter()
            .map(|stretch| (now.wall_at(stretch.first), stretch.calls))
            .collect(),
    })
}

fn prospect(ahead: &Ahead, now: Now) -> Prospect {
    Prospect {
        last_send_at: now.wall_at(ahead.last),
        latest_send_at: ahead.latest.map(|at| now.wall_at(at)),
    }
}

/// The forecast of a run under way, kept while it holds.
///
/// Running the gate forward costs some 50 ns a machine, so for many machines it is done seldom: a
/// schedule that is kept does not change its end.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    prospect: Option<Prospect>,
    next: Option<Steady>,
    posts: u64,
}

impl Outlook {
    /// Longest time for which a forecast is kept.
    const KEPT_MAX: Duration = Duration::from_mins(10);
    /// Machines that a forecast takes so little time for that it is made each second.
    const CHEAP: u64 = 100;

    /// Something happened that moves the end: a pause, a retry, an outage.
    pub(super) const fn disturb(&mut self) {
        self.next = None;
    }

    /// When the last of `posts` goes out.
    pub(super) fn at(
        &mut self,
        now: Now,
        posts: u64,
        run_forward: impl FnOnce() -> Option<Ahead>,
    ) -> Option<Prospect> {
        let due = self.next.is_none_or(|next| next <= now.steady);
        if due || (posts == 0) != (self.posts == 0) {
            self.prospect = run_forward().map(|ahead| prospect(&ahead, now));
            self.posts = posts;
            let kept = Duration::from_secs(1 + posts / Self::CHEAP).min(Self::KEPT_MAX);
            self.next = Some(now.steady.plus(kept));
        }
        self.prospect
    }
}
