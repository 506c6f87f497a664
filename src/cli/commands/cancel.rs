//! `cancel`: undoes what can be undone.

use std::time::Duration;

use crate::cli::args::CancelArguments;
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::run_by::note_run_by;
use crate::cli::batch::selection;
use crate::cli::batch::stored;
use crate::cli::batch::withdrawal::Withdrawal;
use crate::cli::connect::{self, CommandSession, OnlineSession};
use crate::cli::environment;
use crate::cli::no_work;
use crate::cli::options::remembered;
use crate::cli::plurals::machines;
use crate::cli::signals::Signals;
use crate::cli::terminal::{Consent, confirm};
use crate::cli::{Context, Exit, Failure};
use crate::domain::End;
use crate::engine::{RunOptions, StopSignal, Task};
use crate::journal::{Batch, Journal, JournalError};

const NOTHING_CANCELLED: &str = "nothing was cancelled";

/// How long a runner that was asked to stop is waited for: its requests in flight have a deadline
/// of half a minute.
const RUNNER_ENDS: Duration = Duration::from_mins(1);

const LOCK_TRIED: Duration = Duration::from_millis(200);

/// Withdraws what is not sent, cancels at Defender what has not ended, tells what came too late.
pub(crate) fn cancel(context: &Context, given: &CancelArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let purpose =
        ChosenFor { command: "cancel", adjective: "unfinished", machines: choose::unsettled };
    let reader = context.read_journal()?;
    let Some(chosen) = choose::fitting(&reader, given.batch, &purpose, &context.commands)? else {
        return Ok(no_work::tell(context, "nothing to cancel: no batch is unfinished"));
    };
    let filter = selection::filter(context.screen, &given.selection, (&reader, Some(chosen.id)))?;
    let before = Withdrawal::choose(&reader, &chosen, &filter)?;
    if before.machines() == 0 {
        return Ok(no_work::tell(context, "nothing to cancel: no machine was chosen"));
    }
    let not_begun = || Failure::new(Exit::Guard, NOTHING_CANCELLED).needs_no_hint();
    let signals = Signals::listen(context.screen, not_begun())?;
    let said = format!(
        "cancel takes back {} of batch {}: machines not yet sent are withdrawn, actions that\n\
         have not ended are cancelled at Defender.\n",
        machines(before.machines()),
        chosen.id
    );
    let consent = Consent::from(given.yes);
    context.screen.note_or_ask(consent, &said);
    let words = format!("cancel {}", before.machines());
    signals.asking(NOTHING_CANCELLED);
    confirm(context.screen, consent, &words, NOTHING_CANCELLED)?;
    signals.leaving(not_begun());
    let journal = wait_for_lock(context, reader, &chosen)?;
    let holds = (journal, signals.clone());
    let mut session = CommandSession::after_question(context, "cancel", &given.session, holds);
    let batch = session.batch(chosen.id)?;
    stored::settle_stop(context, &mut session.journal, &batch)?;
    // Chosen again: the runner may have gone on until it was stopped.
    let withdrawal = Withdrawal::choose(&session.journal, &batch, &filter)?;
    let end = if withdrawal.reaches_defender(&session.journal)? {
        let destination = session.destination(Some(&batch))?;
        let run = remembered(&batch)?;
        let mut online = session.sign_in_for_batch(destination, &batch, &run, not_begun())?;
        Some(at_defender(&mut online, given, &batch, &withdrawal, run)?)
    } else {
        // Nothing is waited for, so one signal comes too late to stop it.
        let again = format!("cancel {}{}", batch.id, selection::words(&given.selection));
        signals.running(StopSignal::new(), context.commands.of(&again));
        note_run_by(context, &mut session.journal, batch.id, "cancel", None)?;
        None
    };
    // What is queued; after Defender was asked, what turned out not to have been sent.
    withdrawal.withdraw(context, &mut session.journal)?;
    let outcome = withdrawal.outcome(&session.journal)?;
    outcome.tell(context, &given.selection);
    Ok(outcome.exit(end))
}

/// Withdraws what is queued, once signed in: who may not cancel at Defender changes nothing here
/// either. Then asks Defender to cancel, and follows what it says.
fn at_defender(
    online: &mut OnlineSession<'_>,
    given: &CancelArguments,
    batch: &Batch,
    withdrawal: &Withdrawal,
    run: RunOptions,
) -> Result<End, Failure> {
    let (context, chosen) = (online.context, selection::words(&given.selection));
    online.signals.across(|| {
        let withdrawn = withdrawal.withdraw(context, online.journal)?;
        let said = format!("{} withdrawn; Defender was not asked yet", machines(withdrawn));
        let again = format!("cancel {}{chosen}", batch.id);
        let again = format!("take back the rest: {}", context.commands.of(&again));
        Ok(((), Failure::new(Exit::Unfinished, said).hint(again)))
    })?;
    let conclusion = online.run(batch, (Task::Cancel(withdrawal.only()), &chosen), run)?;
    if let Some(why) = &conclusion.why
        && conclusion.end != End::Interrupted
    {
        context.screen.note(&format!("{why}\n"));
    }
    Ok(conclusion.end)
}

/// Becomes the one runner; another one is asked to stop first.
fn wait_for_lock(
    context: &Context,
    mut reader: Journal,
    batch: &Batch,
) -> Result<Journal, Failure> {
    let path = context.journal_path()?;
    let began = context.clock.now().steady;
    let mut asked = false;
    loop {
        let error = match connect::try_open_as_runner(context, &path, "cancel") {
            Ok(journal) => return Ok(journal),
            Err(error) => error,
        };
        let JournalError::Locked { .. } = error else { return Err(error.into()) };
        if context.clock.now().steady.since(began) > RUNNER_ENDS {
            return Err(error.into());
        }
        if !asked {
            reader.request_stop(batch.id, &environment::user(), context.clock.now().wall)?;
            let now = context.clock.now();
            let end = context.zone.when(now.wall_at(began.plus(RUNNER_ENDS)), now.wall);
            let said =
                format!("the run is asked to stop; waiting for it to end, giving up {end}\n");
            context.screen.note(&said);
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
