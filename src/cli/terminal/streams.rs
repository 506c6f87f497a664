//! Standard output and standard error, for a process that must not depend on who reads them.
//!
//! A command that only shows writes as any program does: `| less` takes its time. From the moment a
//! command holds the journal, texts go to threads, and nobody who does not read is waited for
//! longer than [`PATIENCE`].

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use crate::domain::text::on_screen;
use crate::reporter::{AfterError, Outlet, WritePatience};

use crate::cli::paths::shown_output;

/// How long a text is waited for that a full pipe or a paused terminal does not take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a result is lost that only waits for its reader.
pub(crate) const NOT_READ: &str = "nothing reads it";

#[derive(Debug, Default)]
pub(crate) struct Streams {
    beside: OnceLock<ScreenThread>,
    /// Where the log goes that is not shown.
    log: OnceLock<LogFile>,
    /// Why a result did not reach standard output.
    lost: OnceLock<String>,
}

/// What writes once nobody is waited for.
#[derive(Debug)]
struct ScreenThread {
    out: Outlet,
    err: Outlet,
}

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    outlet: Outlet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

impl Stream {
    fn handle(self) -> Box<dyn Write + Send> {
        match self {
            Self::Out => Box::new(io::stdout()),
            Self::Err => Box::new(io::stderr()),
        }
    }
}

impl Streams {
    /// From here on a reader is waited for only so long.
    pub(crate) fn limit_waiting(&self) {
        if self.beside.get().is_some() {
            return;
        }
        let outlet = |name, stream: Stream| Outlet::new(name, stream.handle(), AfterError::GoOn);
        let outlets = outlet("stdout", Stream::Out).and_then(|out| {
            let err = outlet("stderr", Stream::Err)?;
            Ok(ScreenThread { out, err })
        });
        // Without a thread, texts are written as before.
        if let Ok(beside) = outlets {
            drop(self.beside.set(beside));
        }
    }

    /// Writes a text and ends its last line.
    ///
    /// Our own words have no colours and no other control characters than line breaks, so anything
    /// else is in a text came from outside and was not made fit where it came in.
    pub(crate) fn put(&self, stream: Stream, text: &str) {
        let text = on_screen(text);
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        self.write(stream, format!("{text}{end}"), WritePatience::AtMost(PATIENCE));
    }

    /// Writes a question as it is, and waits until a person can have read it.
    pub(crate) fn ask(&self, text: &str) {
        self.write(Stream::Err, on_screen(text).into_owned(), WritePatience::Endless);
    }

    /// From here on the log goes to a file.
    pub(crate) fn log_to(&self, path: &Path, file: File) -> io::Result<()> {
        let outlet = Outlet::new("log", Box::new(file), AfterError::End)?;
        drop(self.log.set(LogFile { path: path.to_owned(), outlet }));
        Ok(())
    }

    /// Writes lines of the log; never waits where somebody might be waited for.
    pub(crate) fn log(&self, lines: &[u8]) {
        if let Some(log) = self.log.get() {
            return log.outlet.post(lines);
        }
        match self.beside.get() {
            Some(beside) => beside.err.post(lines),
            // Nothing can be told of a stream that is gone.
            None => drop(io::stderr().lock().write_all(lines)),
        }
    }

    fn write(&self, stream: Stream, text: String, patience: WritePatience) {
        let why = match (self.beside.get(), stream) {
            (None, _) => {
                let mut handle = stream.handle();
                let written = handle.write_all(text.as_bytes()).and_then(|()| handle.flush());
                written.err().as_ref().and_then(reason)
            }
            (Some(ScreenThread { out, .. }), Stream::Out) => {
                if out.put(text, patience) {
                    out.error().and_then(reason)
                } else {
                    Some(NOT_READ.to_owned())
                }
            }
            (Some(ScreenThread { err, .. }), Stream::Err) => {
                err.put(text, patience);
                None
            }
        };
        if let (Some(why), Stream::Out) = (why, stream) {
            drop(self.lost.set(why));
        }
    }

    /// Waits, within bounds, until the log is written; why it is not, where it is not.
    pub(crate) fn close_log(&self) -> Option<String> {
        let LogFile { path, outlet } = self.log.get()?;
        let drained = outlet.drain(WritePatience::AtMost(PATIENCE));
        let why = match outlet.error() {
            Some(error) => error.to_string(),
            None if drained => return None,
            None => "it takes no more lines".to_owned(),
        };
        Some(format!("the log could not be written to {}: {why}", shown_output(path)))
    }

    /// Waits, within bounds, until all is written; then why a result did not reach standard output.
    pub(crate) fn close(&self) -> Option<&str> {
        if let Some(ScreenThread { out, err }) = self.beside.get() {
            out.drain(WritePatience::AtMost(PATIENCE));
            err.drain(WritePatience::AtMost(PATIENCE));
        }
        self.lost.get().map(String::as_str)
    }
}

/// A reader that went away (`| head`) has what it wanted, so a broken pipe is no error.
fn reason(error: &io::Error) -> Option<String> {
    (error.kind() != ErrorKind::BrokenPipe).then(|| error.to_string())
}
