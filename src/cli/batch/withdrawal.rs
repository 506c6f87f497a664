//! What `cancel` does to each of its machines, and the outcome.

use std::collections::HashSet;
use std::ops::ControlFlow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::text::plural;
use crate::domain::{BatchId, End, Fact, MachineId, MachineNumber, Reason, State};
use crate::engine;
use crate::journal::{Batch, Filter, Journal, Machine};
use crate::report::Commands;
use crate::reporter::thousands;

use crate::cli::args::SelectionArguments;
use crate::cli::batch::selection;
use crate::cli::plurals::{machines, retry_leaves_out};
use crate::cli::{Context, Exit, Failure};

pub(crate) struct Withdrawal {
    batch: BatchId,
    numbers: HashSet<MachineNumber>,
    /// None: all machines of the batch.
    only: Option<HashSet<MachineId>>,
}

#[derive(Debug, Clone, Default, JsonSchema, Serialize)]
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
    /// Machines of the batch that were not chosen and are still to be sent or looked up.
    others_left: u64,
    /// Those that are counted as refused or succeeded.
    too_late: Vec<String>,
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
            let facts = journal.facts_of(self.batch, number)?;
            let answer = facts
                .iter()
                .rev()
                .find(|(_, fact)| matches!(fact, Fact::CancelAsked | Fact::CancelRefused { .. }));
            match answer {
                Some((_, Fact::CancelRefused { .. })) => {
                    outcome.refused += 1;
                    outcome.too_late.push(id.to_string());
                }
                _ => outcome.asked += 1,
            }
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
            ControlFlow::Continue(())
        })?)
    }
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct CancelDocument<'a> {
    #[schemars(extend("const" = "mde-offboard.cancel/1"))]
    schema: &'static str,
    batch: i64,
    #[serde(flatten)]
    outcome: &'a WithdrawalOutcome,
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
            context.screen.document(&CancelDocument { schema, batch, outcome: self });
        } else {
            context.screen.result(&self.to_prose(&context.commands, given));
        }
    }

    fn to_prose(&self, commands: &Commands, given: &SelectionArguments) -> String {
        let batch = self.batch;
        let track = commands.of(&format!("track {batch}"));
        let asked = format!("asked to cancel, not confirmed yet: `{track}`");
        let rows = [
            (self.withdrawn, "not sent: withdrawn"),
            (self.cancelled, "cancelled at Defender"),
            (self.asked, asked.as_str()),
            (self.not_asked, "not asked yet: Defender still has their actions"),
            (self.refused, "too late: in progress, Defender would not cancel"),
            (self.succeeded, "too late: offboarded; they must be onboarded again"),
            (self.ended_otherwise, "had ended before, without being offboarded by this batch"),
            (self.unknown, "not known yet whether a request took effect; cancel again later"),
        ];
        let mut lines = vec![format!("{} of batch {batch}:", machines(self.machines))];
        let told = rows.into_iter().filter(|(number, _)| *number > 0);
        lines.extend(told.map(|(number, words)| format!("{:>7}  {words}", thousands(number))));
        lines.extend(
            self.next(commands, given).map(|(what, command)| format!("  {what:<22}  {command}")),
        );
        lines.extend(self.retry_words());
        lines.join("\n") + "\n"
    }

    /// What to do now, each with its command.
    fn next(
        &self,
        commands: &Commands,
        given: &SelectionArguments,
    ) -> impl Iterator<Item = (String, String)> {
        let batch = self.batch;
        let mut next = Vec::new();
        if self.refused + self.succeeded > 0 {
            // States and codes are others now than those that the machines were chosen by.
            let exact = given.only.is_empty() && given.code.is_none();
            let what = if exact { "too late, by name" } else { "too late, among others" };
            let list = SelectionArguments {
                machines: given.machines.clone(),
                ..SelectionArguments::default()
            };
            let states = [(self.succeeded, State::Succeeded), (self.refused, State::Pending)];
            let states = states.into_iter().filter(|(number, _)| *number > 0);
            let states: Vec<&str> = states.map(|(_, state)| state.word()).collect();
            let (list, states) = (selection::words(&list), states.join(","));
            next.push((what.to_owned(), format!("report {batch}{list} --only {states}")));
        }
        if self.unknown + self.not_asked > 0 {
            let chosen = selection::words(given);
            next.push(("cancel again".to_owned(), format!("cancel {batch}{chosen}")));
        }
        if self.refused > 0 && self.asked == 0 {
            next.push(("follow them".to_owned(), format!("track {batch}")));
        }
        if self.others_left > 0 {
            let others = plural(self.others_left, "other", "others");
            let others = format!("{} {others} to send", thousands(self.others_left));
            next.push((others, format!("resume {batch}")));
        }
        next.into_iter().map(|(what, words)| (what, commands.of(&words)))
    }

    /// That a retry sends none of them again; those that ended badly by themselves it does.
    fn retry_words(&self) -> Option<String> {
        match self.machines - self.ended_otherwise {
            0 => None,
            all if all == self.machines => Some(retry_leaves_out(all)),
            some => Some(format!(
                "`retry` leaves {} of them out unless you name them.",
                thousands(some)
            )),
        }
    }
}
