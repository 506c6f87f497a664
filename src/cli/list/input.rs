//! Reads the lists that a person names: `source` opens them, `intake` reads them.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::MachineId;
use crate::domain::text::plural;
use crate::guard::Needed;
use crate::intake::{
    self, IntakeError, NamedRow, Position, Record, Reject, Row, RowFilter, RowKey, Shape, Summary,
    Wanted,
};
use crate::report::{Rejects, RejectsError};

use crate::cli::args::{ColumnArguments, Progress};
use crate::cli::list::bad_rows::RowFaults;
use crate::cli::list::exclusions::Exclusions;
use crate::cli::list::source::Source;
use crate::cli::list::whole_tenant::Inventory;
use crate::cli::output::{AtomicFile, OutputKind, Outputs};
use crate::cli::paths::{shown, shown_output};
use crate::cli::plurals::counted;
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

/// What to do if leaving out the bad rows leaves nothing.
const NOTHING_LEFT: &str = "fix the list: without its bad rows it is empty";

pub(crate) struct ListRequest<'a> {
    pub(crate) files: &'a [PathBuf],
    pub(crate) columns: &'a ColumnArguments,
    /// `--where`.
    pub(crate) filters: &'a [RowFilter],
    pub(crate) empty: Empty,
    /// `--rejects`.
    pub(crate) rejects: Option<BadRows<'a>>,
    pub(crate) screen: Screen,
    pub(crate) progress: Progress,
    /// Whether rows that the filters leave out are visited as well.
    pub(crate) unwanted: Unwanted,
    pub(crate) key: RowKey,
}

/// What is done with rows that the filters leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unwanted {
    Counted,
    /// They are visited as well: they may be newer than others of the same machine.
    Visited,
}

impl<'a> ListRequest<'a> {
    pub(crate) fn of(files: &'a [PathBuf], columns: &'a ColumnArguments, screen: Screen) -> Self {
        let (empty, progress) = (Empty::Useless, Progress::Auto);
        let (unwanted, key) = (Unwanted::Counted, RowKey::Id);
        Self { files, columns, filters: &[], empty, rejects: None, screen, progress, unwanted, key }
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            id_column: self.columns.id_column.clone(),
            name_column: self.columns.name_column.clone(),
            comment_column: self.columns.comment_column.clone(),
            without_comments: self.columns.no_comment_column,
            delimiter: self.columns.delimiter,
            encoding: self.columns.encoding,
            sheet: self.columns.sheet.clone(),
            filters: self.filters.to_vec(),
            unwanted_too: self.unwanted == Unwanted::Visited,
            key: self.key,
            kind: intake::Kind::Table,
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct BadRows<'a> {
    pub(crate) path: &'a Path,
    pub(crate) outputs: &'a Outputs,
}

/// What an input without machines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// A mistake, in a list that chooses among other machines.
    Useless,
    /// A mistake, unless `--allow-empty` says that it is none.
    Refused,
    /// `--allow-empty`.
    Allowed,
}

/// Which columns of a file say what its guards need.
#[derive(Debug, Default)]
pub(crate) struct FileColumns {
    pub(crate) file: String,
    system: Option<String>,
    onboarding: Option<String>,
}

impl FileColumns {
    pub(crate) fn of(&self, needed: Needed) -> Option<&str> {
        match needed {
            Needed::System => self.system.as_deref(),
            Needed::Onboarding => self.onboarding.as_deref(),
        }
    }
}

/// What the lists held, beside the rows.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) sources: Vec<String>,
    pub(crate) rejected: u64,
    pub(crate) not_wanted: u64,
    /// The columns of each file, in the order of `sources`.
    pub(crate) columns: Vec<FileColumns>,
    pub(crate) exclusions: Exclusions,
    /// What a person should know of how each file was read.
    pub(crate) notes: Vec<String>,
    /// A file that may hold all machines of the tenant.
    pub(crate) inventory: Option<Inventory>,
    /// The column of comments of each file, in the order of `sources`, and what a row of it is
    /// called.
    comments: Vec<(Option<String>, Position)>,
    /// Whether a file has a column called like one of IDs, though its names are read.
    pub(crate) has_id_column: bool,
    faults: RowFaults,
    table: Option<(PathBuf, Rejects<AtomicFile>)>,
}

impl Lists {
    /// Reads every file from its first byte to its last; `visit` gets each row with the index of
    /// its file.
    pub(crate) fn read(
        request: &ListRequest<'_>,
        mut visit: impl FnMut(u16, Row) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let files = request.files;
        let most = usize::from(u16::MAX);
        if files.len() > most {
            return Err(Failure::new(Exit::Usage, format!("more than {most} files"))
                .hint("join them into fewer lists"));
        }
        let mut lists =
            Self { sources: files.iter().map(|f| shown(f)).collect(), ..Self::default() };
        if let Some(bad_rows) = request.rejects {
            lists.table = Some((bad_rows.path.to_owned(), table(bad_rows)?));
        }
        for (source, path) in (0_u16..).zip(files) {
            lists.read_one(request, path, &mut |row| visit(source, row))?;
        }
        if let Some((path, table)) = lists.table.take() {
            let written = table.end().and_then(AtomicFile::finish);
            written.map_err(|error| not_written(&path, &RejectsError::Write(error)))?;
            let (bad, path) = (counted(lists.rejected, "bad row"), shown_output(&path));
            request.screen.note(&format!("{bad} written to {path}\n"));
        }
        Ok(lists)
    }

    /// One visitor for all: the readers of each kind of file are compiled once, not once a command.
    fn read_one(
        &mut self,
        request: &ListRequest<'_>,
        path: &Path,
        visit: &mut dyn FnMut(Row) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let name = shown(path);
        let mut wanted = request.wanted();
        self.faults.begin();
        self.comments.push((None, Position::Line(0)));
        let mut take = |record| match record {
            Record::Row(row) => {
                self.comments.last_mut().expect("pushed above").1 = row.place;
                visit(row)
            }
            Record::Named(row) => {
                self.comments.last_mut().expect("pushed above").1 = row.place;
                visit(of_name(row))
            }
            Record::Reject(reject) => self.reject(&name, &reject),
        };
        let read = match Source::open(path)? {
            Source::StandardInput(input) => {
                wanted.kind = intake::Kind::Any;
                intake::read(input, &wanted, &mut take)
            }
            Source::Text(mut file, kind) => {
                file.show(kind, request.screen, request.progress);
                wanted.kind = kind;
                let read = intake::read(&mut file, &wanted, &mut take);
                file.check_unchanged()?;
                read
            }
            Source::Workbook(mut file) => {
                file.announce_workbook(request.screen);
                let read = intake::read_workbook(&mut file, &wanted, &mut take);
                file.check_unchanged()?;
                read
            }
        };
        self.columns.push(FileColumns { file: name.clone(), ..FileColumns::default() });
        match read {
            Ok((shape, summary)) => self.note(&name, &shape, &summary),
            Err(intake::ReadFailure::Visitor(failure)) => return Err(failure),
            Err(intake::ReadFailure::Input(
                IntakeError::Empty | IntakeError::OnlyHeader { .. },
            )) if request.empty == Empty::Allowed => {}
            Err(intake::ReadFailure::Input(error)) => {
                return Err(refused(&name, &error, request.empty));
            }
        }
        Ok(())
    }

    fn reject(&mut self, name: &str, reject: &Reject) -> Result<(), Failure> {
        self.rejected += 1;
        let one = self.sources.len() == 1;
        let said = if one { reject.to_string() } else { format!("{name}: {reject}") };
        self.faults.add(reject, said);
        match &mut self.table {
            Some((path, table)) => {
                table.add(name, reject).map_err(|error| not_written(path, &error))
            }
            None => Ok(()),
        }
    }

    /// What a person should know of how a file was read.
    fn note(&mut self, name: &str, shape: &Shape, summary: &Summary) {
        self.not_wanted += summary.not_wanted;
        if summary.rows + summary.not_wanted == 0 && summary.rejects > 0 {
            self.faults.end_useless(name, summary.rejects, summary.hint.clone());
        }
        self.has_id_column |= shape.has_id_column;
        self.inventory = self.inventory.take().or_else(|| Inventory::of(shape));
        if let Some((column, _)) = self.comments.last_mut() {
            column.clone_from(&shape.comment_column);
        }
        let file = (self.sources.len() > 1).then_some(name);
        self.exclusions.add(file, &summary.exclusions);
        if let Some(columns) = self.columns.last_mut() {
            columns.system.clone_from(&shape.system_column);
            columns.onboarding.clone_from(&shape.onboarding_column);
        }
        let rows = summary.rows + summary.not_wanted;
        let mut said = vec![format!("{name}  {}", counted(rows, "row"))];
        if shape.portal_export {
            said.push("portal export".to_owned());
        }
        said.extend(shape.sheet.iter().map(|sheet| format!("sheet `{sheet}`")));
        let has_header = shape.id_column.is_some() || shape.name_column.is_some();
        let delimiter = shape.delimiter.filter(|_| has_header);
        let ways = [Some(shape.encoding).filter(|name| !name.is_empty()), delimiter];
        said.extend(ways.into_iter().flatten().map(str::to_owned));
        let columns = [
            ("IDs", &shape.id_column),
            ("names", &shape.name_column),
            ("comments", &shape.comment_column),
            ("system", &shape.system_column),
            ("onboarding", &shape.onboarding_column),
            ("times", &shape.time_column),
        ];
        let unknown: Vec<&str> = columns[3..5]
            .iter()
            .filter(|(_, column)| column.is_none())
            .map(|(what, _)| *what)
            .collect();
        let from = |(what, column): (&str, &Option<String>)| {
            column.as_ref().map(|column| format!("{what} from `{column}`"))
        };
        let columns: Vec<String> = columns.into_iter().filter_map(from).collect();
        let columns = match columns.as_slice() {
            [] => String::new(),
            some => format!("; {}", some.join(", ")),
        };
        self.notes.push(format!("{}{columns}", said.join(", ")));
        if !unknown.is_empty() {
            self.notes.push(format!("  not known from this list: {}", unknown.join(", ")));
        }
        self.notes.extend(shape.notes.iter().chain(&summary.notes).map(|note| format!("  {note}")));
        let passed = [
            (summary.blank_lines, counted(summary.blank_lines, "blank line") + " ignored"),
            (summary.trimmed, format!("spaces removed around {}", counted(summary.trimmed, "ID"))),
        ];
        let passed = passed.into_iter().filter(|(count, _)| *count > 0);
        self.notes.extend(passed.map(|(_, said)| format!("  {said}")));
    }

    /// Bad rows end a command before anything is queued.
    pub(crate) fn refuse_rejects(&self) -> Result<(), Failure> {
        if self.rejected == 0 {
            return Ok(());
        }
        let has = plural(self.sources.len(), "has", "have");
        let (files, bad) = (self.sources.join(", "), counted(self.rejected, "bad row"));
        let said = format!("{files} {has} {bad}; nothing was queued");
        let hint = if self.faults.useless.is_empty() {
            "fix them, or leave them out with --skip-invalid"
        } else {
            NOTHING_LEFT
        };
        Err(self.faulty(said, hint))
    }

    /// A list of which no row can be used is a wrong list, also where bad rows are left out.
    pub(crate) fn refuse_useless(&self) -> Result<(), Failure> {
        if self.faults.useless.is_empty() {
            return Ok(());
        }
        let files = self.faults.useless.join(", ");
        let said = format!("{files}: no row can be used; nothing was queued");
        Err(self.faulty(said, NOTHING_LEFT))
    }

    fn faulty(&self, said: String, hint: &str) -> Failure {
        let hint = self.faults.lead.as_deref().unwrap_or(hint);
        let mut failure = Failure::new(Exit::Input, said).hint(hint);
        failure.causes = self.faults.lines(self.rejected);
        failure
    }

    pub(crate) const fn are_empty(&self) -> bool {
        self.rejected == 0 && self.not_wanted == 0
    }

    /// Where a row without a comment is, in words: line, file and column.
    pub(crate) fn place_without_comment(&self, source: u16, line: u64) -> String {
        let index = usize::from(source);
        let (column, place) = &self.comments[index];
        let file = &self.sources[index];
        match column {
            Some(column) => format!(
                "the first is in {} of {file}, {} `{column}`",
                place.with_number(line),
                place.column_word()
            ),
            None => format!(
                "the first is in {} of {file}, which has no column of comments",
                place.with_number(line)
            ),
        }
    }
}

/// A row of a list of names, as if it had an ID: one that only a rehearsal uses.
fn of_name(row: NamedRow) -> Row {
    let NamedRow { place, name, comment, device, at, wanted } = row;
    let hash: [u8; 32] = Sha256::digest(name.to_lowercase()).into();
    let mut id = [0; 20];
    id.copy_from_slice(&hash[..20]);
    let id = MachineId::from_bytes(id);
    Row { place, id, name: Some(name), comment, device, at, wanted }
}

fn table(bad_rows: BadRows<'_>) -> Result<Rejects<AtomicFile>, Failure> {
    let BadRows { path, outputs } = bad_rows;
    let file = outputs.replace(OutputKind::Rejects, path)?;
    Rejects::begin(file).map_err(|error| not_written(path, &RejectsError::Write(error)))
}

fn not_written(path: &Path, error: &RejectsError) -> Failure {
    let said = format!("the bad rows cannot be written to {}", shown_output(path));
    match error {
        RejectsError::OtherColumns(_) => {
            Failure::new(Exit::Usage, said).caused_by(error).hint("run the files one at a time")
        }
        RejectsError::Write(_) => Failure::new(Exit::Error, said)
            .caused_by(error)
            .hint("nothing was queued; check the disk, then start again"),
    }
}

fn refused(name: &str, error: &IntakeError, empty: Empty) -> Failure {
    let failure = Failure::of(Exit::Input, error).about(name);
    let is_empty = matches!(error, IntakeError::Empty | IntakeError::OnlyHeader { .. });
    if is_empty && empty == Empty::Refused {
        return failure.hint("to allow a list without machines: --allow-empty");
    }
    failure.hint(error.hint())
}
