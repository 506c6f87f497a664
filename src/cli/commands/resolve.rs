//! `resolve`: a person says what became of held machines. No offboarding request is sent here.

use crate::cli::args::{Decision, ResolveArguments};
use crate::cli::batch::held_machines::{self, Held};
use crate::cli::batch::run_by::run_by;
use crate::cli::batch::{closing, stored};
use crate::cli::connect::action_check::{self, Checked};
use crate::cli::connect::open_as_runner;
use crate::cli::environment;
use crate::cli::no_work;
use crate::cli::plurals::{machines, retry_leaves_out};
use crate::cli::terminal::{Consent, confirm};
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::plural;
use crate::domain::{ActionId, ActionStatus, Fact, Marker, Reason};
use crate::journal::{Changes, Entry, Journal, Machine};
use crate::report::next_command;

const NOTHING_CHANGED: &str = "nothing was changed";
const NOTHING_HELD: &str = "nothing to resolve: no held machine was chosen";

/// Writes the decision down, for all machines or for none. It is done once it is written down,
/// even if the batch has more to do: so the command that continues can follow it in a script.
pub(crate) fn resolve(context: &Context, given: &ResolveArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let reader = context.read_journal()?;
    let Some(decision) = given.decision() else {
        let Some(held) = held_machines::choose(context, &reader, given)? else {
            return Ok(no_work::tell(context, NOTHING_HELD));
        };
        return Err(held_machines::undecided(&held, given, &context.commands));
    };
    drop(reader);
    let mut journal = open_as_runner(context, "resolve")?;
    let Some(held) = held_machines::choose(context, &journal, given)? else {
        return Ok(no_work::tell(context, NOTHING_HELD));
    };
    let facts = match &decision {
        Decision::Resend => {
            ask(context, given, &held)?;
            vec![Fact::Requeued]
        }
        Decision::Submitted(action) => named(context, &mut journal, given, &held, action)?,
        Decision::Skip => vec![Fact::Skipped { reason: Reason::Resolved }],
    };
    write(context, &mut journal, &held, &facts)?;
    let batch = stored::reread(&journal, held.batch.id)?;
    if context.screen.is_json() {
        let document = closing::repeat(context, &journal, &batch)?.summary;
        context.screen.result(&document);
        return Ok(Exit::Done);
    }
    let mut said = told(&held, &decision, &facts);
    let next = next_command(&batch, &context.commands);
    said.extend(next.map(|command| format!("  continue   {command}")));
    context.screen.result(&(said.join("\n") + "\n"));
    Ok(Exit::Done)
}

/// The one decision that can offboard a machine twice.
fn ask(context: &Context, given: &ResolveArguments, held: &Held) -> Result<(), Failure> {
    let count = held.machines.len();
    let said = format!(
        "resolve queues {} of batch {} again, to be sent by the next run.\n\
         It is not known whether the requests for them took effect. A machine whose request did\n\
         can be offboarded twice. Look each up in the portal first.\n",
        machines(count as u64),
        held.batch.id
    );
    let consent = Consent::from(given.yes);
    context.screen.note_or_ask(consent, &said);
    confirm(context.screen, consent, &format!("resend {count}"), NOTHING_CHANGED)
}

/// What follows from a person's word that Defender has an action. It is looked up where that can be
/// done: an action that is not the machine's offboarding is followed only if it is meant.
fn named(
    context: &Context,
    journal: &mut Journal,
    given: &ResolveArguments,
    held: &Held,
    action: &ActionId,
) -> Result<Vec<Fact>, Failure> {
    held_machines::check_action(journal, held, action)?;
    let [machine] = held.machines.as_slice() else { return Ok(Vec::new()) };
    let about = (&held.batch, machine.id);
    let found = match action_check::check(context, journal, &given.connection, about, action)? {
        Checked::Found(found) => Some(found),
        Checked::Otherwise(said) => {
            let consent = Consent::from(given.yes);
            context.screen.note_or_ask(consent, &format!("{said}.\n"));
            confirm(context.screen, consent, &format!("submitted {action}"), NOTHING_CHANGED)?;
            None
        }
        Checked::NotAsked(why) => {
            let said = format!("action {action} was not looked up at Defender: {why}\n");
            context.screen.note(&said);
            None
        }
    };
    let status = found.as_ref().map(|found| found.status.clone());
    let device_error = found.as_ref().and_then(|found| found.device_error);
    let accepted = Fact::Accepted {
        action: action.clone(),
        status: status.clone().unwrap_or(ActionStatus::Pending),
        adopted: found.as_ref().is_some_and(|found| {
            let marker = found.comment.as_deref().and_then(Marker::find_in);
            marker != Some(held.batch.seed.marker(machine.number))
        }),
        found: found.is_some(),
        http_status: None,
        // Where nobody says when it was made: no earlier than the batch. The last request is no
        // bound: an earlier one may be the one that took effect, and a list of actions since the
        // last would leave it out, at every `track`, forever.
        created_at: found.and_then(|found| found.created_at).or(Some(held.batch.created_at)),
        named_by: Some(environment::user()),
    };
    let ended = status.filter(ActionStatus::is_final);
    let ended = ended.map(|status| Fact::ActionEnded { status, device_error });
    Ok(std::iter::once(accepted).chain(ended).collect())
}

fn write(
    context: &Context,
    journal: &mut Journal,
    held: &Held,
    facts: &[Fact],
) -> Result<(), Failure> {
    let (batch, at) = (held.batch.id, context.clock.now().wall);
    let of = |machine: &Machine| {
        let number = machine.number;
        let entry = move |fact: &Fact| Entry { batch, number, at, fact: fact.clone() };
        facts.iter().map(entry).collect::<Vec<_>>()
    };
    let facts = held.machines.iter().flat_map(of).collect();
    let batch_facts = vec![(batch, at, run_by("resolve", None))];
    Ok(journal.commit(&Changes { facts, batch_facts, ..Changes::default() })?)
}

fn told(held: &Held, decision: &Decision, facts: &[Fact]) -> Vec<String> {
    let (count, id) = (held.machines.len() as u64, held.batch.id);
    let are = plural(count, "is", "are");
    let those = format!("{} of batch {id} {are}", machines(count));
    match decision {
        Decision::Resend => vec![format!("{those} queued again; nothing is sent yet.")],
        Decision::Submitted(action) => match facts.last() {
            Some(Fact::ActionEnded { status, .. }) => {
                vec![format!("{those} settled: action {action} has ended, {}.", status.word())]
            }
            _ => vec![format!("{those} pending, with action {action}.")],
        },
        Decision::Skip => vec![format!("{those} skipped."), retry_leaves_out(count)],
    }
}
