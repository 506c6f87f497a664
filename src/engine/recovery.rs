//! From what is on disk to a scheduler that goes on.
//!
//! The same for a fresh batch, after Ctrl-C, after a crash and after a reboot: there is one way in.

use std::time::Duration;

use crate::domain::{MachineNumber, Now, Window};
use crate::journal::{Batch, Journal};

use super::scheduler::{Beginning, Book, Errand, Scheduler};
use super::{Assignment, EngineError, RunOptions, Task, withdraw_queued};

/// Loads what is in play and the history of calls.
pub(super) fn recover(
    journal: &mut Journal,
    batch: &Batch,
    assignment: &Assignment,
    page_rows: usize,
    now: Now,
) -> Result<(Scheduler, Book), EngineError> {
    if let Task::Cancel(only) = &assignment.task {
        withdraw_queued(journal, batch.id, only.as_ref(), now.wall)?;
    }
    let mut book = Book::new(batch.id, journal.counts(batch.id)?);
    // No window is longer than a month, so no call older than that takes a slot.
    journal.purge_calls(now.wall.minus(2 * Duration::from_hours(31 * 24)))?;
    let horizon = horizon(&assignment.options);
    let calls = journal.calls_since(now.wall.minus(horizon))?;
    let freezes = journal.freezes()?;
    let beginning = Beginning {
        created_at: batch.created_at,
        last_sent_at: batch.last_sent_at,
        next_call: journal.next_call()?,
        calls: &calls,
        freezes: &freezes,
        page_rows,
    };
    let errand = match &assignment.task {
        Task::Send => Errand::Send,
        Task::Track => Errand::Track,
        Task::Cancel(only) => Errand::Cancel(only.clone()),
    };
    let purpose = (errand, assignment.options.clone());
    let randomness = (batch.seed, assignment.seed);
    let mut scheduler = Scheduler::new(purpose, randomness, &beginning, now, &mut book);
    for machine in journal.in_play(batch.id)? {
        scheduler.recover(machine, now, &mut book)?;
    }
    journal.commit(&book.changes)?;
    if matches!(assignment.task, Task::Cancel(_)) {
        take_back(journal, batch, &mut scheduler)?;
    }
    Ok((scheduler, book))
}

/// Twice the longest window is more than any slot is taken for.
fn horizon(options: &RunOptions) -> Duration {
    let longest = options.limits.iter().map(Window::duration).max();
    longest.unwrap_or_default() * 2
}

/// Hands every machine with an open action to `cancel`.
fn take_back(
    journal: &Journal,
    batch: &Batch,
    scheduler: &mut Scheduler,
) -> Result<(), EngineError> {
    const PORTION: usize = 500;
    let mut after = MachineNumber(0);
    loop {
        let machines = journal.pending(batch.id, after, PORTION)?;
        let Some(last) = machines.last() else { return Ok(()) };
        after = last.number;
        for machine in machines {
            scheduler.take_back(machine);
        }
    }
}
