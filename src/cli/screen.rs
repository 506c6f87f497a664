//! Where words go: results to standard output, everything else to standard error.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use crate::domain::text;
use crate::reporter::ascii_json;

use super::confirm::Consent;
use super::failure::Failure;

/// The two streams, and who listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    json: bool,
    quiet: bool,
}

#[expect(clippy::unused_self, reason = "one place for all words, whoever listens")]
impl Screen {
    /// For a person or, with `json`, for a program.
    pub(crate) const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Whether results are JSON documents.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Whether only what was asked for is said.
    pub(crate) const fn is_quiet(self) -> bool {
        self.quiet
    }

    /// A result, for people: standard output.
    ///
    /// A reader that went away (`| head`) has what it wanted, so a broken pipe is no error.
    pub(crate) fn result(self, text: &str) {
        put(&mut std::io::stdout().lock(), text);
    }

    /// A result, for programs: one JSON document on standard output, in plain ASCII.
    pub(crate) fn document(self, document: &impl Serialize) {
        put(&mut std::io::stdout().lock(), &ascii_json(document));
    }

    /// What a person may want to know and a script does not: standard error, unless quiet.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            put(&mut std::io::stderr().lock(), text);
        }
    }

    /// What a person must read before an answer: standard error, also when quiet.
    pub(crate) fn ask(self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        // Whoever asks reads the answer next; without a terminal nobody is asked.
        let text = text::on_screen(text);
        let asked = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
        drop(asked);
    }

    /// What a person must have read before an answer; without a question it is but a note.
    pub(crate) fn note_or_ask(self, consent: Consent, text: &str) {
        match consent {
            Consent::Given => self.note(text),
            Consent::Asked => self.ask(text),
        }
    }

    /// Why the command ended.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            self.document(&failure.document());
        } else {
            put(&mut std::io::stderr().lock(), &failure.prose());
        }
    }

    /// Why a run ended early, beside its summary: standard error, also when quiet or JSON.
    pub(crate) fn warn(self, failure: &Failure) {
        put(&mut std::io::stderr().lock(), &failure.prose());
    }

    /// Whether a person can be asked: a terminal to read from and one to ask on.
    pub(crate) fn can_ask(self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}

/// Writes a text and ends its last line. Nothing can be told of a stream that is gone.
///
/// Our own words have no colours and no other control characters than line breaks, so whatever
/// else is in a text came from outside and was not made fit where it came in.
fn put(stream: &mut impl Write, text: &str) {
    let text = text::on_screen(text);
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let written = write!(stream, "{text}{end}").and_then(|()| stream.flush());
    drop(written);
}
