//! Where words go: results to standard output, everything else to standard error.

use std::fs::File;
use std::io::IsTerminal;
use std::path::Path;

use serde::Serialize;

use crate::report::Commands;
use crate::reporter::{Outlet, Terminal, ascii_json};

use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::prose;
use crate::cli::terminal::streams::{NOT_READ, Stream, Streams};
use crate::cli::{Exit, Failure};

/// The two streams, and who listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    json: bool,
    quiet: bool,
    /// One for the process, as long as it lives.
    streams: &'static Streams,
    commands: &'static Commands,
}

#[expect(clippy::unused_self, reason = "one place for all words, for every kind of reader")]
impl Screen {
    /// For a person or, with `json`, for a program. One a process.
    pub(crate) fn new(json: bool, quiet: bool, commands: Commands) -> Self {
        let (streams, commands) = (Box::leak(Box::default()), Box::leak(Box::new(commands)));
        Self { json, quiet, streams, commands }
    }

    pub(crate) const fn commands(self) -> &'static Commands {
        self.commands
    }

    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Whether only what was asked for is said.
    pub(crate) const fn is_quiet(self) -> bool {
        self.quiet
    }

    /// From here on no text waits for its reader longer than some seconds: the command holds the
    /// journal, or is about to leave.
    pub(crate) fn limit_waiting(self) {
        self.streams.limit_waiting();
    }

    /// Where pictures are shown: standard error, and what it understands; none where it is no
    /// terminal that can show one.
    pub(crate) fn canvas(self) -> Option<(Outlet, Terminal)> {
        let terminal = self.streams.terminal()?.clone();
        Some((self.streams.err()?.clone(), terminal))
    }

    /// Where lines about the progress go: standard error. Nothing waits for its reader.
    pub(crate) fn lines(self) -> Option<Outlet> {
        self.streams.err().cloned()
    }

    /// The process is about to end: no picture stays on the screen.
    pub(crate) fn end_picture(self) {
        self.streams.end_picture();
    }

    /// A result, for people: standard output.
    pub(crate) fn result(self, text: &str) {
        self.streams.put(Stream::Out, text);
    }

    /// A result, for programs: one JSON document on standard output, in plain ASCII.
    pub(crate) fn document(self, document: &impl Serialize) {
        self.streams.put(Stream::Out, &ascii_json(document));
    }

    /// What a person may want to know and a script does not: standard error, unless quiet.
    pub(crate) fn note(self, text: &str) {
        if text.starts_with("warning: ") && self.streams.has_log_file() {
            tracing::warn!(target: "mde_offboard::program", "{}", text.trim_end());
        }
        if !self.quiet {
            self.streams.put(Stream::Err, text);
        }
    }

    /// What a person must read before an answer: standard error, also when quiet.
    pub(crate) fn ask(self, text: &str) {
        self.streams.ask(text);
    }

    /// Ends the line of a question that gets no answer.
    pub(crate) fn end_question(self) {
        self.streams.put(Stream::Err, "\n");
    }

    /// What a person must have read before an answer; without a question it is but a note.
    pub(crate) fn note_or_ask(self, consent: Consent, text: &str) {
        match consent {
            Consent::Given => self.note(text),
            Consent::Asked => self.ask(text),
        }
    }

    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            self.log_failure(failure);
            self.document(&failure.document(self.commands));
        } else {
            self.warn(failure);
        }
    }

    /// Why a run ended early, beside its summary: standard error, also when quiet or JSON.
    pub(crate) fn warn(self, failure: &Failure) {
        self.log_failure(failure);
        self.streams.put_laid_out(&failure.prose(self.commands, self.columns()));
    }

    /// Widest line of prose on standard error.
    pub(crate) fn columns(self) -> usize {
        prose::columns()
    }

    /// A file of the log has what is said on the screen of what went wrong, so that it can be read
    /// alone.
    fn log_failure(self, failure: &Failure) {
        if self.streams.has_log_file() {
            let (exit_code, causes) = (failure.exit.code(), failure.causes.join("; "));
            let causes = Some(causes).filter(|causes| !causes.is_empty());
            tracing::error!(
                target: "mde_offboard::program", exit_code, causes, "{}", failure.message
            );
        }
    }

    /// The end of the command: what it ends with where a result did not get through.
    pub(crate) fn close(self, exit: Exit) -> Exit {
        tracing::info!(target: "mde_offboard::program", exit_code = exit.code(), "ended");
        if let Some(said) = self.streams.close_log() {
            let hint = "the run is not affected; check the disk";
            self.warn(&Failure::new(Exit::Error, said).hint(hint));
        }
        let Some(why) = self.streams.close() else { return exit };
        // A person looks at `status`; a program has nothing else than its document.
        if why == NOT_READ && !self.json {
            return exit;
        }
        let said = "the result could not be written to standard output";
        let failure = Failure::new(Exit::Error, said).causes(vec![why.to_owned()]);
        self.warn(&failure.hint("check the disk, or the program that reads the output"));
        if exit == Exit::Done { Exit::Error } else { exit }
    }

    /// From here on the log goes to a file.
    pub(crate) fn log_to(self, path: &Path, file: File) -> Result<(), Failure> {
        self.streams.log_to(path, file).map_err(|error| {
            Failure::of_short_system("the system cannot start another thread", &error)
        })
    }

    /// Lines of the log, in its file or on standard error, above what is drawn there.
    pub(crate) fn log(self, lines: &str) {
        self.streams.log(lines);
    }

    /// Whether a person can be asked: a terminal to read from and one to ask on.
    pub(crate) fn can_ask(self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}
