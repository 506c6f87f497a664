//! Looks up an action that a person names, where there are credentials to ask with.

use crate::domain::{
    Action, ActionId, ActionScope, ActionType, Call, LimitGroup, MachineId, Page, ReadAnswer,
};
use crate::engine::Clock;
use crate::journal::{Batch, Changes, Journal};
use crate::remote::Remote;

use crate::cli::args::{ConnectionArguments, RehearsalArguments};
use crate::cli::connect::destination::Destination;
use crate::cli::connect::online_session::runtime;
use crate::cli::connect::signed_in::SignedIn;
use crate::cli::{Context, Exit, Failure};

pub(crate) enum Checked {
    /// It is an offboarding of the machine.
    Found(Action),
    /// The machine's list does not hold it, or as something else: in words.
    Otherwise(String),
    /// It could not be asked: in words.
    NotAsked(String),
}

/// Asks for the machine's actions, once.
pub(crate) fn check(
    context: &Context,
    journal: &mut Journal,
    given: &ConnectionArguments,
    (batch, machine): (&Batch, MachineId),
    action: &ActionId,
) -> Result<Checked, Failure> {
    if batch.tenant.realm == crate::domain::Realm::Simulator {
        return Ok(Checked::NotAsked("the tenant of a rehearsal is gone".to_owned()));
    }
    let configuration = &context.configuration;
    let auth = configuration.connection(given).auth;
    if auth.is_none() && configuration.proofs().is_empty() {
        return Ok(Checked::NotAsked("there are no credentials here".to_owned()));
    }
    let given = (given, RehearsalArguments::default());
    let destination = Destination::of(given, configuration, Some(batch), context.screen)?;
    let runtime = runtime()?;
    let signed_in =
        destination.sign_in_for_batch((&runtime, context.screen), batch, Vec::new(), &[]);
    let signed_in = match signed_in {
        Ok(signed_in) => signed_in,
        Err(failure) if matches!(failure.exit, Exit::NoAccess | Exit::Unfinished) => {
            return Ok(Checked::NotAsked(failure.message));
        }
        Err(failure) => return Err(failure),
    };
    journal.count_for(signed_in.quota());
    let reading = runtime.block_on(ask(&context.clock, journal, &signed_in, machine))?;
    Ok(judge(reading, (machine, action)))
}

/// One request, which spends the budget of reads as those of a run do.
async fn ask(
    clock: &Clock,
    journal: &mut Journal,
    signed_in: &SignedIn,
    machine: MachineId,
) -> Result<ReadAnswer<Page<Action>>, Failure> {
    let (id, group) = (journal.next_call()?, LimitGroup::Reads);
    let call = Call { id, group, sent_at: clock.now().wall, receipt: None };
    journal.commit(&Changes { calls: vec![call], ..Changes::default() })?;
    let reply = signed_in.remote.find(machine, ActionScope::Every, 0).await;
    let receipts = vec![(id, clock.now().stamp())];
    journal.commit(&Changes { receipts, ..Changes::default() })?;
    Ok(reply.what)
}

fn judge(reading: ReadAnswer<Page<Action>>, (machine, id): (MachineId, &ActionId)) -> Checked {
    let page = match reading {
        ReadAnswer::Read(page) => page,
        ReadAnswer::Refused(detail) => return Checked::NotAsked(detail.to_string()),
        ReadAnswer::Trouble(trouble) => return Checked::NotAsked(trouble.detail().to_string()),
    };
    let same = |action: &&Action| action.id.as_str().eq_ignore_ascii_case(id.as_str());
    match page.items.iter().find(same) {
        Some(found) if found.machine.is_some_and(|named| named != machine) => {
            Checked::Otherwise(format!("action {id} is not one of {machine}"))
        }
        Some(Action { kind: ActionType::Other(kind), .. }) => {
            Checked::Otherwise(format!("action {id} is `{kind}`, not `Offboard`"))
        }
        Some(found) => Checked::Found(found.clone()),
        None if page.has_next => {
            Checked::NotAsked("the list of its actions has more pages".to_owned())
        }
        None => Checked::Otherwise(format!("Defender has no action {id} of {machine}")),
    }
}
