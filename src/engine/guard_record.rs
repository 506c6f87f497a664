//! What the journal says of a batch's guards, and what a person's word adds to it.
//!
//! Deliberately absent: judging them (`guard`, `scheduler`).

use crate::domain::{BatchFact, BatchId, Counts, StoppedBy, Timestamp};
use crate::guard::Tally;
use crate::journal::{Changes, Journal, JournalError, Machine};

use super::RunOptions;

/// Where the guards of a batch stand.
#[derive(Debug, Default)]
pub(super) struct GuardRecord {
    /// None: there is none, or it is over.
    pub(super) canary: Option<CanaryRecord>,
    /// All answers since the batch began.
    pub(super) tally: Tally,
    /// Those that were there when a person last said to go on in spite of them.
    pub(super) looked_at: Tally,
    /// Whether a person said to go on although many machines had changed since the plan.
    pub(super) changes_accepted: bool,
}

#[derive(Debug)]
pub(super) struct CanaryRecord {
    pub(super) machines: Vec<Machine>,
    pub(super) chosen_at: Timestamp,
}

impl GuardRecord {
    /// Reads it, with the facts about the batch.
    pub(super) fn read(
        journal: &Journal,
        id: BatchId,
        told: &[(Timestamp, BatchFact)],
        options: &RunOptions,
    ) -> Result<Self, JournalError> {
        let (mut chosen_at, mut looked_at) = (None, Tally::default());
        let mut changes_accepted = false;
        for (at, fact) in told {
            match *fact {
                BatchFact::CanaryChosen { machines, .. } => {
                    chosen_at = (machines > 0).then_some(*at);
                }
                BatchFact::CanaryPassed
                | BatchFact::GuardLifted { guard: StoppedBy::Canary, .. } => chosen_at = None,
                BatchFact::GuardLifted { guard: StoppedBy::MaxFailures, answered, failed }
                | BatchFact::Recounted { answered, failed } => {
                    looked_at = Tally { answered, failed };
                }
                BatchFact::GuardLifted { guard: StoppedBy::Changes, .. } => {
                    changes_accepted = true;
                }
                _ => {}
            }
        }
        let canary = match chosen_at.filter(|_| options.canary > 0) {
            Some(chosen_at) => Some(CanaryRecord { machines: journal.canary(id)?, chosen_at }),
            None => None,
        };
        Ok(Self { canary, tally: tally(journal, id)?, looked_at, changes_accepted })
    }

    fn canary_is_lost(&self) -> bool {
        self.canary.as_ref().is_some_and(|canary| {
            let mut counts = Counts::default();
            canary.machines.iter().for_each(|machine| counts.add(machine.standing.state, 1));
            counts.unsuccessful() > 0
        })
    }
}

/// All answers of a batch that count: not those to what somebody else had asked for.
fn tally(journal: &Journal, id: BatchId) -> Result<Tally, JournalError> {
    Ok(Tally::of(&journal.counts(id)?).without(Tally::of(&journal.adopted(id)?)))
}

/// A person goes on after a guard had tripped: that one does not stop the batch for the same reason
/// again, nor does any other that would at once. A fact, so that nobody is asked twice.
///
/// # Errors
/// [`JournalError`] where the journal cannot be read or written.
pub fn lift_guards(
    journal: &mut Journal,
    id: BatchId,
    options: &RunOptions,
    at: Timestamp,
) -> Result<(), JournalError> {
    let Some(stopped_by) = journal.stopped_by(id)? else { return Ok(()) };
    let record = GuardRecord::read(journal, id, &journal.batch_facts_of(id)?, options)?;
    let Tally { answered, failed } = record.tally;
    let counted = record.tally.without(record.looked_at);
    let exceeded = options.failures_max.is_some_and(|limit| limit.is_exceeded(counted));
    let lifted = StoppedBy::ALL.into_iter().filter(|guard| {
        *guard == stopped_by
            || match guard {
                StoppedBy::Canary => record.canary_is_lost(),
                StoppedBy::MaxFailures => exceeded,
                StoppedBy::Answers | StoppedBy::Changes => false,
            }
    });
    let fact = |guard| (id, at, BatchFact::GuardLifted { guard, answered, failed });
    let batch_facts = lifted.map(fact).collect();
    journal.commit(&Changes { batch_facts, ..Changes::default() })
}

/// Failed machines were queued again: where failures count from a person's word on, they count from
/// here, since there are fewer of them now.
///
/// # Errors
/// [`JournalError`] where the journal cannot be read or written.
pub fn recount_failures(
    journal: &mut Journal,
    id: BatchId,
    at: Timestamp,
) -> Result<(), JournalError> {
    let told = journal.batch_facts_of(id)?;
    let lifted = |(_, fact): &(Timestamp, BatchFact)| {
        matches!(fact, BatchFact::GuardLifted { guard: StoppedBy::MaxFailures, .. })
    };
    if !told.iter().any(lifted) {
        return Ok(());
    }
    let Tally { answered, failed } = tally(journal, id)?;
    let batch_facts = vec![(id, at, BatchFact::Recounted { answered, failed })];
    journal.commit(&Changes { batch_facts, ..Changes::default() })
}
