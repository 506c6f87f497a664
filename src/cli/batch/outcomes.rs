//! Every machine's outcome, to a file or to standard output.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use crate::cli::args::ReportFormat;
use crate::cli::output::{OutputKind, is_stream, unwritten};
use crate::cli::paths::shown_output;
use crate::cli::plurals::counted;
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::plural;
use crate::journal::{Batch, Filter, Journal, JournalError, Machine};
use crate::report::{
    Format, ReportError, SHEET_ROWS_MAX, Verified, WorkbookReport, WorkbookSize, write_outcomes,
};

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportForm {
    /// A row a machine.
    List(ListForm),
    /// A page, for people.
    Html,
}

/// A list of machines, each with the same columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// For programs.
    Text(Format),
    /// For Excel.
    Workbook,
}

impl ReportForm {
    const CSV: Self = Self::List(ListForm::Text(Format::Csv));
    const JSON: Self = Self::List(ListForm::Text(Format::Json));
    const WORKBOOK: Self = Self::List(ListForm::Workbook);

    /// From its name, which is also the ending of a file.
    fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "html" => Some(Self::Html),
            "xlsx" => Some(Self::WORKBOOK),
            word => Format::from_word(word).map(|format| Self::List(ListForm::Text(format))),
        }
    }
}

impl From<ReportFormat> for ReportForm {
    fn from(said: ReportFormat) -> Self {
        match said {
            ReportFormat::Csv => Self::CSV,
            ReportFormat::Json => Self::JSON,
            ReportFormat::Ndjson => Self::List(ListForm::Text(Format::Ndjson)),
            ReportFormat::Xlsx => Self::WORKBOOK,
            ReportFormat::Html => Self::Html,
        }
    }
}

/// Whose outcomes are written, and where to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedOutcomes<'a> {
    pub(crate) batches: &'a [Batch],
    pub(crate) filter: &'a Filter,
    pub(crate) form: ListForm,
    pub(crate) output: Option<&'a Path>,
}

impl WantedOutcomes<'_> {
    /// Writes them, with what `verify` says of each machine, to the file, or without one to
    /// standard output.
    pub(crate) fn deliver(
        &self,
        context: &Context,
        journal: &Journal,
        verify: impl FnMut(&Machine) -> Result<Verified, JournalError>,
    ) -> Result<(), Failure> {
        let (batches, filter) = (self.batches, self.filter);
        match self.form {
            ListForm::Text(format) => deliver(context, self.output, |out| {
                write_outcomes(journal, batches, filter, format, verify, out).map(on_one_sheet)
            }),
            ListForm::Workbook => deliver(context, self.output, |out| {
                let at = context.clock.now().wall;
                let sheet_rows = SHEET_ROWS_MAX;
                WorkbookReport { batches, filter, at, sheet_rows }.write(journal, verify, out)
            }),
        }
    }
}

/// The size of what knows no sheets.
pub(crate) const fn on_one_sheet(machines: u64) -> WorkbookSize {
    WorkbookSize { machines, sheets: 1 }
}

/// Has `write` write to the file, or without one to standard output.
pub(crate) fn deliver(
    context: &Context,
    path: Option<&Path>,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<WorkbookSize, ReportError>,
) -> Result<(), Failure> {
    let Some(path) = path else {
        // Without its lock, which a thread of the writer could not hold.
        let mut out = BufWriter::new(io::stdout());
        let written = write(&mut out);
        return match written.and_then(|_| out.flush().map_err(ReportError::Write)) {
            // The reader has what it wanted (`| head`).
            Err(ReportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(ReportError::Write(error)) => Err(broken_off("standard output", &error)),
            other => Ok(other?),
        };
    };
    let mut out = context.outputs.replace(OutputKind::Report, path)?;
    let written = write(&mut out);
    let written = written.and_then(|size| {
        out.finish().map_err(ReportError::Write)?;
        Ok(size)
    });
    if let Err(ReportError::Write(error)) = &written
        && error.kind() == io::ErrorKind::BrokenPipe
        && is_stream(path)
    {
        return Ok(());
    }
    let WorkbookSize { machines, sheets } = written.map_err(|error| match error {
        ReportError::Write(error) if is_stream(path) => broken_off(&shown_output(path), &error),
        ReportError::Write(error) => unwritten(path, &error)
            .hint("the old file is unchanged; check the disk, then start again"),
        other => other.into(),
    })?;
    let are = plural(machines, "is", "are");
    let on_sheets = match sheets {
        1 => String::new(),
        more => format!(", on {more} sheets: a sheet of Excel has 1,048,576 rows"),
    };
    let (machines, path) = (counted(machines, "machine"), shown_output(path));
    context.screen.note(&format!("{machines} {are} in {path}{on_sheets}"));
    Ok(())
}

/// What was written to a stream before it failed is there, and is not the whole.
fn broken_off(what: &str, error: &io::Error) -> Failure {
    Failure::new(Exit::Error, format!("{what} cannot be written; the report is incomplete"))
        .caused_by(error)
        .hint("make room where it goes, or name a file: --output FILE")
}

/// `--format`, else the ending of `--output`, else what `--json` asks for, else csv. A workbook
/// does not go to a terminal.
pub(crate) fn form(
    said: Option<ReportFormat>,
    output: Option<&Path>,
    json: bool,
) -> Result<ReportForm, Failure> {
    let form = wanted_form(said, output, json)?;
    let to_terminal = match output {
        None => io::stdout().is_terminal(),
        Some(path) if path == Path::new("/dev/stderr") => io::stderr().is_terminal(),
        Some(path) if path == Path::new("/dev/null") => false,
        Some(path) => is_stream(path) && io::stdout().is_terminal(),
    };
    if form == ReportForm::WORKBOOK && to_terminal {
        let said = "a workbook is not text: it cannot be shown on a terminal";
        return Err(Failure::new(Exit::Usage, said).hint("name a file: --output report.xlsx"));
    }
    Ok(form)
}

/// The same for a list of machines.
pub(crate) fn list_form(
    said: Option<ReportFormat>,
    output: Option<&Path>,
    json: bool,
) -> Result<ListForm, Failure> {
    match form(said, output, json)? {
        ReportForm::List(form) => Ok(form),
        ReportForm::Html => {
            Err(Failure::new(Exit::Usage, "`verify` writes csv, json, ndjson or xlsx")
                .hint("name one of these: --format csv; `report` writes html"))
        }
    }
}

fn wanted_form(
    said: Option<ReportFormat>,
    output: Option<&Path>,
    json: bool,
) -> Result<ReportForm, Failure> {
    let ending = output.and_then(|path| path.extension()?.to_str());
    match (said, ending) {
        (Some(said), _) => Ok(said.into()),
        (None, Some(ending)) => ReportForm::from_word(ending).ok_or_else(|| {
            let known = "csv, json, ndjson, xlsx or html";
            let said = format!("`.{ending}` is not a report format: {known}");
            Failure::new(Exit::Usage, said).hint("name the format: --format csv")
        }),
        (None, None) if json => Ok(ReportForm::JSON),
        (None, None) => Ok(ReportForm::CSV),
    }
}
