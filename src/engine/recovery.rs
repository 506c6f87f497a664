//! From what is on disk to a scheduler that continues.
//!
//! The same for a fresh batch, after Ctrl-C, after a crash and after a reboot: there is one way in.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{BatchFact, End, Fact, MachineNumber, Now, Timestamp};
use crate::journal::{Batch, Journal};

use super::guard_record::GuardRecord;
use super::scheduler::{AnswerKind, Beginning, Draft, Scheduler};
use super::{Assignment, EngineError, Task, withdraw_queued};

/// Loads what is in play and the history of calls.
pub(super) fn recover(
    journal: &mut Journal,
    batch: &Batch,
    assignment: &Assignment,
    page_rows: usize,
    now: Now,
) -> Result<(Scheduler, Draft), EngineError> {
    if let Task::Cancel(only) = &assignment.task {
        withdraw_queued(journal, batch.id, only.as_ref(), now.wall)?;
    }
    let mut draft = Draft::new(batch.id, journal.counts(batch.id)?);
    // No window is longer than a month, so no call older than that takes a slot.
    journal.purge_calls(now.wall.minus(2 * Duration::from_hours(31 * 24)))?;
    let answers = last_answers(journal, batch)?;
    let told = journal.batch_facts_of(batch.id)?;
    let listed_late = longest_lag(&told);
    let distrusted = |(_, fact): &(_, _)| matches!(fact, BatchFact::ListsDistrusted { .. });
    let beginning = Beginning {
        answers: &answers,
        listed_late,
        distrusts_lists: told.iter().any(distrusted),
        created_at: batch.created_at,
        last_sent_at: batch.last_sent_at,
        next_call: journal.next_call()?,
        history: journal.history(assignment.options.budget().calls_kept())?,
        server_clock: assignment.server_clock,
        page_rows,
        second_look: assignment.second_look,
        rolled_back: journal.is_rolled_back(batch.id)?,
        guards: match assignment.task {
            Task::Send => GuardRecord::read(journal, batch.id, &told, &assignment.options)?,
            Task::Track | Task::Cancel(_) => GuardRecord::default(),
        },
    };
    let purpose = (assignment.task.clone(), assignment.options.clone());
    let randomness = (batch.seed, assignment.seed);
    let mut scheduler = Scheduler::new(purpose, randomness, beginning, now, &mut draft);
    for machine in journal.in_play(batch.id)? {
        scheduler.step(now, &mut draft).recover(machine)?;
    }
    for (number, sent_at) in journal.newest_pending(batch.id, Scheduler::WATCHED)? {
        if let Some(sent_at) = sent_at {
            scheduler.watch(number, sent_at, now);
        }
    }
    journal.commit(&draft.changes)?;
    if matches!(assignment.task, Task::Cancel(_)) {
        take_back(journal, batch, &mut scheduler)?;
    }
    Ok((scheduler, draft))
}

/// Ends after which bad answers in a row are counted again: the batch came to its end, or a person
/// looked before it went on.
const CLOSING: [End; 4] = [End::Settled, End::Pending, End::NoAccess, End::Tripped];

/// More answers than the longest row that means something.
const ANSWERS: usize = 64;

/// What came back for the last POSTs, oldest first. A machine's 404s after its first one say
/// nothing new: its row knows how many there were.
fn last_answers(journal: &Journal, batch: &Batch) -> Result<Vec<AnswerKind>, EngineError> {
    let tell = |number, fact: &Fact| AnswerKind::of(fact).map(|kind| (number, kind));
    let mut told = journal.last_told(batch.id, &CLOSING, ANSWERS, tell)?;
    let mut newer: BTreeMap<MachineNumber, u32> = BTreeMap::new();
    for (number, kind) in told.iter_mut().rev() {
        if *kind != AnswerKind::NotFound {
            continue;
        }
        let newer = newer.entry(*number).or_default();
        *newer += 1;
        let machine = journal.machine(batch.id, *number)?;
        if machine.is_none_or(|machine| machine.standing.absences != *newer) {
            *kind = AnswerKind::StillAbsent;
        }
    }
    Ok(told.into_iter().map(|(_, kind)| kind).collect())
}

/// The longest that an action of the batch was not listed.
fn longest_lag(facts: &[(Timestamp, BatchFact)]) -> Duration {
    let lags = facts.iter().filter_map(|(_, fact)| match fact {
        BatchFact::ListedLate { longest } => Some(*longest),
        _ => None,
    });
    lags.max().unwrap_or_default()
}

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
