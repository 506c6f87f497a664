//! What the scheduler holds, and what all its parts share.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::domain::{
    CallId, Detail, End, History, LimitGroup, MachineNumber, MarkerSeed, Now, ServerClock,
    SplitMix, State, Steady, StoppedBy, Timestamp,
};
use crate::journal::Machine;
use crate::limiter::{Ahead, Gate};
use crate::retry::{Backoff, RetryPolicy};

use super::super::access::TokenRenewal;
use super::super::guard_record::{CanaryRecord, GuardRecord};
use super::super::{RunOptions, SecondLook, Task};
use super::parts::{
    AnswerKind, Breaker, BusyWait, Canary, Cancelling, Draft, Flight, Follow, Gates, Lag, Outage,
    Queue, Recheck, ResendRate, Safeguards, Search, StatusChanges, Streaks, Sweep, UnreadKinds,
    is_busy,
};

/// What stops a run at once: something on the way mixes answers up.
pub(super) const ANOTHER: &str = "the server answered for another machine";

/// By how much our clock may have been set since something was stored: a day, and some.
pub(super) const CLOCK_SET: Duration = Duration::from_hours(25);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Stopping {
    pub(in crate::engine) end: End,
    /// The guard that stopped it, where one did.
    pub(in crate::engine) guard: Option<StoppedBy>,
    pub(in crate::engine) why: String,
}

impl Stopping {
    /// A guard had tripped before this ended the following: the batch stays stopped by the guard.
    pub(super) fn and_then_ended(mut self, later: &Self) -> Self {
        if !matches!(later.end, End::Interrupted | End::Stopped) {
            self.why = format!("{}; {}", self.why, later.why);
        }
        self
    }
}

pub(in crate::engine) struct Scheduler {
    pub(super) task: Task,
    pub(super) options: RunOptions,
    pub(super) seed: MarkerSeed,
    pub(super) randomness: u64,
    pub(super) policy: RetryPolicy,
    pub(super) page_rows: usize,
    pub(super) queue: Queue,
    pub(super) gates: Gates,
    pub(super) flights: BTreeMap<CallId, Flight>,
    pub(super) rows: Streaks,
    pub(super) renewal: TokenRenewal,
    pub(super) breaker: Breaker,
    pub(super) lag: Lag,
    pub(super) outage: Option<Outage>,
    /// The answer to the last POST that left its machine in doubt.
    pub(super) last_doubt: Option<Detail>,
    /// Nothing was ever sent for this batch.
    pub(super) is_untried: bool,
    /// An answer came: until then the patience is shorter.
    pub(super) was_answered: bool,
    /// Look-ups of which another page is to be asked for.
    pub(super) searches: VecDeque<Search>,
    pub(super) sweep: Sweep,
    pub(super) recheck: Recheck,
    pub(super) follow: Follow,
    pub(super) status_changes: StatusChanges,
    pub(super) withdrawal: Cancelling,
    pub(super) stopping: Option<Stopping>,
    /// A guard tripped: nothing more is sent, and what is pending is followed to its end.
    pub(super) tripped: Option<Stopping>,
    /// How far the server's clock is from ours, in microseconds, once it was seen; positive: ahead.
    pub(super) skew: Option<i64>,
    pub(super) rate_limited: u64,
    pub(super) resend_rate: ResendRate,
    /// "Not found" proves nothing any more.
    pub(super) distrusts_lists: bool,
    pub(super) unread: UnreadKinds,
    /// Machines that are busy with another action, or were.
    pub(super) busy: BTreeMap<MachineNumber, BusyWait>,
    pub(super) reads_not_before: Steady,
    pub(super) safeguards: Safeguards,
}

/// What a scheduler needs to know of its batch at the start.
pub(in crate::engine) struct Beginning<'a> {
    pub(in crate::engine) created_at: Timestamp,
    pub(in crate::engine) last_sent_at: Option<Timestamp>,
    pub(in crate::engine) next_call: CallId,
    pub(in crate::engine) history: History,
    pub(in crate::engine) server_clock: Option<ServerClock>,
    /// What came back for the last POSTs, oldest first, back to an end that closed the matter.
    pub(in crate::engine) answers: &'a [AnswerKind],
    /// The longest that an action was not listed.
    pub(in crate::engine) listed_late: Duration,
    pub(in crate::engine) page_rows: usize,
    /// Lists were seen to leave out what must be in them.
    pub(in crate::engine) distrusts_lists: bool,
    /// A sweep found a part of the journal lost, and nothing was sent since.
    pub(in crate::engine) rolled_back: bool,
    pub(in crate::engine) guards: GuardRecord,
    /// Machines are compared with the inventory before they are sent; none: they are not.
    pub(in crate::engine) second_look: Option<SecondLook>,
}

impl Scheduler {
    pub(in crate::engine) fn new(
        (task, options): (Task, RunOptions),
        (seed, randomness): (MarkerSeed, u64),
        beginning: Beginning<'_>,
        now: Now,
        draft: &mut Draft,
    ) -> Self {
        let policy = RetryPolicy {
            attempts_max: options.attempts_max,
            absences_max: 3,
            absence_gap: options.look_gap(),
            backoff: Backoff::default(),
        };
        let mut queue = Queue::new();
        if task != Task::Send {
            queue.close();
        }
        // Where nothing is pending yet, the first list can wait: an action is not listed at once.
        let pending = draft.counts.of(State::Pending) > 0;
        let gap = if pending { Duration::ZERO } else { options.poll_interval };
        let first_list = now.steady.plus(gap);
        let GuardRecord { canary, tally, looked_at, changes_accepted } = beginning.guards;
        let recheck = beginning.second_look.filter(|_| task == Task::Send);
        let recheck = recheck.map(|look| Recheck::on(look.read_at, now)).unwrap_or_default();
        let canary = canary
            .map(|CanaryRecord { machines, chosen_at }| Canary::new(machines, chosen_at, now));
        if canary.is_some() {
            queue.keep_others_back();
        }
        let kinds = || beginning.answers.iter().copied();
        let left = (beginning.next_call, beginning.history);
        let gates = Gates::new(&options, left, (now, beginning.server_clock), draft);
        Self {
            queue,
            gates,
            policy,
            seed,
            randomness,
            page_rows: beginning.page_rows,
            flights: BTreeMap::new(),
            rows: Streaks::restored(kinds()),
            renewal: TokenRenewal::default(),
            breaker: Breaker::restored(kinds(), now),
            lag: Lag::new(beginning.listed_late, now.steady),
            outage: None,
            last_doubt: None,
            is_untried: beginning.last_sent_at.is_none(),
            was_answered: false,
            searches: VecDeque::new(),
            sweep: Sweep::new(beginning.created_at, beginning.rolled_back),
            follow: Follow::new(now, first_list, beginning.last_sent_at),
            status_changes: StatusChanges::default(),
            withdrawal: Cancelling::new(),
            stopping: None,
            tripped: None,
            skew: None,
            rate_limited: 0,
            resend_rate: ResendRate::default(),
            distrusts_lists: beginning.distrusts_lists,
            unread: UnreadKinds::default(),
            busy: BTreeMap::new(),
            reads_not_before: now.steady,
            safeguards: Safeguards::new(canary, (tally, looked_at), changes_accepted),
            recheck,
            task,
            options,
        }
    }

    /// Files a machine that is in play by its state; tasks that send nothing keep what they need.
    pub(super) fn file(&mut self, machine: Machine, now: Now) {
        match self.task {
            Task::Send if self.is_kept_back(&machine) => self.queue.keep_back(machine),
            Task::Send => self.queue.put(machine, now),
            Task::Track => {}
            Task::Cancel(_) => self.file_for_cancel(machine, now),
        }
    }

    /// Whether a machine that could be sent waits for the canary.
    fn is_kept_back(&self, machine: &Machine) -> bool {
        machine.standing.state == State::Queued
            && !is_busy(&machine.standing)
            && self.safeguards.keep_back(machine.number)
    }

    /// The next random number: a step of a Weyl sequence, enough to spread retries.
    pub(super) const fn random(&mut self) -> u64 {
        self.randomness = self.randomness.wrapping_add(SplitMix::STEP);
        self.randomness
    }

    /// From when, by the server's clock, a list must begin to hold what happened at `at` by ours:
    /// the skew that was seen, and a margin for what was not.
    pub(super) fn list_since(&self, at: Timestamp) -> Timestamp {
        const MARGIN_BLIND: Duration = Duration::from_mins(10);
        const MARGIN: Duration = Duration::from_mins(1);
        match self.skew {
            Some(skew) => {
                let behind = Duration::from_micros(skew.min(0).unsigned_abs());
                at.minus(behind).minus(MARGIN)
            }
            None => at.minus(MARGIN_BLIND),
        }
    }

    /// How full the windows of the POSTs are, and when the last of `posts` goes out.
    pub(in crate::engine) fn posts(&mut self) -> &mut Gate {
        self.gates.gate(LimitGroup::Posts)
    }

    /// When the last POST goes out that `machines` will need, by the outcomes so far.
    pub(in crate::engine) fn look_ahead(&self, now: Now, machines: u64) -> Option<Ahead> {
        let posts = self.resend_rate.posts_for(machines);
        self.gates.look_ahead(now, posts, &self.options.hours)
    }

    pub(in crate::engine) fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// Machines that were asked for in vain, and wait to be asked for again.
    pub(in crate::engine) fn retrying(&self) -> u64 {
        let again = |machine: &&Machine| {
            machine.standing.state == State::Queued && machine.standing.attempts > 0
        };
        u64::try_from(self.queue.machines().filter(again).count()).unwrap_or(u64::MAX)
    }

    pub(in crate::engine) const fn rate_limited(&self) -> u64 {
        self.rate_limited
    }

    pub(in crate::engine) const fn stopping(&self) -> Option<&Stopping> {
        self.stopping.as_ref()
    }

    /// Why the run ends early, where it does; also while it still follows what is pending.
    pub(in crate::engine) fn ending(&self) -> Option<&Stopping> {
        self.stopping.as_ref().or(self.tripped.as_ref())
    }

    /// Whether a guard tripped: nothing more is sent.
    pub(in crate::engine) const fn is_tripped(&self) -> bool {
        self.tripped.is_some()
    }
}
