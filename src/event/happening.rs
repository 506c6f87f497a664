//! One thing that happened, as it is told.

use crate::domain::Counts;
use crate::domain::{
    ActionId, ActionStatus, BatchId, ClockGap, Detail, End, MachineId, Reason, State, StoppedBy,
    Timestamp,
};

use super::{Snapshot, Wait};

/// One thing that happened in a run. Nothing is told that is not in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the wall clock.
    pub at: Timestamp,
    pub batch: BatchId,
    pub machine: Option<MachineId>,
    /// The machine's name, where the input had one.
    pub name: Option<String>,
    pub what: Happening,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    BatchStarted {
        /// `run`, `resume` ...
        command: String,
        total: u64,
    },
    Submitted {
        action: ActionId,
        /// Whether an action of someone else was returned.
        adopted: bool,
    },
    /// Defender refused the machine for good, or the attempts ran out.
    Rejected {
        detail: Detail,
    },
    /// The POST had no effect and is made again.
    Retrying {
        not_before: Timestamp,
        detail: Detail,
    },
    /// It is not known whether the POST took effect.
    Uncertain {
        look_at: Timestamp,
        detail: Detail,
    },
    /// A look-up or a sweep settled a doubt.
    Reconciled {
        /// The action that was found; none: nothing was found, and it is sent again.
        action: Option<ActionId>,
    },
    Held {
        detail: Detail,
    },
    /// The machine is not what its plan took it for any more, and is left alone.
    Skipped {
        reason: Reason,
    },
    ActionUpdated {
        action: ActionId,
        status: ActionStatus,
        state: State,
    },
    /// Defender's lists cannot be relied on: what stays in doubt is held from now on.
    ListsDistrusted {
        why: String,
    },
    /// A 429 came.
    RateLimited {
        /// Nothing of the kind is sent before.
        until: Timestamp,
        detail: Detail,
    },
    /// The run began to wait for another reason or instant.
    Waiting {
        wait: Wait,
        /// What the server said last, or why there was no answer, where that is why it waits.
        said: Option<String>,
    },
    /// Time passed on the wall clock and not for the run: the computer slept, or its clock was set.
    ClockGap(ClockGap),
    GuardTripped {
        guard: StoppedBy,
        why: String,
    },
    /// No new request is sent; those in flight are waited for.
    Stopping {
        why: String,
        in_flight: usize,
    },
    BatchEnded {
        end: End,
        counts: Counts,
    },
}

impl Happening {
    /// All names of events, in the order of a run.
    pub const NAMES: [&'static str; 16] = [
        "batch_started",
        "submitted",
        "rejected",
        "retrying",
        "uncertain",
        "reconciled",
        "held",
        "skipped",
        "action_updated",
        "lists_distrusted",
        "rate_limited",
        "waiting",
        "clock_gap",
        "guard_tripped",
        "stopping",
        "batch_ended",
    ];

    /// The event's name in `--events` lines.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BatchStarted { .. } => "batch_started",
            Self::Submitted { .. } => "submitted",
            Self::Rejected { .. } => "rejected",
            Self::Retrying { .. } => "retrying",
            Self::Uncertain { .. } => "uncertain",
            Self::Reconciled { .. } => "reconciled",
            Self::Held { .. } => "held",
            Self::Skipped { .. } => "skipped",
            Self::ActionUpdated { .. } => "action_updated",
            Self::ListsDistrusted { .. } => "lists_distrusted",
            Self::RateLimited { .. } => "rate_limited",
            Self::Waiting { .. } => "waiting",
            Self::ClockGap(_) => "clock_gap",
            Self::GuardTripped { .. } => "guard_tripped",
            Self::Stopping { .. } => "stopping",
            Self::BatchEnded { .. } => "batch_ended",
        }
    }
}

/// Whoever is told of a run: the bar, plain lines, a file of JSON lines.
///
/// Observers never fail a run: one that cannot write keeps its trouble for the end.
pub trait Observer {
    /// One thing happened, and is in the journal.
    fn event(&mut self, event: &Event);
    /// About once a second: how far the run is.
    fn tick(&mut self, snapshot: &Snapshot);
    /// The run is over. What was not told yet is told now, within a bounded time.
    fn end(&mut self) {}
}
