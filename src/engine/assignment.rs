//! What a run is to do, and how it ended.

use std::collections::HashSet;

use crate::domain::{
    Advice, BatchId, Counts, End, Forbidden, MachineId, ServerClock, StoppedBy, Timestamp,
};
use crate::journal::JournalError;

use super::{RunOptions, SecondLook};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Send what is queued and follow it: `run`, `resume`, `retry`.
    Send,
    /// Ask what became of pending actions; send nothing.
    Track,
    /// Undo what can be undone; of these machines, or of all.
    Cancel(Option<HashSet<MachineId>>),
}

#[derive(Debug, Clone)]
pub struct Assignment {
    pub batch: BatchId,
    pub task: Task,
    pub command: String,
    pub options: RunOptions,
    /// Spreads retries.
    pub seed: u64,
    /// The server's clock and ours, where the sign-in has shown it.
    pub server_clock: Option<ServerClock>,
    /// Machines are compared with the tenant's inventory before they are sent; none: they are not.
    pub second_look: Option<SecondLook>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    pub end: End,
    /// The guard that stopped it, where one did.
    pub guard: Option<StoppedBy>,
    pub why: Option<String>,
    pub counts: Counts,
    /// When the run began, by the wall clock.
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
}

/// Why a run could not continue. What is in the journal stays right: `resume` continues from there.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("batch {0} is not in this journal")]
    NoBatch(BatchId),
    /// A fact that cannot happen: a defect of this program, found before it did harm.
    #[error("this is a defect, please report it: {0}")]
    Defect(#[from] Forbidden),
}

impl EngineError {
    /// What to do about it.
    pub fn hint(&self) -> Advice {
        match self {
            Self::Journal(error) => error.hint(),
            Self::NoBatch(_) => Advice::command("batches").then(" lists those that are"),
            Self::Defect(_) => Advice::from(
                "nothing was sent that is not recorded; keep the journal, report this with its \
                 text, and try a newer version; what is sent so far: ",
            )
            .then_command("status"),
        }
    }
}
