//! `verify`: days later, whether the machines of a batch are off.

use crate::cli::args::{BatchWord, VerifyArguments};
use crate::cli::batch::outcomes::{self, WantedOutcomes};
use crate::cli::batch::verification::Verification;
use crate::cli::batch::{choose, selection};
use crate::cli::connect::{CommandSession, OnlineSession};
use crate::cli::options::remembered;
use crate::cli::output::is_standard_output;
use crate::cli::planning::making;
use crate::cli::{Context, Exit, Failure};
use crate::domain::Timestamp;
use crate::journal::{Batch, Journal, JournalError, Machine};
use crate::plan::LaterVerdict;
use crate::report::Verified;

const NOTHING_VERIFIED: &str = "nothing was compared, and nothing changed";

/// Reads the inventory and the actions, also beside a run, and says what became of each machine.
/// Sends nothing.
pub(crate) fn verify(context: &Context, given: &VerifyArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let (json, output) = (context.screen.is_json(), given.output.as_deref());
    let is_list = given.format.is_some() || output.is_some();
    let form = outcomes::list_form(given.format, output, json)?;
    let reader = context.read_journal()?;
    let filter = selection::filter(context.screen, &given.selection, (&reader, None))?;
    let batches = chosen(&reader, given.batch)?;
    drop(reader);
    let mut session = CommandSession::beside(context, "verify", &given.session)?;
    let first = session.batch(batches[0].id)?;
    let destination = session.destination(Some(&first))?;
    let run = remembered(&first)?;
    let again = context.commands.of(&format!("verify {}", first.id));
    let not_begun =
        Failure::new(Exit::Unfinished, NOTHING_VERIFIED).hint(format!("again: {again}"));
    let mut online = session.sign_in_for_batch(destination, &first, &run, not_begun)?;
    let began = batches.iter().map(|batch| batch.created_at).min().unwrap_or(first.created_at);
    let read = online.read_tenant_of(&run, began);
    let snapshot = read.map_err(|error| {
        making::unread(context, error, &format!("{NOTHING_VERIFIED}; again: {again}"))
    })?;
    let mut verification = Verification::new(snapshot);
    for batch in &batches {
        online.journal.try_each_machine(batch.id, &filter, |machine| {
            verification.add(&machine, &online.journal.afterwards(&machine)?);
            Ok::<_, JournalError>(())
        })?;
    }
    if is_list {
        let at = snapshot.at;
        let wanted = WantedOutcomes { batches: &batches, filter: &filter, form, output };
        wanted.deliver(context, online.journal, |machine| verified(&online, machine, at))?;
    }
    // Standard output has one thing: the list, where it goes there.
    if !is_list || output.is_some_and(|path| !is_standard_output(path)) {
        verification.tell(context, &batches);
    }
    Ok(verification.exit())
}

/// All of one tenant: the inventory is read once.
fn chosen(journal: &Journal, word: Option<BatchWord>) -> Result<Vec<Batch>, Failure> {
    if word != Some(BatchWord::All) {
        return Ok(vec![choose::shown(journal, word)?]);
    }
    let all = journal.batches()?;
    let Some(first) = all.first() else { return Err(choose::no_batch(journal)) };
    if all.iter().any(|batch| batch.tenant != first.tenant) {
        let said = "the batches of this journal belong to several tenants";
        return Err(Failure::new(Exit::Usage, said).hint("name one batch: verify 1"));
    }
    Ok(all)
}

fn verified(
    online: &OnlineSession<'_>,
    machine: &Machine,
    now: Timestamp,
) -> Result<Verified, JournalError> {
    let seen = online.journal.afterwards(machine)?;
    let verdict = LaterVerdict::of(&seen, now).map(LaterVerdict::word);
    Ok(Verified { verdict, last_seen: seen.last_seen })
}
