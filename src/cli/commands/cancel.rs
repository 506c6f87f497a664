//! `cancel`: takes back what can be taken back.

use std::time::Duration;

use crate::cli::args::CancelArguments;
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::selection;
use crate::cli::batch::stored;
use crate::cli::batch::withdrawal::Withdrawal;
use crate::cli::connect::destination::Destination;
use crate::cli::connect::drive::{self, Driver};
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::journal_path::Simulate;
use crate::cli::no_work;
use crate::cli::options::remembered;
use crate::cli::plurals::machines;
use crate::cli::signals::Signals;
use crate::cli::terminal::confirm::confirm;
use crate::cli::terminal::consent::Consent;
use crate::domain::End;
use crate::engine::{StopSignal, Task};
use crate::journal::{Batch, Journal, JournalError};

const NOTHING_CANCELLED: &str = "nothing was cancelled";

/// How long a runner that was asked to stop is waited for: its requests in flight have a deadline
/// of half a minute.
const RUNNER_ENDS: Duration = Duration::from_mins(1);

/// How often the lock is tried meanwhile.
const LOCK_TRIED: Duration = Duration::from_millis(200);

/// Withdraws what is not sent, cancels at Defender what has not ended, tells what came too late.
pub(crate) fn cancel(context: &Context, given: &CancelArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(given.rehearsal.simulate);
    let commands = context.commands(simulate);
    context.tell_simulation(simulate);
    let purpose =
        ChosenFor { command: "cancel", adjective: "unfinished", machines: choose::unsettled };
    let reader = context.read_journal(simulate)?;
    let Some(chosen) = choose::fitting(&reader, given.batch, &purpose, &commands)? else {
        no_work::tell(context, "nothing to cancel: no batch is unfinished");
        return Ok(Exit::Done);
    };
    let filter = selection::filter(context.screen, &given.selection)?;
    let before = Withdrawal::choose(&reader, &chosen, &filter)?;
    if before.machines() == 0 {
        no_work::tell(context, "nothing to cancel: no machine was chosen");
        return Ok(Exit::Done);
    }
    let not_begun = || Failure::new(Exit::Guard, NOTHING_CANCELLED);
    let signals = Signals::listen(context.screen, not_begun())?;
    let said = format!(
        "cancel takes back {} of batch {}: what is not sent is withdrawn, what has not ended is\n\
         cancelled at Defender.\n",
        machines(before.machines()),
        chosen.id
    );
    let consent = Consent::from(given.yes);
    context.screen.note_or_ask(consent, &said);
    let words = format!("cancel {}", before.machines());
    signals.asking(NOTHING_CANCELLED);
    confirm(context.screen, consent, &words, NOTHING_CANCELLED)?;
    signals.leaving(not_begun());
    let mut journal = wait_for_lock(context, simulate, reader, &chosen)?;
    let batch = drive::reread(&journal, chosen.id)?;
    stored::settle_stop(context, &mut journal, &batch)?;
    // Chosen again: the runner may have gone on until it was stopped.
    let withdrawal = Withdrawal::choose(&journal, &batch, &filter)?;
    let end = if withdrawal.reaches_defender(&journal)? {
        let end = with_defender(context, given, &signals, &mut journal, &batch, &withdrawal)?;
        // What turned out not to have been sent after all.
        withdrawal.withdraw(context, &mut journal)?;
        Some(end)
    } else {
        // Nothing is waited for, so a signal comes too late to stop it.
        signals.running(StopSignal::new(), commands.of(&format!("status {}", batch.id)));
        withdrawal.withdraw(context, &mut journal)?;
        None
    };
    let outcome = withdrawal.outcome(&journal)?;
    outcome.tell(context, &commands, &given.selection);
    Ok(outcome.exit(end))
}

/// Signs in, and only then withdraws what is queued: who may not cancel at Defender changes
/// nothing here either. Then asks Defender to cancel, and follows what it says.
fn with_defender(
    context: &Context,
    given: &CancelArguments,
    signals: &Signals,
    journal: &mut Journal,
    batch: &Batch,
    withdrawal: &Withdrawal,
) -> Result<End, Failure> {
    let commands = context.commands(Simulate::from(given.rehearsal.simulate));
    let destination = Destination::of(&given.connection, given.rehearsal, Some(batch))?;
    let rehearsed = stored::rehearsed(journal, batch, given.rehearsal)?;
    let run = remembered(batch)?;
    let runtime = drive::runtime()?;
    let link = destination.sign_in_again(&runtime, batch, rehearsed, &run.limits)?;
    signals.across(|| {
        let withdrawn = withdrawal.withdraw(context, journal)?;
        let said = format!("{} withdrawn; Defender was not asked yet", machines(withdrawn));
        let again = format!("cancel {}{}", batch.id, selection::words(&given.selection));
        let rest = Failure::new(Exit::Unfinished, said);
        Ok(((), rest.hint(format!("take back the rest: {}", commands.of(&again)))))
    })?;
    let driver = Driver {
        context,
        commands: &commands,
        runtime: &runtime,
        signed: &link.signed,
        signals,
        progress: given.progress.progress,
        events: None,
    };
    let task = Task::Cancel(withdrawal.only());
    let conclusion = driver.drive(journal, batch, task, "cancel", run)?;
    if let Some(why) = &conclusion.why
        && conclusion.end != End::Interrupted
    {
        context.screen.note(&format!("{why}\n"));
    }
    Ok(conclusion.end)
}

/// Becomes the one runner; whoever is, is asked to stop first.
fn wait_for_lock(
    context: &Context,
    simulate: Simulate,
    mut reader: Journal,
    batch: &Batch,
) -> Result<Journal, Failure> {
    let path = context.journal_path(simulate)?;
    let began = context.clock.now().steady;
    let mut asked = false;
    loop {
        let error = match drive::try_open(context, &path, "cancel") {
            Ok(journal) => return Ok(journal),
            Err(error) => error,
        };
        let JournalError::Locked { .. } = error else { return Err(error.into()) };
        if context.clock.now().steady.since(began) > RUNNER_ENDS {
            return Err(error.into());
        }
        if !asked {
            reader.request_stop(batch.id, &environment::user(), context.clock.now().wall)?;
            context.screen.note("the run is asked to stop; waiting for it to end ...\n");
            asked = true;
        }
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "no run is going on here: another process is waited for, with an end"
)]
fn pause() {
    std::thread::sleep(LOCK_TRIED);
}
