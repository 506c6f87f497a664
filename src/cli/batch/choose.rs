//! Which batch is meant.
//!
//! A number or `latest` is taken at its word. Without a name, what sends, stops or cancels takes
//! the only batch that it fits; what only shows takes the latest.

use crate::domain::{BatchId, Counts};
use crate::journal::{Batch, Journal};
use crate::report::Commands;
use crate::reporter::{sources_line, thousands};

use crate::cli::args::BatchWord;
use crate::cli::journal_path;
use crate::cli::paths::shown as path_shown;
use crate::cli::{Exit, Failure};

/// What a command wants of a batch.
pub(crate) struct ChosenFor<'a> {
    pub(crate) command: &'a str,
    /// What is said of batches that fit: `unfinished`.
    pub(crate) adjective: &'a str,
    /// How many of a batch's machines it is about; a batch with none does not fit.
    pub(crate) machines: fn(&Counts) -> u64,
}

/// Machines that have something left: to send, to find out or to follow.
pub(crate) fn unsettled(counts: &Counts) -> u64 {
    counts.total() - counts.settled()
}

/// The batch that is named, else the only one that fits; none where none fits.
pub(crate) fn fitting(
    journal: &Journal,
    word: Option<BatchWord>,
    purpose: &ChosenFor<'_>,
    commands: &Commands,
) -> Result<Option<Batch>, Failure> {
    if let Some(word) = word {
        return named(journal, word).map(Some);
    }
    let all = journal.batches()?;
    if all.is_empty() {
        return Err(no_batch(journal));
    }
    let fits = |batch: &Batch| (purpose.machines)(&batch.counts) > 0;
    let mut fitting: Vec<Batch> = all.into_iter().filter(fits).collect();
    if fitting.len() > 1 {
        return Err(several(&fitting, purpose, commands));
    }
    Ok(fitting.pop())
}

pub(crate) fn shown(journal: &Journal, word: Option<BatchWord>) -> Result<Batch, Failure> {
    named(journal, word.unwrap_or(BatchWord::Latest))
}

fn named(journal: &Journal, word: BatchWord) -> Result<Batch, Failure> {
    let found = match word {
        BatchWord::Number(id) => journal.batch(id)?,
        BatchWord::Latest | BatchWord::All => journal.batches()?.pop(),
    };
    found.ok_or_else(|| match word {
        BatchWord::Number(id) => missing(journal, id),
        BatchWord::Latest | BatchWord::All => no_batch(journal),
    })
}

fn missing(journal: &Journal, id: BatchId) -> Failure {
    let hint = format!("`batches` lists those of {}", place(journal));
    Failure::new(Exit::Usage, format!("there is no batch {id}")).hint(hint)
}

/// There is no batch at all; which file was read is told, since the wrong one is the usual reason.
pub(crate) fn no_batch(journal: &Journal) -> Failure {
    let said = format!("there is no batch in {}", place(journal));
    let path = journal.path().map(AsRef::as_ref);
    Failure::new(Exit::Usage, said).hint(journal_path::without_a_batch(path))
}

fn place(journal: &Journal) -> String {
    journal.path().map_or_else(|| "memory".to_owned(), path_shown)
}

pub(crate) fn several(fitting: &[Batch], purpose: &ChosenFor<'_>, commands: &Commands) -> Failure {
    let one = |batch: &Batch| {
        let machines = thousands((purpose.machines)(&batch.counts));
        format!("{} ({}, {machines} left)", batch.id, sources_line(&batch.sources))
    };
    let list: Vec<String> = fitting.iter().map(one).collect();
    let said = format!("{} batches are {}: {}", list.len(), purpose.adjective, list.join(", "));
    let first = fitting.first().map_or(BatchId(1), |batch| batch.id);
    let command = commands.of(&format!("{} {first}", purpose.command));
    Failure::new(Exit::Usage, said).hint(format!("name one: {command}"))
}
