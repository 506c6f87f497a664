//! What Defender said to the cancel of a machine's action, by the machine's facts.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Detail, Fact, Timestamp};

/// Where the cancel of an action that has not ended stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum CancelAnswer {
    /// Nothing was sent yet.
    #[default]
    NotAsked,
    /// Something was sent, and no answer of Defender's says that it was taken up.
    NotTaken(Detail),
    /// Taken up, as far as is known: the last request was answered, or its answer was lost with the
    /// process.
    Asked,
    /// Defender would not cancel.
    Refused(Detail),
    /// Defender knows no such action.
    UnknownAction(Detail),
}

impl CancelAnswer {
    /// A request that was not taken up changes nothing about what an earlier one was told.
    pub(super) fn of(facts: &[(Timestamp, Fact)]) -> Self {
        let (mut before, mut answer) = (Self::NotAsked, Self::NotAsked);
        for (_, fact) in facts {
            match fact {
                Fact::Accepted { .. } => (before, answer) = (Self::NotAsked, Self::NotAsked),
                Fact::CancelAsked => before = std::mem::replace(&mut answer, Self::Asked),
                Fact::CancelFailed { detail } => {
                    answer = match std::mem::take(&mut before) {
                        Self::NotAsked | Self::NotTaken(_) => Self::NotTaken(detail.clone()),
                        said => said,
                    };
                }
                Fact::CancelRefused { detail } if detail.http_status == Some(404) => {
                    answer = Self::UnknownAction(detail.clone());
                }
                Fact::CancelRefused { detail } => answer = Self::Refused(detail.clone()),
                _ => {}
            }
        }
        answer
    }
}

/// What the words are about: the counts of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SaidOf {
    NotAsked,
    Refused,
    UnknownActions,
}

/// The same words about some machines.
#[derive(Debug, Clone, JsonSchema, Serialize)]
pub(super) struct SaidWords {
    outcome: SaidOf,
    machines: u64,
    http_status: Option<u16>,
    code: Option<String>,
    message: String,
    #[serde(skip)]
    line: String,
}

/// Most different words that are kept: a server may write an ID into each of its messages.
const WORDS_MAX: usize = 20;

/// Most of them on the screen, of one outcome.
const LINES_MAX: usize = 3;

/// What was said about cancels, without repetition.
#[derive(Debug, Clone, Default, JsonSchema, Serialize)]
#[serde(transparent)]
pub(super) struct Sayings(Vec<SaidWords>);

impl Sayings {
    pub(super) fn add(&mut self, outcome: SaidOf, detail: Detail) {
        let line = detail.to_string();
        let same = |said: &&mut SaidWords| said.outcome == outcome && said.line == line;
        if let Some(said) = self.0.iter_mut().find(same) {
            said.machines += 1;
        } else if self.0.len() < WORDS_MAX {
            let Detail { http_status, code, message } = detail;
            self.0.push(SaidWords { outcome, machines: 1, http_status, code, message, line });
        }
    }

    /// The most frequent words about an outcome, with the number of their machines.
    pub(super) fn lines(&self, outcome: SaidOf) -> impl Iterator<Item = (u64, &str)> {
        let mut about: Vec<&SaidWords> =
            self.0.iter().filter(|said| said.outcome == outcome).collect();
        about.sort_by_key(|said| std::cmp::Reverse(said.machines));
        about.into_iter().take(LINES_MAX).map(|said| (said.machines, said.line.as_str()))
    }

    /// Whether Defender refused the permission to cancel.
    pub(super) fn forbid(&self) -> bool {
        let forbids = |said: &SaidWords| {
            said.outcome == SaidOf::NotAsked && said.http_status == Some(403) && said.code.is_some()
        };
        self.0.iter().any(forbids)
    }
}
