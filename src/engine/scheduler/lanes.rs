//! The three ledgers of a run, and the numbers of its calls.

use std::time::Duration;

use crate::domain::{Call, CallId, Freeze, LimitGroup, Now, Steady, Timestamp};
use crate::limiter::{Admission, Gate, Pace};

use super::super::RunOptions;
use super::book::Book;

/// A gate for each limit group: POSTs, reads, cancels.
pub(super) struct Lanes {
    posts: Gate,
    reads: Gate,
    cancels: Gate,
    next_call: i64,
    round_trip: Duration,
}

impl Lanes {
    pub(super) fn new(options: &RunOptions, next_call: CallId) -> Self {
        Self {
            posts: Gate::new(&options.gate(options.pace)),
            reads: Gate::new(&options.gate(Pace::Burst)),
            cancels: Gate::new(&options.gate(Pace::Burst)),
            next_call: next_call.0,
            round_trip: Duration::ZERO,
        }
    }

    pub(super) const fn gate(&mut self, group: LimitGroup) -> &mut Gate {
        match group {
            LimitGroup::Posts => &mut self.posts,
            LimitGroup::Reads => &mut self.reads,
            LimitGroup::Cancels => &mut self.cancels,
        }
    }

    /// How far back the history of calls matters.
    pub(super) fn horizon(&self) -> Duration {
        self.posts.horizon()
    }

    /// Takes over the calls of an earlier process. One without a receipt may still be under way:
    /// its receipt is now plus the margin, and is stored.
    pub(super) fn restore(
        &mut self,
        calls: &[Call],
        freezes: &[Freeze],
        now: Now,
        book: &mut Book,
    ) {
        for call in calls {
            let gate = self.gate(call.group);
            if let Some(at) = call.receipt_at {
                gate.restore(now.steady_at(at));
            } else {
                let margin = gate.margin();
                gate.restore(now.steady.plus(margin));
                book.changes.receipts.push((call.id, now.wall.plus(margin)));
            }
        }
        for freeze in freezes {
            let longest = self.horizon();
            // A clock that was set back must not turn a minute's pause into a day's.
            let until = now.steady_when(freeze.until).min(now.steady.plus(longest));
            self.gate(freeze.group).restore_freeze(until, freeze.streak);
        }
    }

    /// A call that a lost part of the journal made: it counts from the action's creation.
    pub(super) fn count_lost_post(&mut self, created: Timestamp, now: Now, book: &mut Book) {
        let at = created.min(now.wall);
        self.posts.restore(now.steady_at(at));
        let id = self.number();
        let group = LimitGroup::Posts;
        book.changes.calls.push(Call { id, group, sent_at: at, receipt_at: Some(at) });
    }

    pub(super) fn admit(&mut self, group: LimitGroup, now: Steady) -> Admission {
        self.gate(group).admit(now)
    }

    /// Takes a slot of every window of the group; the call goes out once the book is committed.
    pub(super) fn take(&mut self, group: LimitGroup, now: Now, book: &mut Book) -> CallId {
        self.gate(group).sent(now.steady);
        let id = self.number();
        book.changes.calls.push(Call { id, group, sent_at: now.wall, receipt_at: None });
        id
    }

    /// The number of the next call.
    pub(super) const fn next_call(&self) -> CallId {
        CallId(self.next_call)
    }

    fn number(&mut self) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        id
    }

    /// The call has its answer, or (`Heard::Nothing`) was given up.
    pub(super) fn receipt(
        &mut self,
        (call, group): (CallId, LimitGroup),
        sent: Steady,
        now: Now,
        heard: Heard,
        book: &mut Book,
    ) {
        let gate = self.gate(group);
        let wall = match heard {
            Heard::Answer => {
                gate.receipt(now.steady);
                now.wall
            }
            Heard::Nothing => {
                gate.unanswered(now.steady);
                now.wall.plus(gate.margin())
            }
        };
        book.changes.receipts.push((call, wall));
        if group == LimitGroup::Posts && matches!(heard, Heard::Answer) {
            // Weighed one to seven: a single slow answer must not move the forecast.
            self.round_trip = (self.round_trip * 7 + now.steady.since(sent)) / 8;
        }
    }

    /// When the last of so many further POSTs goes out.
    pub(super) fn forecast(&self, now: Steady, posts: u64) -> Option<Steady> {
        self.posts.forecast(now, posts, self.round_trip)
    }
}

/// Whether a status line came for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// It did: the server has counted the call by now.
    Answer,
    /// It did not: bytes may still be under way.
    Nothing,
}
