//! What `cancel` does to each of its machines, and the outcome.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde::Serialize;

use crate::domain::{BatchId, End, Fact, MachineId, MachineNumber, Reason, State};
use crate::engine;
use crate::journal::{Batch, Filter, Journal, Machine};
use crate::report::Commands;
use crate::reporter::thousands;

use crate::cli::args::SelectionArguments;
use crate::cli::batch::selection;
use crate::cli::paths::shown;
use crate::cli::plurals::{machines, retry_leaves_out};
use crate::cli::{Context, Exit, Failure};

pub(crate) struct Withdrawal {
    batch: BatchId,
    numbers: HashSet<MachineNumber>,
    /// None: all machines of the batch.
    only: Option<HashSet<MachineId>>,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct WithdrawalOutcome {
    #[serde(skip)]
    batch: i64,
    machines: u64,
    withdrawn: u64,
    cancelled: u64,
    /// Asked to cancel, and the action has not ended yet.
    asked: u64,
    /// Pending at Defender, which was not asked to cancel yet.
    not_asked: u64,
    /// Defender would not cancel, and the action has not ended yet.
    refused: u64,
    succeeded: u64,
    /// Ended without being offboarded: failed, timed out, rejected, skipped for another reason.
    ended_otherwise: u64,
    /// It is not known whether a request took effect.
    unknown: u64,
    /// Machines of the batch that were not chosen and are not sent yet.
    others_left: u64,
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
            ControlFlow::Continue(())
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
        let mut open = Vec::new();
        self.each(journal, &[], |machine| match machine.standing.state {
            State::Skipped if machine.standing.reason == Some(Reason::Withdrawn) => {
                outcome.withdrawn += 1;
            }
            State::Cancelled => outcome.cancelled += 1,
            State::Succeeded => outcome.succeeded += 1,
            State::Pending if machine.standing.cancel_asked => open.push(machine.number),
            State::Pending => outcome.not_asked += 1,
            State::Failed | State::TimedOut | State::Rejected | State::Skipped => {
                outcome.ended_otherwise += 1;
            }
            State::Queued | State::Sending | State::Uncertain | State::Held => {
                outcome.unknown += 1;
            }
        })?;
        for number in open {
            let facts = journal.facts_of(self.batch, number)?;
            let answer = facts
                .iter()
                .rev()
                .find(|(_, fact)| matches!(fact, Fact::CancelAsked | Fact::CancelRefused { .. }));
            match answer {
                Some((_, Fact::CancelRefused { .. })) => outcome.refused += 1,
                _ => outcome.asked += 1,
            }
        }
        outcome.others_left = journal.counts(self.batch)?.of(State::Queued);
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
            ControlFlow::Continue(())
        })?)
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    batch: i64,
    #[serde(flatten)]
    outcome: WithdrawalOutcome,
}

impl WithdrawalOutcome {
    /// Too late for some counts, even if more is left of the batch.
    pub(crate) fn exit(&self, end: Option<End>) -> Exit {
        let mut all = Vec::new();
        match end {
            Some(End::NoAccess) => all.push(Exit::NoAccess),
            Some(End::Tripped) => all.push(Exit::Guard),
            _ => {}
        }
        if self.unknown + self.not_asked > 0 {
            all.push(Exit::Unfinished);
        }
        if self.refused + self.succeeded > 0 {
            all.push(Exit::Unsuccessful);
        }
        if self.asked > 0 {
            all.push(Exit::Pending);
        }
        Exit::foremost(&all)
    }

    pub(crate) fn tell(&self, context: &Context, given: &SelectionArguments) {
        if context.screen.is_json() {
            let (schema, batch) = ("mde-offboard.cancel/1", self.batch);
            context.screen.document(&Document { schema, batch, outcome: *self });
        } else {
            context.screen.result(&self.to_prose(&context.commands, given));
        }
    }

    fn to_prose(self, commands: &Commands, given: &SelectionArguments) -> String {
        let batch = self.batch;
        let rows = [
            (self.withdrawn, "not sent: withdrawn"),
            (self.cancelled, "cancelled at Defender"),
            (self.asked, "asked to cancel, not confirmed yet: follow them with `track`"),
            (self.not_asked, "not asked yet: Defender still has their actions"),
            (self.refused, "too late: Defender would not cancel; the action has not ended"),
            (self.succeeded, "too late: offboarded; they must be onboarded again"),
            (self.ended_otherwise, "had ended before, without being offboarded by this batch"),
            (self.unknown, "not known yet whether a request took effect; cancel again later"),
        ];
        let mut lines = vec![format!("{} of batch {batch}:", machines(self.machines))];
        let told = rows.into_iter().filter(|(number, _)| *number > 0);
        lines.extend(told.map(|(number, words)| format!("{:>7}  {words}", thousands(number))));
        let mut next = |what: &str, words: &str| {
            lines.push(format!("  {what:<20}  {}", commands.of(words)));
        };
        if self.refused + self.succeeded > 0 {
            let machines = given.machines.as_deref();
            let only = machines.map(|path| format!(" --machines {}", shown(path)));
            let only = only.unwrap_or_default();
            next("too late, by name", &format!("report {batch}{only} --only succeeded,pending"));
        }
        if self.unknown + self.not_asked > 0 {
            next("cancel again", &format!("cancel {batch}{}", selection::words(given)));
        }
        if self.asked + self.refused > 0 {
            next("follow them", &format!("track {batch}"));
        }
        if self.others_left > 0 {
            let others = format!("the other {}", thousands(self.others_left));
            next(&others, &format!("resume {batch}"));
        }
        lines.push(retry_leaves_out(self.machines));
        lines.join("\n") + "\n"
    }
}
