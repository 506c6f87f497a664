//! The one error of the top: what is said when a command cannot do what was asked.
//!
//! Prose on standard error, or with `--json` a document on standard output, with the same words.

use std::error::Error;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use super::prose::{cause_below, labelled};
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

    /// The system starts no thread, opens no socket or listens to no signal.
    pub(crate) fn of_short_system(said: &str, error: &io::Error) -> Self {
        Self::new(Exit::Error, said).caused_by(error).hint(SYSTEM_SHORT)
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

    /// The prose, in lines of at most `columns`: `error:`, an indented line a cause, `hint:`.
    pub(crate) fn prose(&self, commands: &Commands, columns: usize) -> String {
        let hint = self.hint_text(commands);
        let error = [labelled("error: ", &self.message, columns)];
        let causes = self.causes.iter().map(|cause| cause_below("error: ", cause, columns));
        let hint = hint.map(|hint| labelled("hint: ", &hint, columns));
        let lines: Vec<String> = error.into_iter().chain(causes).chain(hint).collect();
        lines.join("\n") + "\n"
    }

    fn hint_text(&self, commands: &Commands) -> Option<String> {
        self.hint.as_ref().map(|hint| hint.to_text(|words| commands.of(words)))
    }
}

const SYSTEM_SHORT: &str = "the computer is short of memory, threads or open files: \
                                       end other programs or raise their limits (`ulimit -a` \
                                       shows them), then start again";

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
            ReportError::Write(_) | ReportError::TemporaryFile(_) => Exit::Error,
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
