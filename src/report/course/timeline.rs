//! What happened to the batch as a whole, and who worked on it.

use std::collections::VecDeque;
use std::fmt;

use crate::domain::{BatchFact, Timestamp};

/// Most entries from the beginning, and most from the end, that are kept: pages of them.
const KEPT_MAX: usize = 100;

/// Most people, computers, versions and apps that are told apart.
const OPERATORS_MAX: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    Fact(BatchFact),
    /// A run began though none had ended: the process or the computer ended. The instant is that of
    /// the last fact before.
    Silent,
}

/// The first and the last of what happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    first: Vec<(Timestamp, Happened)>,
    last: VecDeque<(Timestamp, Happened)>,
    left_out: u64,
}

impl Timeline {
    fn add(&mut self, at: Timestamp, happened: Happened) {
        if self.first.len() < KEPT_MAX {
            return self.first.push((at, happened));
        }
        if self.last.len() == KEPT_MAX {
            self.last.pop_front();
            self.left_out += 1;
        }
        self.last.push_back((at, happened));
    }

    /// The first entries, oldest first.
    pub fn first(&self) -> impl Iterator<Item = &(Timestamp, Happened)> {
        self.first.iter()
    }

    /// How many follow that are left out.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The last entries, oldest first.
    pub fn last(&self) -> impl Iterator<Item = &(Timestamp, Happened)> {
        self.last.iter()
    }
}

/// Who worked on the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// By the operating system.
    pub user: String,
    pub host: String,
    /// Of this program.
    pub version: String,
    /// The app that was signed in; none where nobody was.
    pub app: Option<String>,
}

impl Operator {
    /// All who worked on a batch, by the facts about it: in the order in which they came, each
    /// once.
    pub fn of<'f>(facts: impl IntoIterator<Item = &'f BatchFact>) -> Vec<Self> {
        let mut operators = Vec::new();
        facts.into_iter().for_each(|fact| Self::note(&mut operators, fact));
        operators
    }

    fn note(operators: &mut Vec<Self>, fact: &BatchFact) {
        let BatchFact::RunBy { user, host, version, app, .. } = fact else { return };
        let [user, host, version] = [user, host, version].map(Clone::clone);
        let operator = Self { user, host, version, app: app.clone() };
        if !operators.contains(&operator) && operators.len() < OPERATORS_MAX {
            operators.push(operator);
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, host, version, app } = self;
        write!(f, "{user} on {host}")?;
        if let Some(app) = app {
            write!(f, ", app {app}")?;
        }
        write!(f, ", mde-offboard {version}")
    }
}

/// Both, as they come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Happenings {
    pub(super) timeline: Timeline,
    pub(super) operators: Vec<Operator>,
    /// Whether a run has begun that has not ended.
    is_open: bool,
}

impl Happenings {
    /// `before` is the instant of the fact before this one.
    pub(super) fn add(&mut self, at: Timestamp, fact: BatchFact, before: Option<Timestamp>) {
        match &fact {
            BatchFact::RunBy { .. } => {
                self.note_silence(before);
                Operator::note(&mut self.operators, &fact);
            }
            BatchFact::Started { .. } => {
                self.note_silence(before);
                self.is_open = true;
            }
            BatchFact::Ended { .. } => self.is_open = false,
            _ => {}
        }
        self.timeline.add(at, Happened::Fact(fact));
    }

    fn note_silence(&mut self, before: Option<Timestamp>) {
        if let (true, Some(at)) = (self.is_open, before) {
            self.timeline.add(at, Happened::Silent);
        }
        self.is_open = false;
    }
}
