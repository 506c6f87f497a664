//! What came of a `cancel`: how many machines by outcome, in prose and as a document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::text::plural;
use crate::domain::{End, MachineId, State};
use crate::report::Commands;
use crate::reporter::thousands;

use crate::cli::args::SelectionArguments;
use crate::cli::batch::cancel_answer::{CancelAnswer, SaidOf, Sayings};
use crate::cli::batch::selection;
use crate::cli::plurals::{machines, retry_leaves_out};
use crate::cli::{Context, Exit};

#[derive(Debug, Clone, Default, JsonSchema, Serialize)]
pub(crate) struct WithdrawalOutcome {
    #[serde(skip)]
    pub(super) batch: i64,
    pub(super) machines: u64,
    pub(super) withdrawn: u64,
    pub(super) cancelled: u64,
    /// Asked to cancel, and the action has not ended yet.
    pub(super) asked: u64,
    /// Pending at Defender, and no request to cancel was taken up: none was sent, it was not let
    /// through, or no answer of Defender's came.
    pub(super) not_asked: u64,
    /// Defender would not cancel, and the action has not ended yet.
    pub(super) refused: u64,
    /// Defender knows no such action.
    pub(super) unknown_actions: u64,
    pub(super) succeeded: u64,
    /// Ended without being offboarded: failed, timed out, rejected, skipped for another reason.
    pub(super) ended_otherwise: u64,
    /// It is not known whether a request took effect.
    pub(super) unknown: u64,
    /// Machines of the batch that were not chosen and are still to be sent or looked up.
    pub(super) others_left: u64,
    /// Those that are counted as refused, of an unknown action, or succeeded.
    pub(super) too_late: Vec<String>,
    /// What was said to cancels that were not taken up or refused.
    pub(super) said: Sayings,
}

const NOT_ASKED: &str = "not asked, or not answered by Defender: their actions go on";
const ENDED_BEFORE: &str = "had ended before, without being offboarded by this batch";
const NOT_KNOWN: &str = "not known yet whether a request took effect; cancel again later";

/// Any of seven permissions is enough for a cancel; this one is the one that a batch needs anyway.
const PERMISSION: &str = "To cancel, the app needs the permission Machine.Offboard of \
                          WindowsDefenderATP, with\nadmin consent. A person who signs in also \
                          needs a role that may offboard.";

#[derive(JsonSchema, Serialize)]
pub(crate) struct CancelDocument<'a> {
    #[schemars(extend("const" = "mde-offboard.cancel/1"))]
    schema: &'static str,
    batch: i64,
    #[serde(flatten)]
    outcome: &'a WithdrawalOutcome,
}

impl WithdrawalOutcome {
    /// Counts a machine whose action has not ended.
    pub(super) fn count(&mut self, answer: CancelAnswer, id: MachineId) {
        match answer {
            CancelAnswer::NotAsked => self.not_asked += 1,
            CancelAnswer::NotTaken(detail) => {
                self.not_asked += 1;
                self.said.add(SaidOf::NotAsked, detail);
            }
            CancelAnswer::Asked => self.asked += 1,
            CancelAnswer::Refused(detail) => {
                self.refused += 1;
                self.too_late.push(id.to_string());
                self.said.add(SaidOf::Refused, detail);
            }
            CancelAnswer::UnknownAction(detail) => {
                self.unknown_actions += 1;
                self.too_late.push(id.to_string());
                self.said.add(SaidOf::UnknownActions, detail);
            }
        }
    }

    /// Those that Defender did not take back, and whose actions it may go on with.
    const fn not_undone(&self) -> u64 {
        self.refused + self.unknown_actions
    }

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
        if self.not_undone() + self.succeeded > 0 {
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
        let mut lines = vec![format!("{} of batch {batch}:", machines(self.machines))];
        let rows = [
            (self.withdrawn, "not sent: withdrawn", None),
            (self.cancelled, "cancelled at Defender", None),
            (self.asked, asked.as_str(), None),
            (self.not_asked, NOT_ASKED, Some(SaidOf::NotAsked)),
            (self.refused, "Defender would not cancel", Some(SaidOf::Refused)),
            (self.unknown_actions, "Defender knows no such action", Some(SaidOf::UnknownActions)),
            (self.succeeded, "too late: offboarded; they must be onboarded again", None),
            (self.ended_otherwise, ENDED_BEFORE, None),
            (self.unknown, NOT_KNOWN, None),
        ];
        for (number, words, said) in rows.into_iter().filter(|(number, ..)| *number > 0) {
            lines.push(format!("{:>7}  {words}", thousands(number)));
            let said = said.into_iter().flat_map(|outcome| self.said.lines(outcome));
            lines.extend(said.map(|(number, words)| format!("{:>10}  {words}", thousands(number))));
        }
        lines.extend(
            self.next(commands, given).map(|(what, command)| format!("  {what:<22}  {command}")),
        );
        if self.said.forbid() {
            lines.push(PERMISSION.to_owned());
        }
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
        if self.not_undone() + self.succeeded > 0 {
            // States and codes are others now than those that the machines were chosen by.
            let exact = given.only.is_empty() && given.code.is_none();
            let what = if exact { "not undone, by name" } else { "not undone, and others" };
            let list = SelectionArguments {
                machines: given.machines.clone(),
                ..SelectionArguments::default()
            };
            let states = [(self.succeeded, State::Succeeded), (self.not_undone(), State::Pending)];
            let states = states.into_iter().filter(|(number, _)| *number > 0);
            let states: Vec<&str> = states.map(|(_, state)| state.word()).collect();
            let (list, states) = (selection::words(&list), states.join(","));
            next.push((what.to_owned(), format!("report {batch}{list} --only {states}")));
        }
        if self.unknown + self.not_asked > 0 {
            let chosen = selection::words(given);
            next.push(("cancel again".to_owned(), format!("cancel {batch}{chosen}")));
        }
        if self.not_undone() > 0 && self.asked == 0 {
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
