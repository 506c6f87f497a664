//! The end of a run: the summary, or why it ended early, and the exit code.

use crate::defender::explanation;
use crate::domain::{BatchId, End, State, StoppedBy};
use crate::engine::Conclusion;
use crate::journal::{Batch, Journal};
use crate::report::{self, Commands, Summarized};
use crate::reporter::left_words;

use crate::cli::batch::stored::reread;
use crate::cli::options::remembered;
use crate::cli::{Context, Exit, Failure};

/// What came of a batch: its summary, and what the process ends with for it.
pub(crate) struct Closing {
    /// Prose, or with `--json` a document.
    pub(crate) summary: String,
    pub(crate) exit: Exit,
    /// How the run ended; none where there was none.
    pub(crate) end: Option<End>,
    /// Why it ended early, where that needs telling.
    pub(crate) early: Option<Failure>,
}

impl Closing {
    /// Puts the summary on standard output, and after it why the run ended early.
    pub(crate) fn tell(self, context: &Context) -> Exit {
        context.screen.result(&self.summary);
        if let Some(early) = &self.early {
            context.screen.warn(early);
        }
        self.exit
    }
}

pub(crate) fn conclude(
    context: &Context,
    journal: &Journal,
    id: BatchId,
    what: Summarized<'_>,
    conclusion: &Conclusion,
) -> Result<Closing, Failure> {
    let summary = summary(context, journal, id, what)?;
    let exit = Exit::of_batch(Some(conclusion.end), &conclusion.counts);
    let batch = reread(journal, id)?;
    let end = (conclusion.end, conclusion.guard);
    let why = conclusion.why.as_deref().map(|why| context.zone.until_here(why));
    let early = early_end(&batch, end, why.as_deref(), &context.commands);
    Ok(Closing { summary, exit, end: Some(conclusion.end), early })
}

/// What came of a batch that is over, with the same exit code.
pub(crate) fn repeat(
    context: &Context,
    journal: &Journal,
    batch: &Batch,
) -> Result<Closing, Failure> {
    let summary = summary(context, journal, batch.id, Summarized::Batch)?;
    Ok(Closing { summary, exit: Exit::of_batch(batch.end, &batch.counts), end: None, early: None })
}

fn summary(
    context: &Context,
    journal: &Journal,
    id: BatchId,
    what: Summarized<'_>,
) -> Result<String, Failure> {
    if !context.screen.is_json() {
        return Ok(report::closing(journal, id, what, &context.zone, &context.commands)?);
    }
    let options = remembered(&reread(journal, id)?)?;
    let mut status = report::status(journal, id, &options.budget(), context.clock.now())?;
    // The journal is still locked, by this very process, which is about to end.
    status.running = false;
    status.waiting = None;
    status.said = None;
    status.why_ended = report::why_ended(journal, &status.batch)?;
    Ok(status.to_json(&context.commands))
}

/// Why a run ended early, where it was not this terminal's wish.
fn early_end(
    batch: &Batch,
    (end, guard): (End, Option<StoppedBy>),
    said: Option<&str>,
    commands: &Commands,
) -> Option<Failure> {
    let id = batch.id;
    let left = left_words(&batch.counts);
    let left = if left.is_empty() { "everything is sent".to_owned() } else { left };
    let why = said.unwrap_or(end.word());
    let failure = match end {
        // Following is over, and no list could be read.
        End::Pending if said.is_some() => {
            let track = commands.of(&format!("track {id}"));
            return Some(
                Failure::new(Exit::Pending, why).hint(format!("ask again later: {track}")),
            );
        }
        End::Settled | End::Pending | End::Interrupted => return None,
        End::Stopped => Failure::new(Exit::of_batch(Some(end), &batch.counts), why),
        End::Unreachable => Failure::new(Exit::Unfinished, format!("{why}; {left}")),
        End::NoAccess => Failure::new(Exit::NoAccess, format!("{why}; {left}")),
        End::Tripped => Failure::new(Exit::Guard, format!("{why}; {left}")),
        End::PastUntil => Failure::new(Exit::Unfinished, format!("{why}; {left}")),
    };
    let hint = hint(batch, (end, guard), commands);
    let hint = match advice(why).filter(|_| end == End::NoAccess) {
        Some(advice) => Some(hint.map_or(advice.to_owned(), |hint| format!("{advice}\n{hint}"))),
        None => hint,
    };
    Some(match hint {
        Some(hint) => failure.hint(hint),
        // Nothing is left to do.
        None => failure.needs_no_hint(),
    })
}

/// What to do about a code of Entra's that stands in the words.
pub(crate) fn advice(why: &str) -> Option<&'static str> {
    let words = why.split(|c: char| !c.is_ascii_alphanumeric());
    words.into_iter().find_map(explanation).map(|explained| explained.advice)
}

/// What to do after an early end. Where all is sent, nothing is asked and nothing can go wrong
/// again: only what is left continues.
fn hint(
    batch: &Batch,
    (end, guard): (End, Option<StoppedBy>),
    commands: &Commands,
) -> Option<String> {
    let go_on = report::next_command(batch, commands)?;
    let cancel = commands.of(&format!("cancel {}", batch.id));
    let sends = batch.counts.to_send_or_look_up() > 0;
    Some(match end {
        End::Tripped if sends && guard.is_some_and(|guard| guard != StoppedBy::Answers) => {
            let look = commands.of(&format!("report {}{}", batch.id, to_look_at(batch, guard)));
            format!("{look}; then `{go_on}` (asks first), or `{cancel}` to undo")
        }
        End::PastUntil => format!("{go_on} --until TIME"),
        End::Tripped if sends => {
            format!("check the reason first; then `{go_on}` (asks first), or `{cancel}` to undo")
        }
        End::Tripped => format!("check the reason first; what is left: {go_on}"),
        End::NoAccess => format!("once that is fixed: {go_on}"),
        End::Stopped => format!("to continue: {go_on}"),
        _ => go_on,
    })
}

/// ` --only failed,pending`: the states of the machines because of which a guard stopped the run.
fn to_look_at(batch: &Batch, guard: Option<StoppedBy>) -> String {
    const OPEN: [State; 3] = [State::Pending, State::Uncertain, State::Held];
    if guard == Some(StoppedBy::Changes) {
        return " --only skipped".to_owned();
    }
    let open = OPEN.into_iter().filter(|_| guard == Some(StoppedBy::Canary));
    let failed = State::ALL.into_iter().filter(|state| state.is_unsuccessful());
    let states = failed.chain(open).filter(|state| batch.counts.of(*state) > 0);
    let words: Vec<&str> = states.map(State::word).collect();
    if words.is_empty() { String::new() } else { format!(" --only {}", words.join(",")) }
}
