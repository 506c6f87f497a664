//! Every machine's outcome, written as it is read: memory does not know how many there are.

use std::io::{self, Write};

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
    /// None where it is of several journals, each of which has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<&'a AuditShape>,
}

/// The whole report. It is written machine by machine, since there may be a million.
#[derive(JsonSchema, Serialize)]
pub(super) struct ReportDocument<'a> {
    #[serde(flatten)]
    head: ReportHead<'a>,
    machines: Vec<Outcome<'a>>,
    /// Where it is of several journals.
    #[serde(skip_serializing_if = "Option::is_none")]
    journals: Option<Vec<ReportedJournal<'a>>>,
}

/// One of several journals of a report.
#[derive(JsonSchema, Serialize)]
struct ReportedJournal<'a> {
    /// The path of its file.
    journal: &'a str,
    batches: Vec<BatchShape<'a>>,
    audit: &'a AuditShape,
}

impl<'a> ReportHead<'a> {
    const SCHEMA: &'static str = "mde-offboard.report/1";

    fn of(batches: &'a [Batch], audit: &'a AuditShape) -> Self {
        let shapes = || batches.iter().map(BatchShape::from);
        let (batch, batches) = match batches {
            [one] => (Some(BatchShape::from(one)), None),
            _ => (None, Some(shapes().collect())),
        };
        Self { schema: Self::SCHEMA, batch, batches, audit: Some(audit) }
    }

    /// Of several journals: what is known of each comes after the machines.
    const fn of_several() -> Self {
        Self { schema: Self::SCHEMA, batch: None, batches: None, audit: None }
    }
}

/// Writes the outcomes of the machines of `batches` that pass `filter`, in order, with what
/// `verify` knows of each, and returns how many there were. With several batches, the JSON document
/// has `batches` instead of `batch`.
///
/// # Errors
/// Where the journal cannot be read, `verify` cannot say it, or `out` cannot be written.
pub fn write_outcomes(
    journal: &Journal,
    batches: &[Batch],
    filter: &Filter,
    format: Format,
    verify: impl FnMut(&Machine) -> Result<Verified, JournalError>,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    let audit = AuditShape::from(journal.chain_head()?);
    let head = ReportHead::of(batches, &audit);
    let mut sheet = Sheet::begin(format, &head, out).map_err(ReportError::Write)?;
    add_machines(&mut sheet, (journal, batches), filter, verify)?;
    sheet.end("").map_err(ReportError::Write)
}

/// The outcomes of several journals in one table, journal by journal.
pub struct SeveralOutcomes<'a> {
    sheet: Sheet<'a>,
    added: Vec<(String, AuditShape, Vec<Batch>)>,
}

impl<'a> SeveralOutcomes<'a> {
    /// # Errors
    /// Where `out` cannot be written.
    pub fn begin(format: Format, out: &'a mut dyn Write) -> Result<Self, ReportError> {
        let head = ReportHead::of_several();
        let sheet = Sheet::begin(format, &head, out).map_err(ReportError::Write)?;
        Ok(Self { sheet, added: Vec::new() })
    }

    /// Adds the machines of these batches of a journal, which is called `name` in the document. It
    /// should be read at one instant.
    ///
    /// # Errors
    /// Where the journal cannot be read, or `out` cannot be written.
    pub fn add(
        &mut self,
        (name, journal): (&str, &Journal),
        batches: Vec<Batch>,
        filter: &Filter,
    ) -> Result<(), ReportError> {
        let audit = AuditShape::from(journal.chain_head()?);
        let nothing = |_: &Machine| Ok(Verified::default());
        add_machines(&mut self.sheet, (journal, &batches), filter, nothing)?;
        self.added.push((name.to_owned(), audit, batches));
        Ok(())
    }

    /// How many machines there were.
    ///
    /// # Errors
    /// Where `out` cannot be written.
    pub fn end(self) -> Result<u64, ReportError> {
        let journals: Vec<_> = self
            .added
            .iter()
            .map(|(journal, audit, batches)| {
                let batches = batches.iter().map(BatchShape::from).collect();
                ReportedJournal { journal, batches, audit }
            })
            .collect();
        let journals = format!(",\"journals\":{}", ascii_json(&journals));
        self.sheet.end(&journals).map_err(ReportError::Write)
    }
}

fn add_machines(
    sheet: &mut Sheet<'_>,
    (journal, batches): (&Journal, &[Batch]),
    filter: &Filter,
    mut verify: impl FnMut(&Machine) -> Result<Verified, JournalError>,
) -> Result<(), ReportError> {
    for batch in batches {
        journal.try_each_machine(batch.id, filter, |machine| {
            let outcome = Outcome::new(&machine, batch, verify(&machine)?);
            sheet.add(&outcome).map_err(ReportError::Write)
        })?;
    }
    Ok(())
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
    fn begin(format: Format, head: &ReportHead<'_>, out: &'a mut dyn Write) -> io::Result<Self> {
        let kind = match format {
            Format::Csv => {
                out.write_all("\u{feff}".as_bytes())?;
                let mut sheet = csv::Writer::from_writer(out);
                sheet.write_record(Outcome::COLUMNS)?;
                Kind::Csv(Box::new(sheet))
            }
            Format::Json => {
                let head = ascii_json(head);
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

    /// In a document `rest` follows the machines.
    fn end(self, rest: &str) -> io::Result<u64> {
        match self.kind {
            Kind::Csv(mut sheet) => sheet.flush()?,
            Kind::Json(out) => {
                writeln!(out, "\n]{rest}}}")?;
                out.flush()?;
            }
            Kind::Ndjson(out) => out.flush()?,
        }
        Ok(self.machines)
    }
}
