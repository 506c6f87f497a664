//! All outputs of a command: checked before it begins, and again when each is opened.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::cli::paths::{is_standard_stream, shown_output as shown};
use crate::cli::windows_name::refuse_misleading;
use crate::cli::{Exit, Failure};
use crate::journal::is_unused_copy;
use crate::report::is_workbook_report;

use super::atomic_file::{AtomicFile, private, probe};
use super::kind::{OutputKind, Printed, WantedOutput};
use super::protected::{Protected, head};
use super::rewritten_file::RewrittenFile;
use super::shared_stream::{STANDARD_ERROR, STANDARD_OUTPUT, refuse_shared_streams};
use super::target_file::TargetFile;

/// Whether a file that this program did not write may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
    /// `--force`.
    Replace,
    Refuse,
}

impl From<bool> for Force {
    fn from(force: bool) -> Self {
        if force { Self::Replace } else { Self::Refuse }
    }
}

/// What a command writes, and what none of it may be.
#[derive(Debug)]
pub(crate) struct Outputs {
    protected: Protected,
    wanted: Vec<WantedOutput>,
    printed: Printed,
    force: Force,
}

/// What the name of an output leads to.
enum Target {
    File(TargetFile),
    /// One of the few things without a name of their own that are written to.
    Stream(&'static str),
}

/// What may be written to without being a file.
const STREAMS: [&str; 3] = ["/dev/null", STANDARD_OUTPUT, STANDARD_ERROR];

impl Outputs {
    /// The outputs of a command, and what it prints.
    pub(crate) fn new(
        protected: Protected,
        (wanted, printed): (Vec<WantedOutput>, Printed),
        force: Force,
    ) -> Self {
        Self { protected, wanted, printed, force }
    }

    /// Refuses an output that must not be written, or cannot be, before anything is done.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        for wanted in &self.wanted {
            if wanted.kind == OutputKind::Metrics {
                self.rewrite(wanted.kind, &wanted.path)?;
            }
            if let Target::File(target) = self.target(wanted.kind, &wanted.path)? {
                let writable = match (&target.there, wanted.kind) {
                    (Some(_), OutputKind::Events | OutputKind::Log) => {
                        OpenOptions::new().read(true).append(true).open(&target.path).map(drop)
                    }
                    _ => probe(target.folder()),
                };
                writable.map_err(|error| unwritable(wanted.kind, &wanted.path, &error))?;
            }
        }
        refuse_shared_streams(&self.wanted, self.printed)
    }

    /// Begins a file that replaces what is there once it is whole.
    pub(crate) fn replace(&self, kind: OutputKind, path: &Path) -> Result<AtomicFile, Failure> {
        let whole = match self.target(kind, path)? {
            Target::File(target) if kind.is_for_everyone() => {
                AtomicFile::beside(&target.path, target.folder()).and_then(AtomicFile::for_everyone)
            }
            Target::File(target) => AtomicFile::beside(&target.path, target.folder()),
            Target::Stream(name) => stream(name).map(AtomicFile::stream),
        };
        whole.map_err(|error| unwritable(kind, path, &error))
    }

    /// Opens a file to append whole lines.
    pub(crate) fn append(&self, kind: OutputKind, path: &Path) -> Result<File, Failure> {
        let failed = |error: io::Error| unwritable(kind, path, &error);
        let target = match self.target(kind, path)? {
            Target::Stream(name) => return stream(name).map_err(failed),
            Target::File(target) => target,
        };
        let mut options = OpenOptions::new();
        let made = private(options.append(true).create_new(true), &target.path);
        let file = match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                OpenOptions::new().read(true).append(true).open(&target.path).and_then(whole_lines)
            }
            other => other,
        };
        let file = file.map_err(failed)?;
        // What was opened may be another file than the one that was looked at.
        let there = Some(file.metadata().map_err(failed)?);
        self.refuse_protected(kind, path, &TargetFile { there, ..target })?;
        Ok(file)
    }

    /// A file that is replaced again and again while the command lives. A stream is none.
    pub(crate) fn rewrite(&self, kind: OutputKind, path: &Path) -> Result<RewrittenFile, Failure> {
        match self.target(kind, path)? {
            Target::File(target) => Ok(RewrittenFile { target }),
            Target::Stream(_) => {
                let said = format!("{} {} is not a regular file", kind.option(), shown(path));
                Err(Failure::new(Exit::Usage, said).hint("name a file"))
            }
        }
    }

    fn target(&self, kind: OutputKind, path: &Path) -> Result<Target, Failure> {
        let path = if kind.takes_stream() && is_standard_stream(path) {
            Path::new(STANDARD_OUTPUT)
        } else {
            path
        };
        if cfg!(not(unix)) && path == Path::new(STANDARD_OUTPUT) {
            return Ok(Target::Stream(STANDARD_OUTPUT));
        }
        refuse_misleading(kind.option(), path)?;
        let target = TargetFile::of(path);
        if let Some(name) = STREAMS.into_iter().find(|name| cfg!(unix) && path == Path::new(name)) {
            // Standard output may be a file, and then which one counts.
            if let Ok(target) = target
                && target.there.as_ref().is_some_and(Metadata::is_file)
            {
                self.refuse_protected(kind, path, &target)?;
            }
            return Ok(Target::Stream(name));
        }
        let target = target.map_err(|error| unwritable(kind, path, &error))?;
        self.refuse_protected(kind, path, &target)?;
        if let Some(there) = &target.there {
            refuse_no_file(kind, path, there)?;
            let ours = || {
                let by_bytes = head(&target.path).is_ok_and(|head| kind.wrote(&head));
                by_bytes || self.is_old_copy(kind, &target) || is_old_workbook(kind, &target)
            };
            if self.force == Force::Refuse && !ours() {
                let (name, act) = (shown(path), kind.act());
                let why = "already exists and was not written by this program";
                let said = format!("{} {name} {why}", kind.option());
                return Err(Failure::new(Exit::Usage, said)
                    .hint(format!("name another file, or {act} it with --force")));
            }
        }
        Ok(Target::File(target))
    }

    /// Whether a file is a copy of the journal that nobody has used: the next one may replace it.
    fn is_old_copy(&self, kind: OutputKind, target: &TargetFile) -> bool {
        kind == OutputKind::Copy
            && target.there.is_some()
            && self.protected.journals.iter().any(|path| is_unused_copy(&target.path, path))
    }

    /// Checks again what another module writes, right before it does.
    pub(crate) fn checked(&self, kind: OutputKind, path: &Path) -> Result<(), Failure> {
        self.target(kind, path).map(drop)
    }

    fn refuse_protected(
        &self,
        kind: OutputKind,
        path: &Path,
        target: &TargetFile,
    ) -> Result<(), Failure> {
        let refused = |what: &str| {
            let said = format!("{} {} would overwrite {what}", kind.option(), shown(path));
            Failure::new(Exit::Usage, said).hint("name another file; --force does not change this")
        };
        let old_copy = self.is_old_copy(kind, target);
        if let Some(what) = self.protected.is_it(target).filter(|_| !old_copy) {
            return Err(refused(&what));
        }
        let others = self.wanted.iter().filter(|other| other.kind != kind);
        for other in others.filter(|other| !is_stream(&other.path)) {
            if TargetFile::of(&other.path).is_ok_and(|at| at.is(target)) {
                return Err(refused(&format!("the file of {}", other.kind.option())));
            }
        }
        Ok(())
    }
}

/// Whether a file is a workbook that `report` wrote and nobody has changed since.
fn is_old_workbook(kind: OutputKind, target: &TargetFile) -> bool {
    kind == OutputKind::Report && File::open(&target.path).is_ok_and(is_workbook_report)
}

/// Whether a name means a stream: what was written to it before an error stays written.
pub(crate) fn is_stream(path: &Path) -> bool {
    is_standard_stream(path)
        || cfg!(unix) && STREAMS.into_iter().any(|name| path == Path::new(name))
}

/// A pipe or a device could wait for its other end for ever, or do worse.
fn refuse_no_file(kind: OutputKind, path: &Path, there: &Metadata) -> Result<(), Failure> {
    if there.is_file() {
        return Ok(());
    }
    let what = if there.is_dir() { "a folder" } else { "not a regular file" };
    let said = format!("{} {} is {what}", kind.option(), shown(path));
    // Metrics are replaced as a whole, which no stream can be.
    let takes_streams = cfg!(unix) && kind != OutputKind::Metrics;
    let hint = if takes_streams { "name a file, or /dev/stdout" } else { "name a file" };
    Err(Failure::new(Exit::Usage, said).hint(hint))
}

fn unwritable(kind: OutputKind, path: &Path, error: &io::Error) -> Failure {
    let said = format!("{} {} cannot be written", kind.option(), shown(path));
    Failure::new(Exit::Usage, said)
        .caused_by(error)
        .hint("name a file in a folder that exists and that you can write to")
}

/// Ends a line that a process left behind half written: the next one must not be glued to it.
fn whole_lines(mut file: File) -> io::Result<File> {
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

/// A handle of our own, so that nobody waits for the lock of the shared one.
#[cfg(unix)]
fn stream(name: &str) -> io::Result<File> {
    use std::os::fd::AsFd;
    match name {
        STANDARD_OUTPUT => io::stdout().as_fd().try_clone_to_owned().map(File::from),
        STANDARD_ERROR => io::stderr().as_fd().try_clone_to_owned().map(File::from),
        other => OpenOptions::new().write(true).open(other),
    }
}

#[cfg(not(unix))]
fn stream(name: &str) -> io::Result<File> {
    #[cfg(windows)]
    if name == STANDARD_OUTPUT {
        use std::os::windows::io::AsHandle;
        return io::stdout().as_handle().try_clone_to_owned().map(File::from);
    }
    OpenOptions::new().write(true).open(name)
}
