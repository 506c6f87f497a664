//! `resume`: goes on with an unfinished batch.

use crate::cli::args::{BatchWord, ResumeArguments};
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::closing;
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
use crate::cli::terminal::confirm::confirm;
use crate::cli::terminal::consent::Consent;
use crate::domain::{Counts, State};
use crate::engine::Task;
use crate::journal::{Batch, Journal};
use crate::report::Commands;
use crate::reporter::left_words;

const NOTHING_SENT: &str = "nothing was sent";

/// The batch that is named, else the only one that has something left to send; where none has, the
/// only one that has actions to follow.
fn chosen(
    journal: &Journal,
    word: Option<BatchWord>,
    commands: &Commands,
) -> Result<Option<Batch>, Failure> {
    let sends = ChosenFor {
        command: "resume",
        adjective: "unfinished",
        machines: Counts::to_send_or_look_up,
    };
    let follows = ChosenFor { machines: |counts| counts.of(State::Pending), ..sends };
    match choose::fitting(journal, word, &sends, commands)? {
        Some(batch) => Ok(Some(batch)),
        None => choose::fitting(journal, word, &follows, commands),
    }
}

/// Goes on with the options that the batch was started with.
pub(crate) fn resume(context: &Context, given: &ResumeArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(given.rehearsal.simulate);
    let commands = context.commands(simulate);
    context.tell_simulation(simulate);
    let Some(chosen) = chosen(&context.read_journal(simulate)?, given.batch, &commands)? else {
        no_work::tell(
            context,
            "nothing to resume: no batch has anything left to send or to follow",
        );
        return Ok(Exit::Done);
    };
    let mut journal = drive::open(context, simulate, "resume")?;
    let batch = drive::reread(&journal, chosen.id)?;
    if !stored::has_work(&batch.counts) {
        let said = format!("nothing is left to send or to follow in batch {}\n", batch.id);
        context.screen.note(&said);
        return Ok(closing::repeat(context, &commands, &journal, &batch)?.tell(context));
    }
    let stopped = journal.stop_request(batch.id)?;
    let destination = Destination::of(&given.connection, given.rehearsal, Some(&batch))?;
    let law = destination.law();
    let rehearsed = stored::rehearsed(&journal, &batch, given.rehearsal)?;
    let mut planned = remembered(&batch)?;
    options::overlay(&mut planned, &given.pacing, &given.follow, law);
    options::check_settle(&planned, law)?;
    let runtime = drive::runtime()?;
    let not_begun = Failure::new(Exit::Unfinished, NOTHING_SENT)
        .hint(format!("go on: {}", commands.of(&format!("resume {}", batch.id))));
    let signals = Signals::listen(context.screen, not_begun)?;
    let link = destination.sign_in_again(&runtime, &batch, rehearsed, &planned.limits)?;
    // Where all is sent, nothing can go wrong again.
    let sends = batch.counts.to_send_or_look_up() > 0;
    if let Some(why) = stored::resting(context, &journal, &batch)?.filter(|_| sends) {
        let (why, left) = (why.message, left_words(&batch.counts));
        let consent = Consent::from(given.yes);
        signals.asking(NOTHING_SENT);
        context.screen.note_or_ask(consent, &format!("{why}; {left}\n"));
        let words = format!("resume {}", batch.counts.to_send_or_look_up());
        confirm(context.screen, consent, &words, NOTHING_SENT)?;
    }
    stored::begin_or_rest(context, &commands, &mut journal, batch.id, stopped.as_ref())?;
    let run = stored::options(context, &mut journal, &batch, &given.pacing, &given.follow, law)?;
    let driver = Driver {
        context,
        commands: &commands,
        runtime: &runtime,
        signed: &link.signed,
        signals: &signals,
        progress: given.progress.progress,
        events: given.follow.events.as_deref(),
    };
    let conclusion = driver.drive(&mut journal, &batch, Task::Send, "resume", run)?;
    Ok(closing::conclude(context, &commands, &journal, batch.id, &conclusion)?.tell(context))
}
