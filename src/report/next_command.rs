//! What goes on with a batch that nobody runs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{End, State};
use crate::journal::Batch;
use crate::reporter::{left_words, thousands};

use super::Commands;

/// The command that goes on, and why it is needed.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub(super) struct NextCommand {
    pub(super) command: String,
    pub(super) reason: String,
}

/// The command that goes on with a batch that nobody runs; none where every machine is settled.
pub fn next_command(batch: &Batch, commands: &Commands) -> Option<String> {
    next(batch, commands).map(|next| next.command)
}

/// The first thing to do; none where every machine is settled.
pub(super) fn next(batch: &Batch, commands: &Commands) -> Option<NextCommand> {
    let (words, reason) = words_and_reason(batch)?;
    Some(NextCommand { command: commands.of(&words), reason })
}

/// The same command without the program's name and its options.
pub(super) fn next_words(batch: &Batch) -> Option<String> {
    words_and_reason(batch).map(|(words, _)| words)
}

fn words_and_reason(batch: &Batch) -> Option<(String, String)> {
    let (counts, id) = (&batch.counts, batch.id);
    let of = |state| counts.of(state);
    Some(if counts.to_send_or_look_up() > 0 {
        let left = left_words(counts);
        let why = match batch.end {
            Some(End::Settled | End::Pending) => "queued again",
            end => end_words(end),
        };
        (format!("resume {id}"), format!("{left}: {why}"))
    } else if of(State::Held) > 0 {
        let held = thousands(of(State::Held));
        (format!("resolve --only held --batch {id}"), format!("{held} held: a person decides"))
    } else if of(State::Pending) > 0 {
        let pending = thousands(of(State::Pending));
        (format!("track {id}"), format!("{pending} pending: their actions have not ended"))
    } else {
        return None;
    })
}

/// How a run ended, as the end of a sentence.
pub(super) const fn end_words(end: Option<End>) -> &'static str {
    match end {
        None => "the program or the computer ended",
        Some(End::Settled) => "every machine was settled",
        Some(End::Pending) => "everything was sent",
        Some(End::Interrupted) => "interrupted",
        Some(End::Stopped) => "stopped on request",
        Some(End::Unreachable) => "Defender could not be reached",
        Some(End::NoAccess) => "the credentials or the permissions were refused",
        Some(End::Tripped) => "a guard stopped it",
        Some(End::PastUntil) => "the time to send was over",
    }
}
