//! `track`: asks Defender what became of pending actions.

use crate::cli::args::{BatchWord, PacingArguments, TrackArguments};
use crate::cli::batch::closing::{self, Closing};
use crate::cli::batch::{choose, stored};
use crate::cli::connect::CommandSession;
use crate::cli::no_work;
use crate::cli::options::{self, remembered};
use crate::cli::{Context, Exit, Failure};
use crate::domain::{End, State};
use crate::engine::Task;
use crate::journal::{Batch, Journal};

/// Follows the pending actions of one batch, or of all that have some.
pub(crate) fn track(context: &Context, given: &TrackArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let chosen = chosen(&context.read_journal()?, given.batch)?;
    if chosen.is_empty() {
        return Ok(no_work::tell(context, "nothing to track: no action is pending"));
    }
    let mut session =
        CommandSession::open(context, "track", &given.session, given.follow.events.as_deref())?;
    let (mut exits, mut documents) = (Vec::new(), Vec::new());
    for batch in chosen {
        let closing = track_one(&mut session, given, &batch)?;
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
    session: &mut CommandSession<'_>,
    given: &TrackArguments,
    batch: &Batch,
) -> Result<Closing, Failure> {
    let context = session.context;
    let batch = session.batch(batch.id)?;
    if batch.counts.of(State::Pending) == 0 {
        context.screen.note(&format!("no action of batch {} is pending\n", batch.id));
        return closing::repeat(context, &session.journal, &batch);
    }
    let destination = session.destination(Some(&batch))?;
    // For this once: what is followed longer today need not be so tomorrow.
    let mut run = remembered(&batch)?;
    let pacing = PacingArguments::default();
    options::overlay(&mut run, &pacing, &given.follow, destination.realm());
    let go_on = context.commands.of(&format!("track {}", batch.id));
    let not_begun =
        Failure::new(Exit::Unfinished, "nothing was asked").hint(format!("continue: {go_on}"));
    let mut online = session.sign_in_for_batch(destination, &batch, &run, not_begun)?;
    stored::settle_stop(context, online.journal, &batch)?;
    online.run_and_close(&batch, Task::Track, run)
}
