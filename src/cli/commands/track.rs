//! `track`: asks Defender what became of pending actions.

use crate::cli::args::{BatchWord, PacingArguments, TrackArguments};
use crate::cli::batch::choose;
use crate::cli::batch::closing::{self, Closing};
use crate::cli::batch::stored;
use crate::cli::connect::destination::Destination;
use crate::cli::connect::drive::{self, Driver};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::journal_path::Simulate;
use crate::cli::no_work;
use crate::cli::options::{self, remembered};
use crate::cli::signals::Signals;
use crate::domain::{End, State};
use crate::engine::Task;
use crate::journal::{Batch, Journal};

/// Follows the pending actions of one batch, or of all that have some.
pub(crate) fn track(context: &Context, given: &TrackArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(given.rehearsal.simulate);
    context.tell_simulation(simulate);
    let chosen = chosen(&context.read_journal(simulate)?, given.batch)?;
    if chosen.is_empty() {
        no_work::tell(context, "nothing to track: no action is pending");
        return Ok(Exit::Done);
    }
    let mut journal = drive::open(context, simulate, "track")?;
    let (mut exits, mut documents) = (Vec::new(), Vec::new());
    let mut signals = None;
    for batch in chosen {
        let closing = track_one(context, given, &mut signals, &mut journal, &batch)?;
        let end = closing.end;
        exits.push(closing.exit);
        if context.screen.is_json() {
            documents.push(closing.summary);
            closing.early.iter().for_each(|early| context.screen.warn(early));
        } else {
            closing.tell(context);
        }
        if let Some(End::Interrupted | End::Unreachable | End::NoAccess | End::Tripped) = end {
            // Ctrl-C, no network, no access: the next batch would fare no better.
            break;
        }
    }
    match documents.as_slice() {
        [] => {}
        [one] => context.screen.result(one),
        // Several batches are still one document.
        several => context.screen.result(&format!("[{}]", several.join(","))),
    }
    Ok(Exit::foremost(&exits))
}

fn chosen(journal: &Journal, word: Option<BatchWord>) -> Result<Vec<Batch>, Failure> {
    if let Some(BatchWord::Number(_) | BatchWord::Latest) = word {
        return Ok(vec![choose::shown(journal, word)?]);
    }
    let mut all = journal.batches()?;
    if all.is_empty() {
        return Err(choose::no_batch(journal));
    }
    all.retain(|batch| batch.counts.of(State::Pending) > 0);
    Ok(all)
}

fn track_one(
    context: &Context,
    given: &TrackArguments,
    signals: &mut Option<Signals>,
    journal: &mut Journal,
    batch: &Batch,
) -> Result<Closing, Failure> {
    let simulate = Simulate::from(given.rehearsal.simulate);
    let commands = context.commands(simulate);
    let batch = drive::reread(journal, batch.id)?;
    if batch.counts.of(State::Pending) == 0 {
        context.screen.note(&format!("no action of batch {} is pending\n", batch.id));
        return closing::repeat(context, &commands, journal, &batch);
    }
    let destination = Destination::of(&given.connection, given.rehearsal, Some(&batch))?;
    let machines = stored::rehearsed(journal, &batch, given.rehearsal)?;
    // For this once: what is followed longer today need not be so tomorrow.
    let mut run = remembered(&batch)?;
    options::overlay(&mut run, &PacingArguments::default(), &given.follow, destination.law());
    let runtime = drive::runtime()?;
    let not_begun = Failure::new(Exit::Unfinished, "nothing was asked")
        .hint(format!("go on: {}", commands.of(&format!("track {}", batch.id))));
    // One listener for all batches.
    let signals = match signals {
        Some(signals) => {
            signals.leaving(not_begun);
            signals
        }
        None => signals.insert(Signals::listen(context.screen, not_begun)?),
    };
    let link = destination.sign_in_again(&runtime, &batch, machines, &run.limits)?;
    stored::settle_stop(context, journal, &batch)?;
    let driver = Driver {
        context,
        commands: &commands,
        runtime: &runtime,
        signed: &link.signed,
        signals,
        progress: given.progress.progress,
        events: given.follow.events.as_deref(),
    };
    let conclusion = driver.drive(journal, &batch, Task::Track, "track", run)?;
    closing::conclude(context, &commands, journal, batch.id, &conclusion)
}
