//! `resolve`: a person says what became of held machines. Nothing is sent here.

use crate::cli::args::{Decision, ResolveArguments};
use crate::cli::closing;
use crate::cli::confirm::{Consent, confirm};
use crate::cli::context::Context;
use crate::cli::drive;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::held::{self, Held};
use crate::cli::journal_path::Simulate;
use crate::cli::nothing;
use crate::cli::wording::machines;
use crate::domain::{ActionStatus, Fact, Reason};
use crate::journal::{Changes, Entry, Journal, Machine};
use crate::report::next_command;

const NOTHING_CHANGED: &str = "nothing was changed";
const NOTHING_HELD: &str = "nothing to resolve: no machine that is held was chosen";

/// Writes the decision down, for all machines or for none. It is done once it is written down,
/// whatever is left to do of the batch: so the command that goes on can follow it in a script.
pub(crate) fn resolve(context: &Context, given: &ResolveArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(given.simulate.simulate);
    let commands = context.commands(simulate);
    context.tell_simulation(simulate);
    let reader = context.read_journal(simulate)?;
    let Some(decision) = given.decision() else {
        let Some(held) = held::choose(&reader, context.screen, given, &commands)? else {
            nothing::tell(context, NOTHING_HELD);
            return Ok(Exit::Done);
        };
        return Err(held::undecided(&held, given, &commands));
    };
    drop(reader);
    let mut journal = drive::open(context, simulate, "resolve")?;
    let Some(held) = held::choose(&journal, context.screen, given, &commands)? else {
        nothing::tell(context, NOTHING_HELD);
        return Ok(Exit::Done);
    };
    match &decision {
        Decision::Resend => ask(context, given, &held)?,
        Decision::Submitted(action) => held::check_action(&journal, &held, action)?,
        Decision::Skip => {}
    }
    write(context, &mut journal, &held, &decision)?;
    let batch = drive::reread(&journal, held.batch.id)?;
    if context.screen.is_json() {
        let document = closing::repeat(context, &commands, &journal, &batch)?.summary;
        context.screen.result(&document);
        return Ok(Exit::Done);
    }
    let mut said = told(&held, &decision);
    let next = next_command(&batch, &commands);
    said.extend(next.map(|command| format!("  go on   {command}")));
    context.screen.result(&(said.join("\n") + "\n"));
    Ok(Exit::Done)
}

/// The one decision that can offboard a machine twice.
fn ask(context: &Context, given: &ResolveArguments, held: &Held) -> Result<(), Failure> {
    let count = held.machines.len();
    let said = format!(
        "resolve queues {} of batch {} again, to be sent by the next run.\n\
         Nobody knows whether the requests for them took effect: a machine for which one did can\n\
         be offboarded twice. Look each up in the portal first.\n",
        machines(count as u64),
        held.batch.id
    );
    let consent = Consent::from(given.yes);
    context.screen.note_or_ask(consent, &said);
    confirm(context.screen, consent, &format!("resend {count}"), NOTHING_CHANGED)
}

/// All in one commit.
fn write(
    context: &Context,
    journal: &mut Journal,
    held: &Held,
    decision: &Decision,
) -> Result<(), Failure> {
    let fact = match decision {
        Decision::Resend => Fact::Requeued,
        Decision::Skip => Fact::Skipped { reason: Reason::Resolved },
        Decision::Submitted(action) => Fact::Accepted {
            action: action.clone(),
            status: ActionStatus::Pending,
            adopted: false,
            found: true,
            http_status: None,
            // When it was made is not known, but no earlier than the batch. The last request is no
            // bound: an earlier one may be the one that took effect, and a list of actions since
            // the last would leave it out, at every `track`, forever.
            created_at: Some(held.batch.created_at),
        },
    };
    let (batch, at) = (held.batch.id, context.clock.now().wall);
    let entry = |machine: &Machine| Entry { batch, number: machine.number, at, fact: fact.clone() };
    let facts = held.machines.iter().map(entry).collect();
    Ok(journal.commit(&Changes { facts, ..Changes::default() })?)
}

fn told(held: &Held, decision: &Decision) -> Vec<String> {
    let (count, id) = (held.machines.len() as u64, held.batch.id);
    let are = if count == 1 { "is" } else { "are" };
    let those = format!("{} of batch {id} {are}", machines(count));
    match decision {
        Decision::Resend => vec![format!("{those} queued again; nothing is sent yet.")],
        Decision::Submitted(action) => {
            vec![format!("{those} pending, with action {action}.")]
        }
        Decision::Skip => vec![
            format!("{those} skipped."),
            "None is sent again, also by `retry`, unless it is named.".to_owned(),
        ],
    }
}
