//! What a check of a journal comes to.

use std::error::Error;

use crate::domain::Advice;
use crate::journal::JournalError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, in a word or two.
    pub name: &'static str,
    pub ok: bool,
    pub found: String,
    /// What to do, where it is not ok.
    pub hint: Option<Advice>,
}

/// What to do about a journal in which something cannot be.
const DAMAGED: &str = "send nothing from it; keep the file, and continue with an earlier copy";

impl Finding {
    pub(super) const fn good(name: &'static str, found: String) -> Self {
        Self { name, ok: true, found, hint: None }
    }

    pub(super) fn bad(name: &'static str, found: String) -> Self {
        Self { name, ok: false, found, hint: Some(DAMAGED.into()) }
    }

    /// From an error, with its sources.
    pub(super) fn failed(name: &'static str, error: &JournalError) -> Self {
        let mut found = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            found = format!("{found}: {cause}");
            source = cause.source();
        }
        Self { name, ok: false, found, hint: Some(error.hint()) }
    }

    pub(super) fn of(name: &'static str, checked: Result<Self, JournalError>) -> Self {
        checked.unwrap_or_else(|error| Self::failed(name, &error))
    }
}
