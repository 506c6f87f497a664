//! Writes the workbook: the sheets, then the zip around them.

use std::io::{self, Write};

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::domain::Timestamp;
use crate::journal::{Batch, Filter, Journal, JournalError, Machine};
use crate::report::ReportError;
use crate::report::outcome::{Outcome, Verified};

use super::batch_sheet::{BatchSheet, ReportedBatch, begin_batch_sheet};
use super::cell_formats::CellFormats;
use super::machine_sheets::MachineSheets;
use super::mark::properties;
use super::writer_panic::catching;

/// Most rows of a sheet in Excel.
pub const SHEET_ROWS_MAX: u32 = 1_048_576;

/// What a workbook is about: the machines of `batches` that pass `filter`.
#[derive(Debug, Clone, Copy)]
pub struct WorkbookReport<'a> {
    pub batches: &'a [Batch],
    pub filter: &'a Filter,
    /// When it is written.
    pub at: Timestamp,
    /// Rows that a sheet takes, with its head: at most [`SHEET_ROWS_MAX`].
    pub sheet_rows: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkbookSize {
    pub machines: u64,
    /// Sheets that the machines take: Excel has 1,048,576 rows a sheet.
    pub sheets: u32,
}

impl WorkbookReport<'_> {
    /// Writes the outcomes, with what `verify` says of each machine.
    ///
    /// # Errors
    /// Where the journal cannot be read, `verify` cannot say it, or `out` or a temporary file
    /// cannot be written.
    pub fn write(
        &self,
        journal: &Journal,
        verify: impl FnMut(&Machine) -> Result<Verified, JournalError>,
        out: &mut (dyn Write + Send),
    ) -> Result<WorkbookSize, ReportError> {
        catching(|| self.write_sheets(journal, verify, out))
    }

    fn write_sheets(
        &self,
        journal: &Journal,
        mut verify: impl FnMut(&Machine) -> Result<Verified, JournalError>,
        out: &mut (dyn Write + Send),
    ) -> Result<WorkbookSize, ReportError> {
        let formats = CellFormats::new();
        let mut book = Workbook::new();
        let title = match self.batches {
            [one] => format!("Batch {}", one.id),
            all => format!("{} batches", all.len()),
        };
        book.set_properties(&properties(&title, self.at)?);
        // A million rows may take more than 4 GiB unpacked.
        book.use_zip_large_file(true);
        let mut machines = MachineSheets::begin(&mut book, &formats, self.sheet_rows)?;
        let head = begin_batch_sheet(&mut book)?;
        let mut batches = Vec::new();
        for batch in self.batches {
            journal.try_each_machine(batch.id, self.filter, |machine| {
                let outcome = Outcome::new(&machine, batch, verify(&machine)?);
                Ok::<_, ReportError>(machines.add(&mut book, &formats, &outcome)?)
            })?;
            batches.push(ReportedBatch::read(journal, batch)?);
        }
        machines.end(&mut book)?;
        let head_sheet = book.worksheet_from_index(head)?;
        let content = BatchSheet { batches: &batches, audit: journal.chain_head()?, at: self.at };
        content.write(head_sheet, &formats, &machines)?;
        book.save_to_writer(FailingOnce { out: &mut *out, failed: false })?;
        out.flush().map_err(ReportError::Write)?;
        Ok(WorkbookSize { machines: machines.machines, sheets: machines.sheets })
    }
}

/// Tells its first error and then takes everything: the zip that was broken off ends itself, and
/// would print a line of its own about what it cannot write.
struct FailingOnce<'a> {
    out: &'a mut (dyn Write + Send),
    failed: bool,
}

impl FailingOnce<'_> {
    fn told<T>(&mut self, tried: io::Result<T>) -> io::Result<T> {
        let goes_on = |error: &io::Error| error.kind() == io::ErrorKind::Interrupted;
        self.failed = tried.as_ref().is_err_and(|error| !goes_on(error));
        tried
    }
}

impl Write for FailingOnce<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(bytes.len());
        }
        let tried = self.out.write(bytes);
        self.told(tried)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed {
            return Ok(());
        }
        let tried = self.out.flush();
        self.told(tried)
    }
}

impl From<XlsxError> for ReportError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::Write(error),
            XlsxError::ZipError(error) => Self::Write(error.into()),
            XlsxError::TempFileError(_, error) => Self::TemporaryFile(error),
            other => Self::Write(io::Error::other(other)),
        }
    }
}
