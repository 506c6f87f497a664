//! The three ledgers of a run, and the numbers of its calls.

use std::time::Duration;

use crate::domain::{
    Call, CallId, Freeze, History, LimitGroup, Now, OpeningHours, Phantoms, Placing, ServerClock,
    Steady, Timestamp,
};
use crate::limiter::{Admission, Ahead, Filled, Gate, Load, Pace, QuotaRefusal, Schedule};

use crate::engine::RunOptions;
use crate::engine::scheduler::parts::draft::Draft;
use crate::engine::scheduler::parts::flight::Origin;

/// A gate for each limit group: POSTs, reads, cancels; or one for all where they share a budget.
pub(in crate::engine::scheduler) struct Gates {
    posts: Gate,
    /// None: they go through the gate of the POSTs.
    others: Option<Others>,
    /// How often lists are read that spend the budget of the POSTs, where they do.
    beside_every: Option<Duration>,
    next_call: i64,
    round_trip: Duration,
    /// What earlier processes left, until the server's clock says whether ours was set meanwhile.
    history: Option<History>,
    /// The newest pair of clocks that is on disk.
    clock: Option<ServerClock>,
    /// Both clocks of this process when they were last compared.
    watched: Now,
}

struct Others {
    reads: Gate,
    cancels: Gate,
}

impl Gates {
    /// Takes over what earlier processes left. A call without a receipt may still be under way: its
    /// receipt is now plus the margin, and is stored. `seen`: the server's clock, where the sign-in
    /// showed it.
    pub(in crate::engine::scheduler) fn new(
        options: &RunOptions,
        (next_call, history): (CallId, History),
        (now, seen): (Now, Option<ServerClock>),
        draft: &mut Draft,
    ) -> Self {
        let gate = |pace| Gate::new(&options.gate(pace));
        let reads = || Gate::new(&options.reads_gate());
        let others = || Others { reads: reads(), cancels: gate(Pace::Burst) };
        let mut gates = Self {
            posts: gate(options.pace),
            others: (!options.shared_reads).then(others),
            beside_every: options.shared_reads.then(|| options.poll_gap(1)),
            next_call: next_call.0,
            round_trip: Duration::ZERO,
            clock: history.server_clock,
            history: None,
            watched: now,
        };
        let gained = seen.zip(history.server_clock).map(|(seen, last)| seen.gained_since(&last));
        let gained = gained.unwrap_or_default();
        gates.remember(&history, &Placing { now, gained });
        if !gained.is_zero() {
            draft.changes.clock_was_set(gained);
        }
        let margin = gates.posts.margin();
        for call in history.calls.iter().filter(|call| call.receipt.is_none()) {
            draft.changes.receipts.push((call.id, now.stamp().plus(margin)));
        }
        gates.history = seen.is_none().then_some(history);
        gates
    }

    /// The wall clock was set forwards, or the computer slept: what was stored before would look
    /// older to the next process than it is, so it is brought onto the new clock. After a sleep it
    /// is older indeed, and the next process waits longer than it has to.
    pub(in crate::engine::scheduler) fn watch(&mut self, now: Now, draft: &mut Draft) {
        /// Two readings at once are microseconds apart, and slewing both clocks moves neither.
        const TOLERANCE: Duration = Duration::from_millis(100);
        let expected = self.watched.wall_at(now.steady);
        let gained = now.wall.since(expected);
        if gained > TOLERANCE {
            draft.changes.clock_was_set(gained);
        }
        if gained > TOLERANCE || expected.since(now.wall) > TOLERANCE {
            self.watched = now;
        }
    }

    fn remember(&mut self, history: &History, placing: &Placing) {
        let Some(Others { reads, cancels }) = &mut self.others else {
            return self.posts.remember(history, &LimitGroup::ALL, placing);
        };
        self.posts.remember(history, &[LimitGroup::Posts], placing);
        reads.remember(history, &[LimitGroup::Reads], placing);
        cancels.remember(history, &[LimitGroup::Cancels], placing);
    }

    /// An answer told the server's clock. The first one of a process also tells whether our own was
    /// set forwards since the last process: then calls of before look older than they are.
    pub(in crate::engine::scheduler) fn see_server(
        &mut self,
        clock: ServerClock,
        now: Now,
        draft: &mut Draft,
    ) {
        if let Some(mut history) = self.history.take()
            && let Some(last) = history.server_clock
        {
            let placing = Placing { now, gained: clock.gained_since(&last) };
            let misplaced = |stored| placing.is_by_wall(&stored);
            history.calls.retain(|call| call.receipt.is_some_and(misplaced));
            if !placing.gained.is_zero() {
                // Beside where they were placed first: some count twice for a while, which is safe,
                // and clocks are seldom set. The process after this one compares the server's clock
                // with the one that is stored below, so it could not tell any more.
                self.remember(&history, &placing);
                draft.changes.clock_was_set(placing.gained);
            }
        }
        if self.clock.is_none_or(|known| known.date != clock.date) {
            self.clock = Some(clock);
            draft.changes.server_clock = Some(clock);
        }
    }

    pub(in crate::engine::scheduler) const fn gate(&mut self, group: LimitGroup) -> &mut Gate {
        match (group, &mut self.others) {
            (LimitGroup::Reads, Some(others)) => &mut others.reads,
            (LimitGroup::Cancels, Some(others)) => &mut others.cancels,
            (LimitGroup::Posts, _) | (_, None) => &mut self.posts,
        }
    }

    /// A call that a lost part of the journal made: it counts from the action's creation.
    pub(in crate::engine::scheduler) fn count_lost_post(
        &mut self,
        created: Timestamp,
        now: Now,
        draft: &mut Draft,
    ) {
        let at = created.min(now.wall);
        self.posts.restore(now.steady_at(at));
        let id = self.number();
        let group = LimitGroup::Posts;
        draft.changes.calls.push(Call { id, group, sent_at: at, receipt: Some(at.into()) });
    }

    pub(in crate::engine::scheduler) fn admit(
        &mut self,
        group: LimitGroup,
        now: Steady,
    ) -> Admission {
        self.gate(group).admit(now)
    }

    /// Takes a slot of every window of the group; the call goes out once the draft is committed.
    pub(in crate::engine::scheduler) fn take(
        &mut self,
        group: LimitGroup,
        now: Now,
        draft: &mut Draft,
    ) -> CallId {
        self.gate(group).sent(now.steady);
        let id = self.number();
        draft.changes.calls.push(Call { id, group, sent_at: now.wall, receipt: None });
        id
    }

    pub(in crate::engine::scheduler) const fn next_call(&self) -> CallId {
        CallId(self.next_call)
    }

    fn number(&mut self) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        id
    }

    /// The call has its answer, or (`CallEnd::GivenUp`) was given up.
    pub(in crate::engine::scheduler) fn receipt(
        &mut self,
        Origin { call, group, sent }: Origin,
        now: Now,
        end: CallEnd,
        draft: &mut Draft,
    ) {
        let gate = self.gate(group);
        let receipt = match end {
            CallEnd::Answered => {
                gate.receipt(now.steady);
                now.stamp()
            }
            CallEnd::GivenUp => {
                gate.unanswered(now.steady);
                now.stamp().plus(gate.margin())
            }
        };
        draft.changes.receipts.push((call, receipt));
        if group == LimitGroup::Posts && matches!(end, CallEnd::Answered) {
            // Weighed one to seven: a single slow answer must not move the forecast.
            self.round_trip = (self.round_trip * 7 + now.steady.since(sent.steady)) / 8;
        }
    }

    /// A call was answered 429: until when nothing of its kind goes out. What it leads to is stored
    /// for the next process.
    pub(in crate::engine::scheduler) fn too_many(
        &mut self,
        group: LimitGroup,
        now: Now,
        refusal: QuotaRefusal,
        draft: &mut Draft,
    ) -> Timestamp {
        let pause = self.gate(group).too_many(now.steady, refusal);
        let until = now.stamp_at(pause.until);
        draft.changes.freezes.push(Freeze { group, until, streak: pause.streak });
        if let Some(Filled { window, calls, until }) = pause.filled {
            let until = now.stamp_at(until);
            draft.changes.phantoms.push(Phantoms { group, window, calls, until });
        }
        until.wall
    }

    /// When the last of this many further POSTs goes out, and when it would with the spare ones.
    pub(in crate::engine::scheduler) fn look_ahead(
        &self,
        now: Now,
        calls: u64,
        hours: &OpeningHours,
    ) -> Option<Ahead> {
        let (round_trip, beside_every) = (self.round_trip, self.beside_every);
        let (spare, schedule) = (Load::spare_for(calls), Schedule::new(hours, now));
        let load = Load { calls, spare, round_trip, beside_every, schedule };
        self.posts.look_ahead(now.steady, &load)
    }
}

/// Whether a status line came for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum CallEnd {
    /// It did: the server has counted the call by now.
    Answered,
    /// It did not: bytes may still be under way.
    GivenUp,
}
