//! What of a batch needs a person, from what is worst to what can wait.
//!
//! Deliberately absent: what somebody chose (a run that was stopped or interrupted, a time that was
//! over), and actions that are pending, as is normal for machines that are switched off.

use crate::domain::{End, State};
use crate::event::WaitReason;
use crate::journal::{Batch, Journal};
use crate::reporter::{Zone, left_words, thousands, waiting_words};

use crate::report::closing::retryable;
use crate::report::next_command::{end_words, next_words};
use crate::report::prose::SILENT;
use crate::report::{ReportError, Status};

/// In the order in which a person looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NeedKind {
    /// The journal cannot be read.
    Unreadable,
    /// A part of what was written is lost: an older copy was put back, or the log is missing.
    RolledBack,
    /// A guard stopped the run.
    Tripped,
    /// Credentials or permissions were refused.
    NoAccess,
    /// Defender could not be reached.
    Unreachable,
    /// The program or the computer ended while it ran.
    Died,
    /// A runner that gives no sign of life.
    Silent,
    /// Machines that may be offboarded or not.
    Held,
    /// Machines that failed and can be tried again.
    Failed,
    /// Another batch of the journal is unfinished.
    OtherBatch,
}

impl NeedKind {
    /// The word that scripts see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::RolledBack => "rolled_back",
            Self::Tripped => "tripped",
            Self::NoAccess => "no_access",
            Self::Unreachable => "unreachable",
            Self::Died => "died",
            Self::Silent => "silent",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::OtherBatch => "other_batch",
        }
    }

    /// All of them, each once.
    pub const ALL: [Self; 10] = [
        Self::Unreadable,
        Self::RolledBack,
        Self::Tripped,
        Self::NoAccess,
        Self::Unreachable,
        Self::Died,
        Self::Silent,
        Self::Held,
        Self::Failed,
        Self::OtherBatch,
    ];
}

/// One thing that needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub kind: NeedKind,
    /// Why, in words, with times in UTC where they come from the journal.
    why: Why,
    /// The command that helps, without the program's name and the journal.
    pub command: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    Words(String),
    /// The runner waits, and says until when.
    Waits,
    /// Since when nothing was heard.
    Silence,
}

impl Need {
    pub(super) fn new(kind: NeedKind, words: impl Into<String>, command: Option<String>) -> Self {
        Self { kind, why: Why::Words(words.into()), command }
    }

    /// Why, on the clock of the person who reads it.
    pub fn words(&self, status: Option<&Status>, zone: &Zone) -> String {
        match (&self.why, status) {
            (Why::Words(words), _) => zone.until_here(words).into_owned(),
            (Why::Waits, Some(status)) => {
                status.waiting.as_ref().map_or_else(String::new, |wait| {
                    waiting_words(wait, &status.batch.counts, status.at, zone)
                })
            }
            (Why::Silence, Some(status)) => status.who_runs(zone),
            (Why::Waits | Why::Silence, None) => String::new(),
        }
    }
}

/// What a batch needs, the worst first.
pub(super) fn needs_of(journal: &Journal, status: &Status) -> Result<Vec<Need>, ReportError> {
    let batch = &status.batch;
    let mut needs: Vec<Need> = Vec::new();
    if let Some(log) = journal.lost_log() {
        let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let words = format!("what was written last is lost: {name} is missing, or not its own");
        needs.push(Need::new(NeedKind::RolledBack, words, next_words(batch)));
    } else if !status.running && is_unfinished(batch) && journal.is_rolled_back(batch.id)? {
        let words = "an older copy was put back: the next run asks Defender what was sent";
        needs.push(Need::new(NeedKind::RolledBack, words, next_words(batch)));
    }
    needs.extend(if status.running { need_of_run(status) } else { need_of_end(status) });
    let held = batch.counts.of(State::Held);
    if held > 0 {
        let words = format!("{} held: a person decides", thousands(held));
        let command = format!("resolve --only held --batch {}", batch.id);
        needs.push(Need::new(NeedKind::Held, words, Some(command)));
    }
    if !status.running && batch.counts.to_send_or_look_up() == 0 {
        let failed = retryable(journal, batch)?;
        if failed > 0 {
            let words = format!("{} failed and can be tried again", thousands(failed));
            needs.push(Need::new(NeedKind::Failed, words, Some(format!("retry {}", batch.id))));
        }
    }
    Ok(needs)
}

/// What another batch of the same journal has left; none: nothing.
pub(super) fn need_of_other(batch: &Batch) -> Option<Need> {
    let (counts, held) = (&batch.counts, batch.counts.of(State::Held));
    let left = match (counts.to_send_or_look_up(), held) {
        (0, 0) => return None,
        (0, held) => format!("{} held", thousands(held)),
        _ => left_words(counts),
    };
    let words = format!("batch {} too: {left}", batch.id);
    Some(Need::new(NeedKind::OtherBatch, words, next_words(batch)))
}

/// Whether something is left to send, to find out or to follow.
fn is_unfinished(batch: &Batch) -> bool {
    batch.counts.settled() < batch.counts.total()
}

/// What of a run cannot go on without a person, or not for long.
fn need_of_run(status: &Status) -> Option<Need> {
    let why = || status.why_ended.clone().unwrap_or_else(|| end_words(status.batch.end).to_owned());
    if status.batch.end == Some(End::Tripped) {
        return Some(Need::new(NeedKind::Tripped, why(), None));
    }
    if status.sign_of_life().is_some_and(|at| status.at.since(at) >= SILENT) {
        return Some(Need { kind: NeedKind::Silent, why: Why::Silence, command: None });
    }
    let kind = match status.waiting.as_ref()?.reason {
        WaitReason::SignIn { .. } => NeedKind::NoAccess,
        WaitReason::Network { .. } => NeedKind::Unreachable,
        _ => return None,
    };
    Some(Need { kind, why: Why::Waits, command: None })
}

/// The same of how the last run ended.
fn need_of_end(status: &Status) -> Option<Need> {
    let batch = &status.batch;
    if !is_unfinished(batch) {
        return None;
    }
    let kind = match batch.end {
        Some(End::Tripped) => NeedKind::Tripped,
        Some(End::NoAccess) => NeedKind::NoAccess,
        Some(End::Unreachable) => NeedKind::Unreachable,
        None => NeedKind::Died,
        Some(End::Settled | End::Pending | End::Interrupted | End::Stopped | End::PastUntil) => {
            return None;
        }
    };
    let mut words = end_words(batch.end).to_owned();
    if let Some(why) = &status.why_ended {
        words = format!("{words}: {why}");
    }
    let left = left_words(&batch.counts);
    if !left.is_empty() {
        words = format!("{left}; {words}");
    }
    Some(Need::new(kind, words, next_words(batch)))
}
