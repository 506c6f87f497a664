//! What a program prints that is asked for a secret: started without a shell, with bounds.
//!
//! It gets no input, and cannot ask at the terminal: it runs in a process group of its own, in the
//! background. What it says on standard error goes to ours, for it may say why it does not answer.
//! Deliberately absent: what the output means.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::cli::child_group::ChildGroup;
use crate::cli::terminal::Screen;
use crate::defender::{ReadingTime, SecretReading, SecretSource};
use crate::domain::Span;
use crate::engine::Clock;
use crate::reporter::Zone;

/// Most that is read: no secret and no token is longer.
const BYTES_MAX: u64 = 64 << 10;

/// A program as it is started, and as it is called in messages.
#[derive(Clone)]
pub(super) struct SecretProgram {
    /// With its arguments.
    pub(super) words: Vec<OsString>,
    pub(super) name: String,
}

/// Why a program gave nothing that can be used.
pub(super) enum ProgramFailure {
    NotThere,
    NotStarted(io::Error),
    /// Its output could not be read, or its end not be waited for.
    Lost(io::Error),
    TooMuch,
    Failed(ExitStatus),
}

impl ProgramFailure {
    /// In words; those about a program that is not there, or that failed, are the caller's.
    pub(super) fn words(
        self,
        name: &str,
        not_there: impl FnOnce() -> String,
        failed: impl FnOnce(&str) -> String,
    ) -> String {
        match self {
            Self::NotThere => not_there(),
            Self::NotStarted(error) => format!("{name} cannot be started: {error}"),
            Self::Lost(error) => format!("what {name} prints cannot be read: {error}"),
            Self::TooMuch => format!(
                "{name} prints more than {} KiB, which can be no secret; run it by hand",
                BYTES_MAX >> 10
            ),
            Self::Failed(status) => match status.code() {
                Some(code) => failed(&format!("exit code {code}")),
                None => failed(&status.to_string()),
            },
        }
    }
}

impl SecretProgram {
    /// A secret that is read from its output by `secret`, within `limit`.
    pub(super) fn source(
        self,
        (limit, screen): (Duration, Screen),
        secret: impl Fn(SecretProgram) -> SecretReading + Send + Sync + 'static,
    ) -> SecretSource {
        let name = self.name.clone();
        let late = format!(
            "{name} did not end within {}; run it by hand. A program that it leaves in the \
             background must not keep its output open",
            Span(limit)
        );
        let slow = Arc::new(move |left| {
            let now = Clock::new().now().wall;
            let end = Zone::new(jiff::tz::TimeZone::system()).near(now.plus(left), now);
            screen.note(&format!("waiting for {name} until {end}\n"));
        });
        let time = ReadingTime { limit, late, slow };
        SecretSource::read_within(time, move || secret(self.clone()))
    }

    /// Runs it to its end.
    pub(super) async fn run(&self) -> Result<Vec<u8>, ProgramFailure> {
        let mut words = self.words.iter();
        let mut command = Command::new(words.next().map(OsString::as_os_str).unwrap_or_default());
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut group = ChildGroup::start(&mut command).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ProgramFailure::NotThere,
            _ => ProgramFailure::NotStarted(error),
        })?;
        let mut printed = Vec::new();
        if let Some(output) = group.child.stdout.take() {
            let read = output.take(BYTES_MAX + 1).read_to_end(&mut printed).await;
            read.map_err(ProgramFailure::Lost)?;
        }
        if printed.len() as u64 > BYTES_MAX {
            return Err(ProgramFailure::TooMuch);
        }
        let status = group.child.wait().await.map_err(ProgramFailure::Lost)?;
        if status.success() { Ok(printed) } else { Err(ProgramFailure::Failed(status)) }
    }
}
