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
    /// What to do, with the exact command where there is one. Only [`Unadvised`] can set it.
    hint: Option<Advice>,
}

/// What is wrong, without what to do about it. It is no [`Failure`] yet, so that nobody forgets the
/// hint: where there is none, that has to be said.
#[derive(Debug)]
#[must_use]
pub(crate) struct Unadvised {
    exit: Exit,
    message: String,
    causes: Vec<String>,
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
    /// What is wrong in words, without causes.
    #[expect(clippy::new_ret_no_self, reason = "it is a failure once it has its hint")]
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Unadvised {
        Unadvised { exit, message: message.into(), causes: Vec::new() }
    }

    /// What is wrong by an error, with its chain of sources as causes.
    pub(crate) fn of(exit: Exit, error: &dyn Error) -> Unadvised {
        Self::new(exit, error.to_string()).because_of(error)
    }

    /// What to do about it.
    pub(crate) const fn advice(&self) -> Option<&Advice> {
        self.hint.as_ref()
    }

    /// The same with something else to do about it.
    pub(crate) fn hint(self, hint: impl Into<Advice>) -> Self {
        Self { hint: Some(hint.into()), ..self }
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

/// What to do where the system starts no thread, opens no socket or listens to no signal.
pub(crate) const SYSTEM_SHORT: &str = "the computer is short of memory, threads or open files: \
                                       end other programs or raise their limits (`ulimit -a` \
                                       shows them), then start again";

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

impl Unadvised {
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

    /// With these causes, nearest first.
    pub(crate) fn causes(self, causes: Vec<String>) -> Self {
        Self { causes, ..self }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Says before the message whose it is.
    pub(crate) fn about(self, name: &str) -> Self {
        Self { message: format!("{name}: {}", self.message), ..self }
    }

    /// What to do about it, with the exact command where there is one.
    pub(crate) fn hint(self, hint: impl Into<Advice>) -> Failure {
        self.needs_no_hint().hint(hint)
    }

    /// The message says what to do, or a person just decided it.
    pub(crate) fn needs_no_hint(self) -> Failure {
        let Self { exit, message, causes } = self;
        Failure { exit, message, causes, hint: None }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::of(Exit::Journal, &error).hint(error.hint())
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        let exit = match error {
            ReportError::Journal(error) => return error.into(),
            ReportError::NoBatch(_) => Exit::Usage,
            ReportError::Write(_) => Exit::Error,
        };
        Self::of(exit, &error).hint(error.hint())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let exit = match error {
            EngineError::Journal(error) => return error.into(),
            EngineError::NoBatch(_) => Exit::Usage,
            EngineError::Defect(_) => Exit::Error,
        };
        Self::of(exit, &error).hint(error.hint())
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
