//! The one error of the top: what is said when a command cannot do what was asked.
//!
//! Prose on standard error, or with `--json` a document on standard output, with the same words.

use std::error::Error;

use serde::Serialize;

use super::exit::Exit;
use crate::report::Commands;

/// Why a command ended without doing what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process ends with.
    pub(crate) exit: Exit,
    /// In words.
    pub(crate) message: String,
    /// What is behind it, nearest first; for a bad input its rows.
    pub(crate) causes: Vec<String>,
    /// What to do, with the exact command where there is one.
    pub(crate) hint: Option<String>,
}

/// The document that `--json` makes of it.
#[derive(Debug, Serialize)]
pub(crate) struct FailureDocument<'a> {
    schema: &'static str,
    exit_code: u8,
    message: &'a str,
    causes: &'a [String],
    hint: Option<&'a str>,
}

impl Failure {
    /// A failure in words, without causes.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), causes: Vec::new(), hint: None }
    }

    /// A failure from an error, with its chain of sources as causes.
    pub(crate) fn of(exit: Exit, error: &dyn Error) -> Self {
        Self::new(exit, error.to_string()).because_of(error)
    }

    /// Adds the sources of an error that is already told.
    fn because_of(mut self, error: &dyn Error) -> Self {
        let mut source = error.source();
        while let Some(cause) = source {
            self.causes.push(cause.to_string());
            source = cause.source();
        }
        self
    }

    /// Adds an error, with its sources, as the cause.
    pub(crate) fn caused_by(mut self, error: &dyn Error) -> Self {
        self.causes.push(error.to_string());
        self.because_of(error)
    }

    /// Adds what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Writes the commands of its hint as this terminal has to: with the journal that was named.
    pub(crate) fn with_commands(self, commands: &Commands) -> Self {
        let rewrite = |(place, text): (usize, &str)| match text.strip_prefix("mde-offboard ") {
            Some(words) if place % 2 == 1 => commands.of(words),
            _ => text.to_owned(),
        };
        let rewritten =
            |hint: String| hint.split('`').enumerate().map(rewrite).collect::<Vec<_>>().join("`");
        Self { hint: self.hint.map(rewritten), ..self }
    }

    /// The document of `--json`.
    pub(crate) fn document(&self) -> FailureDocument<'_> {
        FailureDocument {
            schema: "mde-offboard.error/1",
            exit_code: self.exit.code(),
            message: &self.message,
            causes: &self.causes,
            hint: self.hint.as_deref(),
        }
    }

    /// The prose: `error:`, an indented line a cause, `hint:`.
    pub(crate) fn prose(&self) -> String {
        let mut lines = vec![format!("error: {}", indented(&self.message, "       "))];
        let causes = self.causes.iter();
        lines.extend(causes.map(|cause| format!("       {}", indented(cause, "       "))));
        let hint = self.hint.iter();
        lines.extend(hint.map(|hint| format!("hint: {}", indented(hint, "      "))));
        lines.join("\n") + "\n"
    }
}

fn indented(text: &str, margin: &str) -> String {
    text.trim_end().replace('\n', &format!("\n{margin}"))
}
