//! One check: what it is about, and what came of it.

use crate::cli::{Exit, Failure};
use crate::domain::Advice;

pub(crate) struct CheckItem {
    pub(super) name: &'static str,
    pub(super) found: String,
    pub(super) outcome: CheckOutcome,
}

pub(super) enum CheckOutcome {
    Fine,
    /// It works, and may not for long, or not for everybody.
    Warned(Advice),
    Failed(Box<Failure>),
    /// Something before it failed, or nobody can tell.
    NotMade,
}

impl CheckItem {
    pub(crate) fn fine(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, found: found.into(), outcome: CheckOutcome::Fine }
    }

    pub(crate) fn warned(
        name: &'static str,
        found: impl Into<String>,
        advice: impl Into<Advice>,
    ) -> Self {
        Self { name, found: found.into(), outcome: CheckOutcome::Warned(advice.into()) }
    }

    /// What was found is what the failure says.
    pub(crate) fn failed(name: &'static str, failure: Failure) -> Self {
        Self::failed_with(name, failure.message.clone(), failure)
    }

    pub(crate) fn failed_with(
        name: &'static str,
        found: impl Into<String>,
        failure: Failure,
    ) -> Self {
        Self { name, found: found.into(), outcome: CheckOutcome::Failed(Box::new(failure)) }
    }

    pub(crate) fn not_made(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, found: why.into(), outcome: CheckOutcome::NotMade }
    }

    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            CheckOutcome::Failed(failure) => Some(failure),
            CheckOutcome::Fine | CheckOutcome::Warned(_) | CheckOutcome::NotMade => None,
        }
    }

    /// What to do; none where there is nothing to do.
    pub(super) fn advice(&self) -> Option<&Advice> {
        match &self.outcome {
            CheckOutcome::Warned(advice) => Some(advice),
            CheckOutcome::Failed(failure) => failure.advice(),
            CheckOutcome::Fine | CheckOutcome::NotMade => None,
        }
    }

    /// What all checks end with: the first of the contract's order, and 2 after all others.
    pub(crate) fn exit(items: &[Self]) -> Exit {
        let exits: Vec<Exit> = items.iter().filter_map(Self::failure).map(|it| it.exit).collect();
        match (Exit::foremost(&exits), exits.first()) {
            (Exit::Done, Some(first)) => *first,
            (foremost, _) => foremost,
        }
    }
}
