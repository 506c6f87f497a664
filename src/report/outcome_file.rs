//! Every machine's outcome, written as it is read: memory does not know how many there are.

use std::io::{self, Write};
use std::ops::ControlFlow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::journal::{Batch, Filter, Journal, JournalError, Machine};
use crate::reporter::ascii_json;

use super::ReportError;
use super::outcome::{Outcome, Verified};
use super::shapes::{AuditShape, BatchShape};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With a byte-order mark, for Excel.
    Csv,
    /// One document, `mde-offboard.report/1`.
    Json,
    /// One machine a line.
    Ndjson,
}

impl Format {
    /// From its name, which is also the ending of a file.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ndjson" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// In which form a file is a report that begins like this; none where it is none.
    pub fn of_report(text: &str) -> Option<Self> {
        let line = text.lines().next()?;
        if line.strip_prefix('\u{feff}') == Some(&Outcome::COLUMNS.join(",")) {
            return Some(Self::Csv);
        }
        if line.starts_with(DOCUMENT) {
            return Some(Self::Json);
        }
        let machine: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).ok()?;
        let names = Outcome::COLUMNS;
        let same = machine.len() == names.len() && names.iter().all(|n| machine.contains_key(*n));
        same.then_some(Self::Ndjson)
    }
}

/// How the document begins.
const DOCUMENT: &str = "{\"schema\":\"mde-offboard.report/1\",";

/// What stands before the machines.
#[derive(JsonSchema, Serialize)]
struct ReportHead<'a> {
    #[schemars(extend("const" = "mde-offboard.report/1"))]
    schema: &'static str,
    /// The batch, where the report is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<BatchShape<'a>>,
    /// All batches, where it is of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    batches: Option<Vec<BatchShape<'a>>>,
    audit: &'a AuditShape,
}

/// The whole report. It is written machine by machine, since there may be a million.
#[derive(JsonSchema, Serialize)]
pub(super) struct ReportDocument<'a> {
    #[serde(flatten)]
    head: ReportHead<'a>,
    machines: Vec<Outcome<'a>>,
}

impl<'a> ReportHead<'a> {
    fn of(batches: &'a [Batch], audit: &'a AuditShape) -> Self {
        let shapes = || batches.iter().map(BatchShape::from);
        let (batch, batches) = match batches {
            [one] => (Some(BatchShape::from(one)), None),
            _ => (None, Some(shapes().collect())),
        };
        Self { schema: "mde-offboard.report/1", batch, batches, audit }
    }
}

/// Writes the outcomes of the machines of `batches` that pass `filter`, in order, and returns how
/// many there were. With several batches, the JSON document has `batches` instead of `batch`.
///
/// # Errors
/// Where the journal cannot be read, or `out` cannot be written.
pub fn write_outcomes(
    journal: &Journal,
    batches: &[Batch],
    filter: &Filter,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    write_verified(journal, batches, filter, format, |_| Ok(Verified::default()), out)
}

/// The same, with what the tenant said of each machine later.
///
/// # Errors
/// Those of [`write_outcomes`], and where `verify` cannot say it.
pub fn write_verified(
    journal: &Journal,
    batches: &[Batch],
    filter: &Filter,
    format: Format,
    mut verify: impl FnMut(&Machine) -> Result<Verified, JournalError>,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    let audit = AuditShape::from(journal.chain_head()?);
    let mut sheet = Sheet::begin(format, (batches, &audit), out).map_err(ReportError::Write)?;
    for batch in batches {
        let mut trouble = None;
        journal.each_machine(batch.id, filter, |machine| {
            let verified = verify(&machine).map_err(ReportError::from);
            let added = verified.and_then(|verified| {
                let outcome = Outcome::new(&machine, batch, verified);
                sheet.add(&outcome).map_err(ReportError::Write)
            });
            match added {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    trouble = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = trouble {
            return Err(error);
        }
    }
    sheet.end().map_err(ReportError::Write)
}

struct Sheet<'a> {
    kind: Kind<'a>,
    machines: u64,
}

enum Kind<'a> {
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
    Json(&'a mut dyn Write),
    Ndjson(&'a mut dyn Write),
}

impl<'a> Sheet<'a> {
    fn begin(
        format: Format,
        (batches, audit): (&[Batch], &AuditShape),
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let kind = match format {
            Format::Csv => {
                out.write_all("\u{feff}".as_bytes())?;
                let mut sheet = csv::Writer::from_writer(out);
                sheet.write_record(Outcome::COLUMNS)?;
                Kind::Csv(Box::new(sheet))
            }
            Format::Json => {
                let head = ascii_json(&ReportHead::of(batches, audit));
                let open = head.strip_suffix('}').expect("an object ends so");
                write!(out, "{open},\"machines\":[")?;
                Kind::Json(out)
            }
            Format::Ndjson => Kind::Ndjson(out),
        };
        Ok(Self { kind, machines: 0 })
    }

    fn add(&mut self, outcome: &Outcome<'_>) -> io::Result<()> {
        let first = self.machines == 0;
        self.machines += 1;
        match &mut self.kind {
            Kind::Csv(sheet) => Ok(sheet.write_record(outcome.cells())?),
            Kind::Json(out) => {
                let before = if first { "\n" } else { ",\n" };
                write!(out, "{before}{}", ascii_json(outcome))
            }
            Kind::Ndjson(out) => writeln!(out, "{}", ascii_json(outcome)),
        }
    }

    fn end(self) -> io::Result<u64> {
        match self.kind {
            Kind::Csv(mut sheet) => sheet.flush()?,
            Kind::Json(out) => {
                writeln!(out, "\n]}}")?;
                out.flush()?;
            }
            Kind::Ndjson(out) => out.flush()?,
        }
        Ok(self.machines)
    }
}
