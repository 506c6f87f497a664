//! Every machine's outcome, to a file or to standard output.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::cli::args::ReportFormat;
use crate::cli::output::{OutputKind, is_stream};
use crate::cli::paths::shown_output;
use crate::cli::plurals::counted;
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::plural;
use crate::report::{Format, ReportError};

/// Has `write` write to the file, or without one to standard output.
pub(crate) fn deliver(
    context: &Context,
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<u64, ReportError>,
) -> Result<(), Failure> {
    let Some(path) = path else {
        let mut out = BufWriter::new(io::stdout().lock());
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
    let written = written.and_then(|machines| {
        out.finish().map_err(ReportError::Write)?;
        Ok(machines)
    });
    if let Err(ReportError::Write(error)) = &written
        && error.kind() == io::ErrorKind::BrokenPipe
        && is_stream(path)
    {
        return Ok(());
    }
    let machines = written.map_err(|error| match error {
        ReportError::Write(error) if is_stream(path) => broken_off(&shown_output(path), &error),
        ReportError::Write(error) => {
            Failure::new(Exit::Error, format!("{} cannot be written", shown_output(path)))
                .caused_by(&error)
                .hint("the old file is unchanged; check the disk, then start again")
        }
        other => other.into(),
    })?;
    let are = plural(machines, "is", "are");
    context.screen.note(&format!(
        "{} {are} in {}",
        counted(machines, "machine"),
        shown_output(path)
    ));
    Ok(())
}

/// What was written to a stream before it failed is there, and is not the whole.
fn broken_off(what: &str, error: &io::Error) -> Failure {
    Failure::new(Exit::Error, format!("{what} cannot be written; the report is incomplete"))
        .caused_by(error)
        .hint("make room where it goes, or name a file: --output FILE")
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportForm {
    /// A row a machine, for programs.
    Rows(Format),
    /// A page, for people.
    Html,
}

impl ReportForm {
    /// From its name, which is also the ending of a file.
    fn from_word(word: &str) -> Option<Self> {
        let rows = || Format::from_word(word).map(Self::Rows);
        if word.eq_ignore_ascii_case("html") { Some(Self::Html) } else { rows() }
    }
}

impl From<ReportFormat> for ReportForm {
    fn from(said: ReportFormat) -> Self {
        match said {
            ReportFormat::Csv => Self::Rows(Format::Csv),
            ReportFormat::Json => Self::Rows(Format::Json),
            ReportFormat::Ndjson => Self::Rows(Format::Ndjson),
            ReportFormat::Html => Self::Html,
        }
    }
}

/// `--format`, else the ending of `--output`, else what `--json` asks for, else csv.
pub(crate) fn form(
    said: Option<ReportFormat>,
    output: Option<&Path>,
    json: bool,
) -> Result<ReportForm, Failure> {
    let ending = |path: &Path| {
        let ending = path.extension()?.to_str()?.to_owned();
        Some((ReportForm::from_word(&ending), ending))
    };
    match (said, output.and_then(ending)) {
        (Some(said), _) => Ok(said.into()),
        (None, Some((Some(form), _))) => Ok(form),
        (None, Some((None, ending))) => {
            let said = format!("`.{ending}` is not a report format: csv, json, ndjson or html");
            Err(Failure::new(Exit::Usage, said).hint("name the format: --format csv"))
        }
        (None, None) if json => Ok(ReportForm::Rows(Format::Json)),
        (None, None) => Ok(ReportForm::Rows(Format::Csv)),
    }
}

/// The same for a list that only programs read.
pub(crate) fn format(
    said: Option<ReportFormat>,
    output: Option<&Path>,
    json: bool,
) -> Result<Format, Failure> {
    match form(said, output, json)? {
        ReportForm::Rows(format) => Ok(format),
        ReportForm::Html => Err(Failure::new(Exit::Usage, "`verify` writes csv, json or ndjson")
            .hint("name one of these: --format csv; `report` writes html")),
    }
}
