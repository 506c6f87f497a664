//! What a check of a journal comes to.

use std::error::Error;

use crate::journal::JournalError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, in a word or two.
    pub name: &'static str,
    pub ok: bool,
    pub found: String,
    pub hint: Option<String>,
}

/// What to do about a journal in which something cannot be.
const DAMAGED: &str = "send nothing from it; keep the file, and go on with a copy from before";

impl Finding {
    pub(super) const fn good(name: &'static str, found: String) -> Self {
        Self { name, ok: true, found, hint: None }
    }

    pub(super) fn bad(name: &'static str, found: String) -> Self {
        Self { name, ok: false, found, hint: Some(DAMAGED.to_owned()) }
    }

    /// From an error, which says what is wrong and, behind a semicolon, what to do.
    pub(super) fn failed(name: &'static str, error: &JournalError) -> Self {
        let said = error.to_string();
        let (mut found, hint) = match said.split_once("; ") {
            Some((found, hint)) => (found.to_owned(), hint.to_owned()),
            None => (said, DAMAGED.to_owned()),
        };
        let mut source = error.source();
        while let Some(cause) = source {
            found = format!("{found}: {cause}");
            source = cause.source();
        }
        Self { name, ok: false, found, hint: Some(hint) }
    }

    pub(super) fn of(name: &'static str, checked: Result<Self, JournalError>) -> Self {
        checked.unwrap_or_else(|error| Self::failed(name, &error))
    }
}
