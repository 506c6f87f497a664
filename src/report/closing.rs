//! What came of a run: the last thing on the screen.

use std::collections::{BTreeMap, HashSet};

use crate::domain::text::plural;
use crate::domain::{BatchId, End, MachineNumber, Reason, State, Timestamp, hex};
use crate::journal::{Batch, ChainHead, Filter, Journal};
use crate::reporter::{Sent, Side, Zone, lasting, lined_up, thousands};

use super::advice::error_lines;
use super::status::why_ended;
use super::{Commands, ReportError};

/// Widest line of a screen, and what the words before a command and the gaps take of it.
const COLUMNS_MAX: usize = 100;
const LABEL_COLUMNS: usize = 26;

/// What a command did whose summary is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summarized<'a> {
    /// It drove the batch, or tells again what came of it.
    Batch,
    /// It queued these machines again, and drove the batch.
    Retry(&'a [MachineNumber]),
    /// It asked what became of pending actions, and sent nothing.
    Track,
}

/// The closing summary: how far it got, the counts, the errors with what to do, and the commands
/// for what is left. Ends with a line end.
///
/// # Errors
/// Where the journal cannot be read or has no such batch.
pub fn closing(
    journal: &Journal,
    batch: BatchId,
    what: Summarized<'_>,
    zone: &Zone,
    commands: &Commands,
) -> Result<String, ReportError> {
    journal.at_one_instant(|journal| read(journal, batch, what, zone, commands))
}

fn read(
    journal: &Journal,
    batch: BatchId,
    what: Summarized<'_>,
    zone: &Zone,
    commands: &Commands,
) -> Result<String, ReportError> {
    let batch = journal.batch(batch)?.ok_or(ReportError::NoBatch(batch))?;
    let mut lines = Vec::new();
    if batch.tenant.is_simulated() {
        lines.push("SIMULATION: no tenant was touched.".to_owned());
    }
    if let Summarized::Retry(numbers) = what {
        lines.push(queued_again(journal, &batch, numbers)?);
    }
    lines.push(headline(&batch, what, zone));
    if what == Summarized::Batch {
        lines.extend(first_forecast(&batch, journal.first_forecast(batch.id)?, zone));
    }
    lines.extend(counts_lines(&batch, commands));
    let outcomes = Outcomes::of(journal, &batch)?;
    lines.extend(verdict(&batch, outcomes));
    let errors = error_lines(&journal.codes(batch.id)?);
    if !errors.is_empty() {
        lines.push(String::new());
        lines.extend(errors);
    }
    let next = next_lines(&batch, (retryable(journal, &batch)?, outcomes), commands);
    if !next.is_empty() {
        lines.push(String::new());
        lines.extend(next);
    }
    lines.push(String::new());
    lines.push(proof(journal.chain_head()?));
    Ok(lines.join("\n") + "\n")
}

/// What became of the machines that were queued again.
fn queued_again(
    journal: &Journal,
    batch: &Batch,
    numbers: &[MachineNumber],
) -> Result<String, ReportError> {
    let numbers: HashSet<MachineNumber> = numbers.iter().copied().collect();
    let mut states = BTreeMap::new();
    journal.each_machine(batch.id, &Filter::default(), |machine| {
        if numbers.contains(&machine.number) {
            let word = machine.standing.state.words();
            *states.entry(word).or_insert(0_u64) += 1;
        }
    })?;
    let parts =
        states.into_iter().map(|(word, machines)| format!("{word} {}", thousands(machines)));
    let parts = parts.collect::<Vec<_>>().join("   ");
    let count = numbers.len() as u64;
    let machines = plural(count, "machine", "machines");
    Ok(format!("Tried again: {} {machines}: {parts}", thousands(count)))
}

pub(super) fn headline(batch: &Batch, what: Summarized<'_>, zone: &Zone) -> String {
    let Sent { sent, of } = Sent::at_rest(&batch.counts);
    if batch.counts.to_send_or_look_up() > 0 && what == Summarized::Track {
        let (sent, of) = (thousands(sent), thousands(of));
        return format!("Batch {} is not sent to its end: {sent} of {of}.", batch.id);
    }
    if batch.counts.to_send_or_look_up() > 0 {
        return format!("Stopped at {} of {}. Nothing is lost.", thousands(sent), thousands(of));
    }
    if of == 0 {
        return format!("Batch {} has nothing to send.", batch.id);
    }
    let when = match (batch.first_sent_at, batch.last_sent_at) {
        (Some(first), Some(last)) => {
            let now = batch.ended_at.unwrap_or(last);
            let took = match what {
                Summarized::Batch => format!(" in {}", lasting(last.since(first))),
                // The days until a retry are not what the sending took.
                Summarized::Retry(_) | Summarized::Track => String::new(),
            };
            format!("{took}, last request {} {}", zone.when(last, now), zone.name(last))
        }
        _ => String::new(),
    };
    format!("Batch {} is sent: {} of {}{when}", batch.id, thousands(sent), thousands(of))
}

/// Whole, since only a whole one can be looked for later.
fn proof(ChainHead { hash, .. }: ChainHead) -> String {
    format!("  proof   note this audit head: {}", hex::encode(&hash))
}

/// How far off the first forecast was, once all is sent.
pub(super) fn first_forecast(
    batch: &Batch,
    said: Option<Timestamp>,
    zone: &Zone,
) -> Option<String> {
    let (said, came) =
        said.zip(batch.last_sent_at).filter(|_| batch.counts.to_send_or_look_up() == 0)?;
    let (late, early) = (came.since(said), said.since(came));
    let off = match (late.as_secs(), early.as_secs()) {
        (0, 0) => "right to the second".to_owned(),
        (1.., _) => format!("{} too early", lasting(late)),
        (0, _) => format!("{} too late", lasting(early)),
    };
    let at = zone.near_minute(said, batch.ended_at.unwrap_or(came));
    Some(format!("  first forecast: {at}, {off}"))
}

/// Every machine is in exactly one of the counts.
fn counts_lines(batch: &Batch, commands: &Commands) -> Vec<String> {
    let of = |state: State| batch.counts.of(state);
    let one = |state: State| {
        (of(state) > 0).then(|| format!("{} {}", state.words(), thousands(of(state))))
    };
    // The skipped ones have a line of their own.
    let counted = State::IN_ORDER.into_iter().filter(|state| *state != State::Skipped);
    let parts: Vec<String> = counted.filter_map(one).collect();
    let mut lines = Vec::new();
    if !parts.is_empty() {
        lines.push(format!("  {}", parts.join("   ")));
    }
    if of(State::Skipped) > 0 {
        let list = commands.of(&format!("report {} --only skipped", batch.id));
        lines.push(format!("  also: skipped {} (reasons: {list})", thousands(of(State::Skipped))));
    }
    lines
}

/// Whether Defender was asked what became of everything that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcomes {
    Asked,
    /// Or the answer could not be read.
    NotAsked,
}

impl Outcomes {
    /// A run that followed its actions to the end has read since its last request.
    pub(super) fn of(journal: &Journal, batch: &Batch) -> Result<Self, ReportError> {
        let (Some(sent), Some(ended), Some(End::Pending)) =
            (batch.last_sent_at, batch.ended_at, batch.end)
        else {
            return Ok(Self::NotAsked);
        };
        let read = why_ended(journal, batch)?.is_none() && journal.has_read_in(sent, ended)?;
        Ok(if read { Self::Asked } else { Self::NotAsked })
    }
}

/// In one sentence, where nothing went wrong.
pub(super) fn verdict(batch: &Batch, outcomes: Outcomes) -> Option<String> {
    let counts = &batch.counts;
    let pending = counts.of(State::Pending);
    let bad = counts.unsuccessful() + counts.of(State::Held) + counts.to_send_or_look_up();
    if bad > 0 {
        return None;
    }
    let number = thousands(pending);
    match (pending, outcomes) {
        (0, _) => (counts.of(State::Succeeded) > 0).then(|| "Every action succeeded.".to_owned()),
        (_, Outcomes::Asked) => Some(format!(
            "Everything is sent and nothing failed. {number} {} pending, as is normal for \
             machines\nthat are switched off.",
            plural(pending, "action is", "actions are")
        )),
        (_, Outcomes::NotAsked) => Some(format!(
            "Everything is sent. It is not known yet what became of {number} {}.",
            plural(pending, "action", "actions")
        )),
    }
}

/// Machines that `retry` takes without being told which: those that failed, timed out, or used up
/// their attempts.
pub(super) fn retryable(journal: &Journal, batch: &Batch) -> Result<u64, ReportError> {
    let ended = batch.counts.of(State::Failed) + batch.counts.of(State::TimedOut);
    Ok(match batch.counts.of(State::Rejected) {
        0 => ended,
        _ => ended + journal.rejected_for(batch.id, Reason::Attempts)?,
    })
}

fn next_lines(
    batch: &Batch,
    (retryable, outcomes): (u64, Outcomes),
    commands: &Commands,
) -> Vec<String> {
    let (id, counts) = (batch.id, &batch.counts);
    let (held, pending) = (counts.of(State::Held), counts.of(State::Pending));
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |what: &str, words: &str, note: &str| {
        let command = commands.of(&words.replace('#', &id.to_string()));
        let fits = LABEL_COLUMNS + command.len() + note.len() <= COLUMNS_MAX;
        if fits && !note.is_empty() {
            rows.push(vec![what.to_owned(), format!("{command}   {note}")]);
        } else {
            rows.push(vec![what.to_owned(), command]);
            rows.extend((!note.is_empty()).then(|| vec![String::new(), format!("  {note}")]));
        }
    };
    if counts.to_send_or_look_up() > 0 {
        row("continue", "resume #", "");
        row("undo what can be undone", "cancel #", "");
    } else if retryable > 0 {
        let left_out = match counts.unsuccessful() - retryable {
            0 => String::new(),
            some => format!("; left out: {} refused for good or cancelled", thousands(some)),
        };
        let machines = plural(retryable, "machine", "machines");
        row("try again", "retry #", &format!("{} {machines}{left_out}", thousands(retryable)));
    }
    if counts.to_send_or_look_up() == 0 && counts.unsuccessful() > 0 {
        row("list of them", "report # --only unsuccessful --output failed.csv", "");
    }
    if held > 0 {
        let note = format!("{} held: shows them and your choices", thousands(held));
        row("decide", "resolve --only held --batch #", &note);
    }
    if counts.to_send_or_look_up() == 0 && pending > 0 {
        let note = match outcomes {
            Outcomes::Asked => "tomorrow; normal for machines that are switched off",
            Outcomes::NotAsked => "asks Defender what became of them",
        };
        row("pending", "track #", note);
    }
    lined_up(&rows, &[Side::Left; 2], 2, 3)
}
