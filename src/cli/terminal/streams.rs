//! Standard output and standard error, for a process that must not depend on who reads them.
//!
//! A command that only shows writes as any program does: `| less` takes its time. From the moment a
//! command holds the journal, texts go to threads, and nobody who does not read is waited for
//! longer than [`PATIENCE`].

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::domain::text::on_screen;
use crate::reporter::{AfterError, Outlet, Terminal, WritePatience};

use crate::cli::paths::shown_output;
use crate::cli::terminal::prose::{coloured, laid_out};
use crate::cli::terminal::standard_error;

/// How long a text is waited for that a full pipe or a paused terminal does not take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a result is lost that only waits for its reader.
pub(crate) const NOT_READ: &str = "nothing reads it";

#[derive(Debug, Default)]
pub(crate) struct Streams {
    /// What writes once nobody is waited for.
    out: OnceLock<Outlet>,
    /// The same for standard error, or what shows pictures on it before that.
    err: OnceLock<Outlet>,
    is_limited: AtomicBool,
    /// What standard error is, where it is a terminal that can show a picture.
    terminal: OnceLock<Option<Terminal>>,
    /// Where the log goes that is not shown.
    log: OnceLock<LogFile>,
    /// Why a result did not reach standard output.
    lost: OnceLock<String>,
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

    fn is_terminal(self) -> bool {
        match self {
            Self::Out => io::stdout().is_terminal(),
            Self::Err => io::stderr().is_terminal(),
        }
    }

    /// The text with nothing but ASCII in our own words, where Windows PowerShell reads it from a
    /// pipe: it takes it for text in the code page of the console.
    fn spelt(self, text: String) -> String {
        if cfg!(windows) && text.contains('…') && !self.is_terminal() {
            return text.replace('…', "...");
        }
        text
    }
}

impl Streams {
    /// From here on a reader is waited for only so long.
    pub(crate) fn limit_waiting(&self) {
        if self.is_limited.swap(true, Ordering::Relaxed) {
            return;
        }
        // Without a thread, texts are written as before.
        if let Ok(out) = Outlet::new("stdout", Stream::Out.handle(), AfterError::GoOn) {
            drop(self.out.set(out));
        }
        let _err = self.err();
    }

    /// The thread that writes to standard error, from here on; none where there can be none.
    pub(crate) fn err(&self) -> Option<&Outlet> {
        if self.err.get().is_none() {
            let handle = Stream::Err.handle();
            let outlet = match self.terminal() {
                Some(terminal) => Outlet::on_terminal("stderr", handle, terminal.clone()),
                None => Outlet::new("stderr", handle, AfterError::GoOn),
            };
            drop(self.err.set(outlet.ok()?));
        }
        self.err.get()
    }

    /// What standard error is, where it is a terminal that can show a picture. Found out once, so
    /// not before the options about colours are known.
    pub(crate) fn terminal(&self) -> Option<&Terminal> {
        self.terminal.get_or_init(standard_error::terminal).as_ref()
    }

    /// Takes what is shown of the progress off the screen for good: the process is about to end.
    pub(crate) fn end_picture(&self) {
        if let Some(err) = self.err.get() {
            err.end_pictures();
        }
    }

    /// Writes a text and ends its last line.
    ///
    /// Our own words have no other control characters than line breaks, so anything else that is
    /// in a text came from outside and was not made fit where it came in. Colours come last.
    pub(crate) fn put(&self, stream: Stream, text: &str) {
        let text = on_screen(text).into_owned();
        self.put_line(stream, if stream == Stream::Err { laid_out(&text) } else { text });
    }

    /// The same on standard error, for a text whose lines already fit.
    pub(crate) fn put_laid_out(&self, text: &str) {
        self.put_line(Stream::Err, coloured(&on_screen(text)));
    }

    fn put_line(&self, stream: Stream, text: String) {
        let text = stream.spelt(text);
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        let limited = self.is_limited.load(Ordering::Relaxed);
        let patience =
            if limited { WritePatience::AtMost(PATIENCE) } else { WritePatience::Endless };
        self.write(stream, format!("{text}{end}"), patience);
    }

    /// Writes a question as it is, and waits until a person can have read it.
    pub(crate) fn ask(&self, text: &str) {
        self.write(Stream::Err, laid_out(&on_screen(text)), WritePatience::Endless);
    }

    /// From here on the log goes to a file.
    pub(crate) fn log_to(&self, path: &Path, file: File) -> io::Result<()> {
        let outlet = Outlet::new("log", Box::new(file), AfterError::End)?;
        drop(self.log.set(LogFile { path: path.to_owned(), outlet }));
        Ok(())
    }

    /// Writes lines of the log; never waits where somebody might be waited for.
    pub(crate) fn log(&self, lines: &str) {
        if let Some(log) = self.log.get() {
            return log.outlet.post(lines.as_bytes());
        }
        match self.err() {
            Some(err) => err.post(lines.as_bytes()),
            // Nothing can be told of a stream that is gone.
            None => drop(io::stderr().lock().write_all(lines.as_bytes())),
        }
    }

    pub(crate) fn has_log_file(&self) -> bool {
        self.log.get().is_some()
    }

    fn write(&self, stream: Stream, text: String, patience: WritePatience) {
        let outlet = match stream {
            Stream::Out => self.out.get(),
            Stream::Err => self.err.get(),
        };
        let why = match outlet {
            None => {
                let mut handle = stream.handle();
                let written = handle.write_all(text.as_bytes()).and_then(|()| handle.flush());
                written.err().as_ref().and_then(reason)
            }
            Some(outlet) if outlet.put(text, patience) => outlet.error().and_then(reason),
            Some(_) => Some(NOT_READ.to_owned()),
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
        for outlet in [self.out.get(), self.err.get()].into_iter().flatten() {
            outlet.drain(WritePatience::AtMost(PATIENCE));
        }
        self.lost.get().map(String::as_str)
    }
}

/// A reader that went away (`| head`) has what it wanted, so a broken pipe is no error.
fn reason(error: &io::Error) -> Option<String> {
    (error.kind() != ErrorKind::BrokenPipe).then(|| error.to_string())
}
