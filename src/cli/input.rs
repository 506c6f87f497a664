//! Opens the lists that a person names; `intake` reads them.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};

use crate::intake::{self, IntakeError, Record, Row, Wanted};
use crate::reporter::{printable, thousands};

use super::args::ColumnArguments;
use super::exit::Exit;
use super::failure::Failure;

/// Most bad rows that are listed on the screen.
const REJECTS_SHOWN: usize = 50;

/// What the lists held, beside the rows.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The files, as they were named.
    pub(crate) sources: Vec<String>,
    /// Rows that name a machine; duplicates count each time.
    pub(crate) rows: u64,
    /// Bad rows.
    pub(crate) rejected: u64,
    /// What a person should know of how each file was read.
    pub(crate) notes: Vec<String>,
    /// The first bad rows, in words.
    rejects: Vec<String>,
}

/// What an input without machines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// A mistake.
    Refused,
    /// `--allow-empty`.
    Allowed,
}

impl Lists {
    /// Reads every file from its first byte to its last; `visit` gets each row with the index of
    /// its file.
    pub(crate) fn read(
        files: &[PathBuf],
        columns: &ColumnArguments,
        empty: Empty,
        mut visit: impl FnMut(u16, Row) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let most = usize::from(u16::MAX);
        if files.len() > most {
            return Err(Failure::new(Exit::Usage, format!("more than {most} files")));
        }
        let wanted = Wanted {
            id_column: columns.id_column.clone(),
            name_column: columns.name_column.clone(),
            comment_column: columns.comment_column.clone(),
            delimiter: columns.delimiter,
        };
        let mut lists =
            Self { sources: files.iter().map(|f| shown(f)).collect(), ..Self::default() };
        for (source, path) in (0_u16..).zip(files) {
            lists.read_one(path, &wanted, empty, |row| visit(source, row))?;
        }
        Ok(lists)
    }

    fn read_one(
        &mut self,
        path: &Path,
        wanted: &Wanted,
        empty: Empty,
        mut visit: impl FnMut(Row) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let name = shown(path);
        let (file, before) = open(path)?;
        let one = self.sources.len() == 1;
        let read = intake::read(&file, wanted, |record| match record {
            Record::Row(row) => visit(row),
            Record::Reject(reject) => {
                if self.rejects.len() < REJECTS_SHOWN {
                    let said = if one { reject.to_string() } else { format!("{name}: {reject}") };
                    self.rejects.push(said);
                }
                self.rejected += 1;
                Ok(())
            }
        });
        let (shape, summary) = match read {
            Ok(read) => read,
            Err(intake::Failure::Visitor(failure)) => return Err(failure),
            Err(intake::Failure::Input(IntakeError::Empty | IntakeError::OnlyHeader { .. }))
                if empty == Empty::Allowed =>
            {
                return Ok(());
            }
            Err(intake::Failure::Input(error)) => return Err(refused(&name, &error)),
        };
        check_unchanged(&file, &before, &name)?;
        self.rows += summary.rows;
        let mut said = vec![format!("{name}  {} rows", thousands(summary.rows))];
        let columns = [
            ("IDs", &shape.id_column),
            ("names", &shape.name_column),
            ("comments", &shape.comment_column),
        ];
        for (what, column) in columns {
            said.extend(column.iter().map(|column| format!("{what} from `{column}`")));
        }
        self.notes.push(said.join(", "));
        self.notes.extend(shape.notes.iter().chain(&summary.notes).map(|note| format!("  {note}")));
        Ok(())
    }

    /// Bad rows end a command before anything is queued.
    pub(crate) fn refuse_rejects(&self) -> Result<(), Failure> {
        if self.rejected == 0 {
            return Ok(());
        }
        let rows = if self.rejected == 1 { "row" } else { "rows" };
        let has = if self.sources.len() == 1 { "has" } else { "have" };
        let (files, bad) = (self.sources.join(", "), thousands(self.rejected));
        let said = format!("{files} {has} {bad} bad {rows}; nothing was queued");
        let mut failure = Failure::new(Exit::Input, said)
            .hint("mend them, or leave them out with --skip-invalid");
        failure.causes.clone_from(&self.rejects);
        let unseen = self.rejected - self.rejects.len() as u64;
        if unseen > 0 {
            failure.causes.push(format!("and {} more", thousands(unseen)));
        }
        Err(failure)
    }
}

fn refused(name: &str, error: &IntakeError) -> Failure {
    let mut failure = Failure::of(Exit::Input, error);
    failure.message = format!("{name}: {}", failure.message);
    if matches!(error, IntakeError::Empty | IntakeError::OnlyHeader { .. }) {
        return failure.hint("if a list without machines is fine: --allow-empty");
    }
    failure
}

/// Whether every file can be opened: before a journal is made for them.
pub(crate) fn check(files: &[PathBuf]) -> Result<(), Failure> {
    files.iter().try_for_each(|path| open(path).map(drop))
}

/// The file, and what the system says of it before the first byte is read.
fn open(path: &Path) -> Result<(File, Metadata), Failure> {
    let name = shown(path);
    let failed = |error: &std::io::Error| {
        Failure::new(Exit::Input, format!("{name} cannot be read")).caused_by(error)
    };
    if path == Path::new("-") {
        return Err(Failure::new(Exit::Input, "standard input is not read as a list")
            .hint("save it to a file: a batch names the file that it was made from"));
    }
    // Before it is opened: opening a pipe would wait for its other end.
    let before = std::fs::metadata(path).map_err(|error| failed(&error))?;
    if !before.is_file() {
        let what = if before.is_dir() { "a folder" } else { "not a regular file" };
        return Err(Failure::new(Exit::Input, format!("{name} is {what}")));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    Ok((file, before))
}

fn check_unchanged(file: &File, before: &Metadata, name: &str) -> Result<(), Failure> {
    let same = file.metadata().is_ok_and(|after| {
        after.len() == before.len() && after.modified().ok() == before.modified().ok()
    });
    if same {
        return Ok(());
    }
    Err(Failure::new(Exit::Input, format!("{name} changed while it was read; nothing was queued"))
        .hint("wait until it is written, then start again"))
}

/// A path for people: control characters in it must not reach the terminal.
pub(crate) fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}
