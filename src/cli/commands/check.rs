//! `check`: whether all that a run needs is there, item by item.
//!
//! Nothing is sent that has an effect, no lock is taken and no journal is made. What cannot be
//! looked at because something before it failed is not made.

use crate::cli::args::CheckArguments;
use crate::cli::checking::{
    CheckItem, JournalState, NETWORK, SIGN_IN, configuration_modes, journal_items,
    machine_offboard, machine_read, network, settings_in_force, show, sign_in, unreachable_sign_in,
};
use crate::cli::connect::{
    Destination, MACHINE_OFFBOARD, MACHINE_READ, PreparedClient, not_signed_in, runtime,
};
use crate::cli::options::options_of_reads;
use crate::cli::signals::Signals;
use crate::cli::{Context, Exit, Failure};
use crate::defender::SignInError;
use crate::domain::Advice;
use crate::journal::Journal;

const CONFIGURATION: &str = "configuration";

/// The items after the journal, in their order.
const ONLINE: [&str; 4] = [NETWORK, SIGN_IN, MACHINE_READ, MACHINE_OFFBOARD];

pub(crate) fn check(context: &Context, given: &CheckArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    context.tell_hidden_file();
    let prepared = prepare(context, given);
    let (journal, state) = journal_items(context)?;
    let mut items = Vec::new();
    match prepared {
        Ok(prepared) => {
            items.push(CheckItem::fine(CONFIGURATION, settings_in_force(context)));
            items.extend(configuration_modes(context));
            items.extend(journal);
            items.extend(online(context, prepared, state)?);
        }
        Err(failure) => {
            items.push(CheckItem::failed(CONFIGURATION, failure));
            items.extend(journal);
            items.extend(not_made(&ONLINE, "the configuration is not complete"));
        }
    }
    show(context, &items);
    Ok(CheckItem::exit(&items))
}

/// The client by the settings; all that is missing is told at once.
fn prepare(context: &Context, given: &CheckArguments) -> Result<PreparedClient, Failure> {
    let arguments = (&given.connection, given.rehearsal);
    let destination = Destination::of(arguments, &context.configuration, None, context.screen)?;
    destination.prepare()
}

fn not_made<'a>(names: &'a [&'static str], why: &'a str) -> impl Iterator<Item = CheckItem> + 'a {
    names.iter().map(move |name| CheckItem::not_made(name, why))
}

/// What takes requests: one after the other, until one does not work.
fn online(
    context: &Context,
    prepared: PreparedClient,
    state: JournalState,
) -> Result<Vec<CheckItem>, Failure> {
    // So that a signal also ends what is started for a secret.
    let stopped = Failure::new(Exit::Unfinished, "the check was stopped");
    let again = Advice::from("again: ").then_command("check");
    Signals::listen(context.screen, stopped.hint(again))?;
    let runtime = runtime()?;
    let PreparedClient { client, options, simulator: _simulator } = prepared;
    let options = options_of_reads(context, options, client.realm());
    runtime.block_on(async {
        let (reached, clock) = network(context, &client).await;
        let is_reached = reached.failure().is_none();
        let mut items = vec![reached];
        items.extend(clock);
        if !is_reached {
            items.extend(not_made(&ONLINE[1..], "the network is not there"));
            return Ok(items);
        }
        let identity = match client.remote.sign_in().await {
            Ok(identity) => identity,
            Err(error) if client.source.asks_authority && is_of_network(&error) => {
                items[0] = unreachable_sign_in(&client, &error);
                items.extend(not_made(&ONLINE[1..], "the sign-in cannot be reached"));
                return Ok(items);
            }
            Err(error) => {
                items.push(CheckItem::failed(SIGN_IN, not_signed_in(&error, &client.source)));
                items.extend(not_made(&ONLINE[2..], "not signed in"));
                return Ok(items);
            }
        };
        let mut verdict = client.judge(&identity, context.clock.now().wall);
        let signed_in = match client.tenant(identity.tenant_id.clone()) {
            Ok(tenant) => sign_in(&client.source, &identity, &mut verdict, &tenant),
            Err(failure) => CheckItem::failed(SIGN_IN, failure),
        };
        let is_in = signed_in.failure().is_none();
        items.push(signed_in);
        if is_in {
            items.push(match ledger(context, state) {
                Ok(mut ledger) => {
                    machine_read(context, &mut ledger, &client, &options, &verdict).await
                }
                Err(failure) => CheckItem::failed(MACHINE_READ, failure),
            });
            items.push(machine_offboard(&verdict));
        } else {
            items.extend(not_made(&ONLINE[2..], "the token cannot be used"));
        }
        Ok(items)
    })
}

/// Entra's host was not reached, or the way there is barred.
fn is_of_network(error: &SignInError) -> bool {
    !error.refused || error.detail.refuses_access()
}

/// Where the calls are noted, so that a run counts them: in the journal beside its runner. Where
/// there is none that could be used, in memory: two calls fit into the quarter of a window that a
/// run leaves.
fn ledger(context: &Context, state: JournalState) -> Result<Journal, Failure> {
    let path = context.journal_path()?;
    let is_current = || Journal::open_reader(&path).and_then(|journal| journal.is_current());
    Ok(match state {
        JournalState::Usable if is_current()? => {
            Journal::open_planner(&path, context.runner("check"))?
        }
        JournalState::Usable | JournalState::Absent => Journal::in_memory()?,
    })
}
