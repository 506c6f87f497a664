//! The sheet that says what the machines are: their batches, counts, failures, the audit head.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use crate::domain::text::in_line;
use crate::domain::{BatchFact, Comment, State, Timestamp, hex};
use crate::journal::{Batch, ChainHead, CodeCount, Journal, JournalError};
use crate::report::advice::error_advice;
use crate::report::batches::progress;
use crate::report::course::Operator;

use super::cell_formats::{CellFormats, excel_days};
use super::machine_sheets::{MachineSheets, fitted};

/// In characters.
const WIDTHS: [f64; 4] = [26.0, 40.0, 44.0, 44.0];

/// A batch, and what the journal says of it as a whole.
pub(super) struct ReportedBatch<'a> {
    batch: &'a Batch,
    codes: Vec<CodeCount>,
    operators: Vec<Operator>,
    plan_hash: Option<[u8; 32]>,
}

impl<'a> ReportedBatch<'a> {
    pub(super) fn read(journal: &Journal, batch: &'a Batch) -> Result<Self, JournalError> {
        let facts = journal.batch_facts_of(batch.id)?;
        let plan_hash = facts.iter().find_map(|(_, fact)| match fact {
            BatchFact::Created { plan_hash, .. } => *plan_hash,
            _ => None,
        });
        let operators = Operator::of(facts.iter().map(|(_, fact)| fact));
        Ok(Self { batch, codes: journal.codes(batch.id)?, operators, plan_hash })
    }
}

/// What the sheet says.
pub(super) struct BatchSheet<'a> {
    pub(super) batches: &'a [ReportedBatch<'a>],
    pub(super) audit: ChainHead,
    pub(super) at: Timestamp,
}

/// Begins the sheet; returns its index.
pub(super) fn begin_batch_sheet(book: &mut Workbook) -> Result<usize, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name("Batch")?;
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    Ok(book.worksheets().len() - 1)
}

impl BatchSheet<'_> {
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        formats: &CellFormats,
        machines: &MachineSheets,
    ) -> Result<(), XlsxError> {
        let mut lines = Lines { sheet, formats, row: 0 };
        let program = concat!("mde-offboard ", env!("CARGO_PKG_VERSION"));
        lines.title(&format!("Report of {program}"))?;
        if self.batches.iter().any(|it| it.batch.tenant.is_simulated()) {
            lines.title("SIMULATION: nothing was sent to Defender")?;
        }
        lines.time("written at", Some(self.at))?;
        lines.number("machines in this workbook", machines.machines)?;
        if machines.sheets > 1 {
            lines.number("sheets with machines", machines.sheets.into())?;
        }
        lines.number("facts in the journal", self.audit.rows)?;
        lines.text("audit head", &hex::encode(&self.audit.hash))?;
        for reported in self.batches {
            lines.row += 1;
            lines.batch(reported)?;
            lines.counts(reported.batch)?;
            lines.failures(&reported.codes)?;
        }
        Ok(())
    }
}

/// A sheet and its next row.
struct Lines<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a CellFormats,
    row: u32,
}

impl Lines<'_> {
    fn batch(&mut self, reported: &ReportedBatch<'_>) -> Result<(), XlsxError> {
        let batch = reported.batch;
        self.title(&format!("Batch {}", batch.id))?;
        self.text("status", &progress(batch))?;
        self.text("tenant", &batch.tenant.id)?;
        self.text("API", &batch.api)?;
        self.text("comment", batch.comment.as_ref().map_or("", Comment::as_str))?;
        for source in &batch.sources {
            self.text("list", source)?;
        }
        for filter in &batch.filters {
            self.text("where", &filter.condition)?;
        }
        self.text("hash of the list", &batch.content.to_string())?;
        if let Some(hash) = &reported.plan_hash {
            self.text("hash of the plan", &hex::encode(hash))?;
        }
        for operator in &reported.operators {
            self.text("run by", &operator.to_string())?;
        }
        self.time("created", Some(batch.created_at))?;
        self.time("first request", batch.first_sent_at)?;
        self.time("last request", batch.last_sent_at)?;
        self.time("last run ended", batch.ended_at)
    }

    fn counts(&mut self, batch: &Batch) -> Result<(), XlsxError> {
        self.row += 1;
        self.head(["state", "machines", "", ""])?;
        for state in State::ALL {
            let machines = batch.counts.of(state);
            if machines > 0 {
                self.number(state.word(), machines)?;
            }
        }
        self.number("total", batch.total)
    }

    fn failures(&mut self, codes: &[CodeCount]) -> Result<(), XlsxError> {
        let errors = error_advice(codes);
        if errors.is_empty() {
            return Ok(());
        }
        self.row += 1;
        self.head(["code", "machines", "meaning", "what to do"])?;
        for error in errors {
            let row = self.row;
            self.cell(2, &error.means)?;
            self.cell(3, error.to_do)?;
            self.number(&error.code, error.machines)?;
            debug_assert_eq!(row + 1, self.row);
        }
        Ok(())
    }

    fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, 0, text, &self.formats.title)?;
        self.row += 1;
        Ok(())
    }

    fn head(&mut self, names: [&str; 4]) -> Result<(), XlsxError> {
        for (column, name) in (0..).zip(names) {
            self.sheet.write_string_with_format(self.row, column, name, &self.formats.head)?;
        }
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, text: &str) -> Result<(), XlsxError> {
        let text = fitted(in_line(text).into_owned());
        self.sheet.write_string_with_format(self.row, column, text, &self.formats.text)?;
        Ok(())
    }

    fn text(&mut self, label: &str, text: &str) -> Result<(), XlsxError> {
        self.cell(0, label)?;
        self.cell(1, text)?;
        self.row += 1;
        Ok(())
    }

    /// A count, for which 2^53 is far away.
    #[expect(clippy::cast_precision_loss, reason = "as the line above says")]
    fn number(&mut self, label: &str, number: u64) -> Result<(), XlsxError> {
        self.cell(0, label)?;
        self.sheet.write_number_with_format(self.row, 1, number as f64, &self.formats.number)?;
        self.row += 1;
        Ok(())
    }

    fn time(&mut self, label: &str, at: Option<Timestamp>) -> Result<(), XlsxError> {
        let Some(at) = at else { return Ok(()) };
        let Some(days) = excel_days(at) else { return self.text(label, &at.to_string()) };
        self.cell(0, label)?;
        self.sheet.write_number_with_format(self.row, 1, days, &self.formats.time)?;
        self.row += 1;
        Ok(())
    }
}
