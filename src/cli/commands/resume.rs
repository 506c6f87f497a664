//! `resume`: continues an unfinished batch.

use crate::cli::args::ResumeArguments;
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::{closing, stored};
use crate::cli::connect::{CommandSession, OnlineSession};
use crate::cli::guard_options;
use crate::cli::no_work;
use crate::cli::options::{self, remembered};
use crate::cli::terminal::{Consent, confirm};
use crate::cli::{Context, Exit, Failure};
use crate::domain::{Counts, State};
use crate::engine::{self, Task};
use crate::journal::{Batch, Journal};
use crate::reporter::left_words;

const NOTHING_SENT: &str = "nothing was sent";

/// Goes on with the options that the batch was started with.
pub(crate) fn resume(context: &Context, given: &ResumeArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let Some(chosen) = chosen(context, &context.read_journal()?, given)? else {
        let said = "nothing to resume: no batch has anything left to send or to follow";
        return Ok(no_work::tell(context, said));
    };
    let mut session =
        CommandSession::open(context, "resume", &given.session, given.follow.events.as_deref())?;
    let batch = session.batch(chosen.id)?;
    if !stored::has_work(&batch.counts) {
        let said = format!("nothing is left to send or to follow in batch {}\n", batch.id);
        context.screen.note(&said);
        return Ok(closing::repeat(context, &session.journal, &batch)?.tell(context));
    }
    let stopped = session.journal.stop_request(batch.id)?;
    let destination = session.destination(Some(&batch))?;
    let mut planned = remembered(&batch)?;
    options::overlay(&mut planned, &given.pacing, &given.follow, destination.realm());
    guard_options::overlay_guards(&mut planned, &given.guards, context.here_and_now())?;
    options::check_settle(&planned, destination.realm())?;
    let go_on = context.commands.of(&format!("resume {}", batch.id));
    let not_begun = Failure::new(Exit::Unfinished, NOTHING_SENT).hint(format!("continue: {go_on}"));
    let mut online = session.sign_in_for_batch(destination, &batch, &planned, not_begun)?;
    ask_if_resting(&online, given.yes.into(), &batch)?;
    stored::begin_or_rest(context, online.journal, batch.id, stopped.as_ref())?;
    let now = context.clock.now().wall;
    engine::lift_guards(online.journal, batch.id, &remembered(&batch)?, now)?;
    let run = stored::options(context, online.journal, &batch, &given.into())?;
    Ok(online.run_and_close(&batch, Task::Send, run)?.tell(context))
}

/// The batch that is named, else the only one that has something left to send; where none has, the
/// only one that has actions to follow.
fn chosen(
    context: &Context,
    journal: &Journal,
    given: &ResumeArguments,
) -> Result<Option<Batch>, Failure> {
    let machines = Counts::to_send_or_look_up;
    let sends = ChosenFor { command: "resume", adjective: "unfinished", machines };
    let follows = ChosenFor { machines: |counts| counts.of(State::Pending), ..sends };
    match choose::fitting(journal, given.batch, &sends, &context.commands)? {
        Some(batch) => Ok(Some(batch)),
        None => choose::fitting(journal, given.batch, &follows, &context.commands),
    }
}

/// A batch that somebody or a guard stopped continues only after a question. Where all is sent,
/// nothing can go wrong again, and nothing is asked.
fn ask_if_resting(
    online: &OnlineSession<'_>,
    consent: Consent,
    batch: &Batch,
) -> Result<(), Failure> {
    let (context, left) = (online.context, batch.counts.to_send_or_look_up());
    let Some(why) = stored::resting(context, online.journal, batch)?.filter(|_| left > 0) else {
        return Ok(());
    };
    online.signals.asking(NOTHING_SENT);
    let said = format!("{}; {}\n", why.message(), left_words(&batch.counts));
    context.screen.note_or_ask(consent, &said);
    confirm(context.screen, consent, &format!("resume {left}"), NOTHING_SENT)
}
