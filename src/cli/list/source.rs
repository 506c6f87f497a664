//! Opens one list that a person names: a file or standard input, and what kind of file it is.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, StdinLock};
use std::path::{Path, PathBuf};

use crate::intake::Kind;
use crate::reporter::{ReadingBar, thousands};

use crate::cli::args::Progress;
use crate::cli::list::kept_input::KeptInput;
use crate::cli::paths::{is_standard_stream, shown};
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

/// From this many bytes on the reading is shown: it takes about a tenth of a second.
const SHOWN_FROM_BYTES: u64 = 16 * 1024 * 1024;

/// The same for a workbook: about 40,000 rows.
const WORKBOOK_SHOWN_FROM_BYTES: u64 = 2 * 1024 * 1024;

pub(crate) enum Source {
    Text(ListFile, Kind),
    /// A workbook, which is read back and forth.
    Workbook(ListFile),
    /// Standard input: what comes is kept, so that it can be read again.
    StandardInput(KeptInput<StdinLock<'static>>),
}

/// A file, and what the system said of it before the first byte was read.
pub(crate) struct ListFile {
    file: File,
    before: Metadata,
    name: String,
    bar: Option<ReadingBar>,
}

impl Source {
    /// Opens a list; what is no regular file is refused.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if is_standard_stream(path) {
            return Ok(Self::StandardInput(KeptInput::new(io::stdin().lock())));
        }
        let file = ListFile::open(path)?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        Ok(match ending.to_ascii_lowercase().as_str() {
            "xlsx" | "xls" | "ods" => Self::Workbook(file),
            "json" | "jsonl" | "ndjson" => Self::Text(file, Kind::Json),
            _ => Self::Text(file, Kind::Table),
        })
    }
}

impl ListFile {
    fn open(path: &Path) -> Result<Self, Failure> {
        let name = shown(path);
        let failed = |error: &io::Error| {
            let failure = Failure::new(Exit::Input, format!("{name} cannot be read"));
            let failure = failure.caused_by(error);
            failure.hint(match error.kind() {
                io::ErrorKind::NotFound => "check its name; it is looked for in the current folder",
                _ if is_held_open(error) => {
                    "another program has it open, Excel perhaps: close it there, or copy it"
                }
                io::ErrorKind::PermissionDenied => "give this user the right to read it",
                _ => "check the disk or the share, or copy the file",
            })
        };
        // Before it is opened: opening a pipe would wait for its other end.
        let before = std::fs::metadata(path).map_err(|error| failed(&error))?;
        if !before.is_file() {
            let what = if before.is_dir() { "a folder" } else { "not a regular file" };
            return Err(Failure::new(Exit::Input, format!("{name} is {what}"))
                .hint("name a file, or `-` for standard input"));
        }
        let file = File::open(path).map_err(|error| failed(&error))?;
        Ok(Self { file, before, name, bar: None })
    }

    /// Shows how far the reading of a large file is.
    pub(crate) fn show(&mut self, kind: Kind, screen: Screen, progress: Progress) {
        let bytes = self.before.len();
        if bytes < SHOWN_FROM_BYTES || screen.is_quiet() || progress == Progress::None {
            return;
        }
        if matches!(progress, Progress::Auto | Progress::Bar) {
            // JSON is read twice.
            let times = if kind == Kind::Json { 2 } else { 1 };
            let canvas = screen.canvas();
            self.bar = canvas.map(|(outlet, terminal)| {
                ReadingBar::of_file(&self.name, bytes * times, outlet, terminal)
            });
        }
        if self.bar.is_none() {
            self.announce(screen);
        }
    }

    /// Says that a large workbook is being read. It is read back and forth, packed, so that no bar
    /// would be true.
    pub(crate) fn announce_workbook(&self, screen: Screen) {
        if self.before.len() >= WORKBOOK_SHOWN_FROM_BYTES {
            self.announce(screen);
        }
    }

    fn announce(&self, screen: Screen) {
        let megabytes = thousands(self.before.len() / 1_000_000);
        screen.note(&format!("reading {}, {megabytes} MB", self.name));
    }

    /// Refuses a file that became another one while it was read.
    pub(crate) fn check_unchanged(self) -> Result<(), Failure> {
        let Self { file, before, name, bar } = self;
        if let Some(bar) = bar {
            bar.end();
        }
        let same = file.metadata().is_ok_and(|after| {
            after.len() == before.len() && after.modified().ok() == before.modified().ok()
        });
        if same {
            return Ok(());
        }
        let said = format!("{name} changed while it was read; nothing was queued");
        Err(Failure::new(Exit::Input, said).hint("wait until it is written, then start again"))
    }
}

impl Read for &mut ListFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        if let Some(bar) = &self.bar {
            bar.advance(count as u64);
        }
        Ok(count)
    }
}

impl Seek for &mut ListFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Whether another program lets nobody else open the file, or read a part of it: on Windows.
fn is_held_open(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    cfg!(windows) && matches!(error.raw_os_error(), Some(SHARING_VIOLATION | LOCK_VIOLATION))
}

/// Whether every list can be opened: before a journal is made for them. Standard input is one list.
pub(crate) fn check(files: &[PathBuf], screen: Screen) -> Result<(), Failure> {
    let standard = files.iter().filter(|path| is_standard_stream(path)).count();
    if standard > 1 {
        return Err(Failure::new(Exit::Usage, "standard input (`-`) can be read once")
            .hint("give `-` once, and name files for the other lists"));
    }
    if standard == 1 && io::stdin().is_terminal() {
        let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
        screen.note(&format!("reading the list from this terminal; {end} ends it"));
    }
    let named = files.iter().filter(|path| !is_standard_stream(path));
    named.map(|path| ListFile::open(path)).try_for_each(|opened| opened.map(drop))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_that_is_written_to_after_it_was_opened_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.csv");
        let mut writer = File::create(&path).unwrap();
        writer.write_all(b"Device ID\n").unwrap();
        ListFile::open(&path).unwrap().check_unchanged().unwrap();
        for change in [&b"more"[..], b""] {
            let open = ListFile::open(&path).unwrap();
            writer.write_all(change).unwrap();
            if change.is_empty() {
                writer.set_len(3).unwrap();
            }
            let refused = open.check_unchanged().unwrap_err();
            assert_eq!(refused.exit, Exit::Input);
            assert!(refused.message.contains("changed while it was read"), "{refused:?}");
        }
    }

    #[test]
    fn the_name_says_what_kind_of_file_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (name, kind) in [
            ("a.csv", Some(Kind::Table)),
            ("a", Some(Kind::Table)),
            ("a.JSON", Some(Kind::Json)),
            ("a.jsonl", Some(Kind::Json)),
            ("a.NDJSON", Some(Kind::Json)),
            ("a.xlsx", None),
            ("a.XLS", None),
            ("a.ods", None),
        ] {
            let path = folder.path().join(name);
            File::create(&path).unwrap();
            let found = match Source::open(&path).unwrap() {
                Source::Text(_, kind) => Some(kind),
                Source::Workbook(_) | Source::StandardInput(_) => None,
            };
            assert_eq!(found, kind, "{name}");
        }
    }
}
