//! What a run is to do, and how it ended.

use std::collections::HashSet;

use crate::domain::{Advice, BatchId, Counts, End, Forbidden, MachineId, ServerClock, Timestamp};
use crate::journal::JournalError;

use super::RunOptions;

/// What a run is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Send what is queued and follow it: `run`, `resume`, `retry`.
    Send,
    /// Ask what became of pending actions; send nothing.
    Track,
    /// Take back what can be taken back; of these machines, or of all.
    Cancel(Option<HashSet<MachineId>>),
}

/// One run of one batch.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Which batch.
    pub batch: BatchId,
    /// What for.
    pub task: Task,
    /// The command's name, for the record.
    pub command: String,
    /// How.
    pub options: RunOptions,
    /// Spreads retries.
    pub seed: u64,
    /// The server's clock and ours, where the sign-in has shown it.
    pub server_clock: Option<ServerClock>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// In what way.
    pub end: End,
    /// In words, where something stopped it.
    pub why: Option<String>,
    /// Where the machines stand.
    pub counts: Counts,
    /// When the run began, by the wall clock.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// Why a run could not go on. What is in the journal stays right: `resume` goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The named batch is not in the journal.
    #[error("batch {0} is not in this journal")]
    NoBatch(BatchId),
    /// A fact that cannot happen: a defect of this program, found before it did harm.
    #[error("this is a defect, please report it: {0}")]
    Defect(#[from] Forbidden),
}

impl EngineError {
    /// What to do about it, where there is something.
    pub fn hint(&self) -> Option<Advice> {
        match self {
            Self::Journal(error) => error.hint(),
            Self::NoBatch(_) => Some(Advice::command("batches").then(" lists those that are")),
            Self::Defect(_) => None,
        }
    }
}
