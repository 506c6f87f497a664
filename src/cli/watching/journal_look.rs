//! One look at the journal.

use crate::cli::args::BatchWord;
use crate::cli::batch::choose;
use crate::cli::options::remembered;
use crate::cli::paths::shown;
use crate::cli::{Context, Failure, journal_path};
use crate::domain::BatchId;
use crate::report::{self, Status};

pub(super) enum JournalLook {
    /// There is nothing to watch yet, in these words.
    NoBatch(String),
    Batch(Box<Status>),
}

impl JournalLook {
    /// Looks at the batch that is named, else at the one that somebody runs, else at the one that
    /// was shown last, else at the latest.
    pub(super) fn at(
        context: &Context,
        named: Option<BatchWord>,
        last: Option<BatchId>,
    ) -> Result<Self, Failure> {
        let path = context.journal_path()?;
        let nothing = || {
            let state = if path.exists() { "has no batch yet" } else { "does not exist yet" };
            let hint = journal_path::without_a_batch(Some(&path));
            Self::NoBatch(format!("waiting for a batch: {} {state}\n  {hint}\n", shown(&path)))
        };
        let Some(journal) = context.look_into()? else { return Ok(nothing()) };
        if journal.batches()?.is_empty() {
            return Ok(nothing());
        }
        let running = match named {
            None => journal.running_batch()?.map(|batch| batch.id),
            Some(_) => None,
        };
        let word = named.or_else(|| running.or(last).map(BatchWord::Number));
        let batch = choose::shown(&journal, word)?;
        let budget = remembered(&batch)?.budget();
        let status = report::status(&journal, batch.id, &budget, context.clock.now())?;
        Ok(Self::Batch(Box::new(status)))
    }

    pub(super) fn batch(&self) -> Option<BatchId> {
        match self {
            Self::NoBatch(_) => None,
            Self::Batch(status) => Some(status.batch.id),
        }
    }

    /// Whether nothing more can be seen: all is sent, and nobody is at it. What is pending then
    /// changes only by another command.
    pub(super) fn is_last(&self) -> bool {
        match self {
            Self::NoBatch(_) => false,
            Self::Batch(status) => !status.running && status.batch.counts.to_send_or_look_up() == 0,
        }
    }
}
