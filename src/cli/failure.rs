//! The one error of the top: what is said when a command cannot do what was asked.
//!
//! Prose on standard error, or with `--json` a document on standard output, with the same words.

use std::error::Error;

use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use crate::domain::Advice;
use crate::engine::EngineError;
use crate::journal::JournalError;
use crate::report::{Commands, ReportError};

/// Why a command ended without doing what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// Its causes, nearest first; for a bad input its rows.
    pub(crate) causes: Vec<String>,
    /// What to do, with the exact command where there is one.
    pub(crate) hint: Option<Advice>,
}

#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct FailureDocument<'a> {
    #[schemars(extend("const" = "mde-offboard.error/1"))]
    schema: &'static str,
    exit_code: u8,
    message: &'a str,
    causes: &'a [String],
    hint: Option<String>,
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

    pub(crate) fn hint(mut self, hint: impl Into<Advice>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn document(&self, commands: &Commands) -> FailureDocument<'_> {
        FailureDocument {
            schema: "mde-offboard.error/1",
            exit_code: self.exit.code(),
            message: &self.message,
            causes: &self.causes,
            hint: self.hint_text(commands),
        }
    }

    /// The prose: `error:`, an indented line a cause, `hint:`.
    pub(crate) fn prose(&self, commands: &Commands) -> String {
        let mut lines = vec![format!("error: {}", indented(&self.message, "       "))];
        let causes = self.causes.iter();
        lines.extend(causes.map(|cause| format!("       {}", indented(cause, "       "))));
        let hint = self.hint_text(commands);
        let hint = hint.map(|hint| wrapped(&hint, COLUMNS - "hint: ".len()));
        lines.extend(hint.map(|hint| format!("hint: {}", indented(&hint, "      "))));
        lines.join("\n") + "\n"
    }

    fn hint_text(&self, commands: &Commands) -> Option<String> {
        self.hint.as_ref().map(|hint| hint.to_text(|words| commands.of(words)))
    }
}

/// The widest line of a hint: a command or an address may be longer, since it is copied as it is.
pub(crate) const COLUMNS: usize = 100;

/// The text with lines of at most `columns` characters, broken between words. What stands between
/// backticks stays in one piece, and so does a line that is there to be copied.
pub(crate) fn wrapped(text: &str, columns: usize) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        if is_copied(line) {
            lines.push(line.to_owned());
            continue;
        }
        let mut last = String::new();
        for piece in pieces(line) {
            if !last.is_empty() && last.chars().count() + 1 + piece.chars().count() > columns {
                lines.push(std::mem::take(&mut last));
            }
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(&piece);
        }
        lines.push(last);
    }
    lines.join("\n")
}

/// Whether a line is there to be copied whole: a command without backticks, or a query.
fn is_copied(line: &str) -> bool {
    let is_command = line.contains("mde-offboard ") && !line.contains('`');
    line.starts_with(' ') || is_command || line.contains(" | where ")
}

/// The words of a line, where all that is between two backticks is one.
fn pieces(line: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in line.split(' ') {
        match pieces.last_mut().filter(|_| is_open) {
            Some(piece) => piece.extend([" ", word]),
            None => pieces.push(word.to_owned()),
        }
        is_open ^= word.matches('`').count() % 2 == 1;
    }
    pieces
}

fn indented(text: &str, margin: &str) -> String {
    text.trim_end().replace('\n', &format!("\n{margin}"))
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self { hint: error.hint(), ..Self::of(Exit::Journal, &error) }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        let exit = match error {
            ReportError::Journal(error) => return error.into(),
            ReportError::NoBatch(_) => Exit::Usage,
            ReportError::Write(_) | ReportError::TemporaryFile(_) => Exit::Error,
        };
        Self { hint: error.hint(), ..Self::of(exit, &error) }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let exit = match error {
            EngineError::Journal(error) => return error.into(),
            EngineError::NoBatch(_) => Exit::Usage,
            EngineError::Defect(_) => Exit::Error,
        };
        Self { hint: error.hint(), ..Self::of(exit, &error) }
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn a_hint_is_broken_between_words_and_never_within_a_command() {
        let text = "sign in again, then go on: `mde-offboard resume 1 --journal a.db`; or wait";
        let lines = "sign in again, then\ngo on:\n`mde-offboard resume 1 --journal a.db`;\nor wait";
        assert_eq!(wrapped(text, 20), lines);
        assert_eq!(wrapped("one\n  a command as it is\ntwo", 9), "one\n  a command as it is\ntwo");
        assert_eq!(wrapped("", 9), "");
        assert_eq!(wrapped("an odd ` backtick", 9), "an odd\n` backtick");
    }
}
