//! What `cancel` does to each of its machines, and what came of each.

use std::collections::HashSet;

use crate::domain::{BatchId, MachineId, MachineNumber, Reason, State};
use crate::engine;
use crate::journal::{Batch, Filter, Journal, Machine};

use crate::cli::batch::cancel_answer::CancelAnswer;
use crate::cli::batch::withdrawal_outcome::WithdrawalOutcome;
use crate::cli::{Context, Failure};

pub(crate) struct Withdrawal {
    batch: BatchId,
    numbers: HashSet<MachineNumber>,
    /// None: all machines of the batch.
    only: Option<HashSet<MachineId>>,
}

impl Withdrawal {
    /// The machines that the filter admits. Without a filter, those of which something is left to
    /// take back; named ones are all counted, so that none of them goes without an outcome.
    pub(crate) fn choose(
        journal: &Journal,
        batch: &Batch,
        filter: &Filter,
    ) -> Result<Self, Failure> {
        let named = filter.machines.is_some() || !filter.states.is_empty();
        let restricted = named || filter.code.is_some();
        let (mut numbers, mut ids) = (HashSet::new(), HashSet::new());
        journal.each_machine(batch.id, filter, |machine| {
            if named || !machine.standing.state.is_settled() {
                numbers.insert(machine.number);
                if restricted {
                    ids.insert(machine.id);
                }
            }
        })?;
        Ok(Self { batch: batch.id, numbers, only: restricted.then_some(ids) })
    }

    pub(crate) fn machines(&self) -> u64 {
        self.numbers.len() as u64
    }

    /// Those that the engine is to cancel; none: all.
    pub(crate) fn only(&self) -> Option<HashSet<MachineId>> {
        self.only.clone()
    }

    /// Takes the queued ones out, and tells how many there were.
    pub(crate) fn withdraw(
        &self,
        context: &Context,
        journal: &mut Journal,
    ) -> Result<u64, Failure> {
        let mut queued = 0;
        self.each(journal, &[State::Queued], |_| queued += 1)?;
        let at = context.clock.now().wall;
        engine::withdraw_queued(journal, self.batch, self.only.as_ref(), at)?;
        Ok(queued)
    }

    /// Whether Defender has, or may have, an action of one of them that has not ended.
    pub(crate) fn reaches_defender(&self, journal: &Journal) -> Result<bool, Failure> {
        let mut reaches = false;
        let open = [State::Sending, State::Uncertain, State::Held, State::Pending];
        self.each(journal, &open, |_| reaches = true)?;
        Ok(reaches)
    }

    pub(crate) fn outcome(&self, journal: &Journal) -> Result<WithdrawalOutcome, Failure> {
        let (batch, machines) = (self.batch.0, self.machines());
        let mut outcome = WithdrawalOutcome { batch, machines, ..WithdrawalOutcome::default() };
        let (mut open, mut to_send) = (Vec::new(), 0);
        self.each(journal, &[], |machine| match machine.standing.state {
            State::Skipped if machine.standing.reason == Some(Reason::Withdrawn) => {
                outcome.withdrawn += 1;
            }
            State::Cancelled => outcome.cancelled += 1,
            State::Succeeded => {
                outcome.succeeded += 1;
                outcome.too_late.push(machine.id.to_string());
            }
            State::Pending if machine.standing.cancel_asked => {
                open.push((machine.number, machine.id));
            }
            State::Pending => outcome.not_asked += 1,
            State::Failed | State::TimedOut | State::Rejected | State::Skipped => {
                outcome.ended_otherwise += 1;
            }
            State::Held => outcome.unknown += 1,
            State::Queued | State::Sending | State::Uncertain => {
                outcome.unknown += 1;
                to_send += 1;
            }
        })?;
        for (number, id) in open {
            let answer = CancelAnswer::of(&journal.facts_of(self.batch, number)?);
            outcome.count(answer, id);
        }
        let left = journal.counts(self.batch)?.to_send_or_look_up();
        outcome.others_left = left.saturating_sub(to_send);
        Ok(outcome)
    }

    /// Visits those in some states; no state means any.
    fn each(
        &self,
        journal: &Journal,
        states: &[State],
        mut visit: impl FnMut(&Machine),
    ) -> Result<(), Failure> {
        let filter = Filter { states: states.to_vec(), ..Filter::default() };
        Ok(journal.each_machine(self.batch, &filter, |machine| {
            if self.numbers.contains(&machine.number) {
                visit(&machine);
            }
        })?)
    }
}
