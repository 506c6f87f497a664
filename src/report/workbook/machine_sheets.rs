//! The rows of machines, on as many sheets as they need.

use rust_xlsxwriter::{IgnoreError, Workbook, Worksheet, XlsxError};

use crate::domain::Timestamp;
use crate::report::outcome::{Outcome, OutcomeValue};

use super::cell_formats::{CellFormats, excel_days};

/// Most UTF-16 units of a cell.
const CELL_UNITS_MAX: usize = 32_767;

/// In characters, in the order of the columns.
const WIDTHS: [f64; Outcome::COLUMNS.len()] = [
    42.0, 26.0, 11.0, 16.0, 38.0, 14.0, 9.0, 11.0, 26.0, 40.0, 30.0, 25.0, 25.0, 22.0, 8.0, 7.0,
    38.0, 16.0, 25.0,
];
const LAST_COLUMN: u16 = 18;

/// Each row goes to the sheet that is under way.
#[derive(Debug)]
pub(super) struct MachineSheets {
    rows_max: u32,
    /// Index of the sheet that is under way.
    at: usize,
    /// The next row of it.
    row: u32,
    pub(super) sheets: u32,
    pub(super) machines: u64,
}

impl MachineSheets {
    /// Begins with the first sheet. A sheet takes `rows_max` rows, of which the first is its head.
    pub(super) fn begin(
        book: &mut Workbook,
        formats: &CellFormats,
        rows_max: u32,
    ) -> Result<Self, XlsxError> {
        let at = begin_sheet(book, formats, "Machines")?;
        Ok(Self { rows_max, at, row: 1, sheets: 1, machines: 0 })
    }

    pub(super) fn add(
        &mut self,
        book: &mut Workbook,
        formats: &CellFormats,
        outcome: &Outcome<'_>,
    ) -> Result<(), XlsxError> {
        if self.row == self.rows_max {
            self.end(book)?;
            self.sheets += 1;
            self.at = begin_sheet(book, formats, &format!("Machines {}", self.sheets))?;
            self.row = 1;
        }
        let sheet = book.worksheet_from_index(self.at)?;
        for (column, value) in (0..).zip(outcome.values()) {
            write_value(sheet, (self.row, column), value, formats)?;
        }
        self.row += 1;
        self.machines += 1;
        Ok(())
    }

    /// Ends the sheet that is under way: its filter covers its rows.
    pub(super) fn end(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = book.worksheet_from_index(self.at)?;
        sheet.autofilter(0, 0, self.row - 1, LAST_COLUMN)?;
        let last = (self.row - 1).max(1);
        sheet.ignore_error_range(1, 0, last, LAST_COLUMN, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }
}

fn begin_sheet(book: &mut Workbook, formats: &CellFormats, name: &str) -> Result<usize, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, (name, width)) in (0..).zip(Outcome::COLUMNS.into_iter().zip(WIDTHS)) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name, &formats.head)?;
    }
    Ok(book.worksheets().len() - 1)
}

fn write_value(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: OutcomeValue,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    match value {
        OutcomeValue::Empty => {}
        OutcomeValue::Text(text) => {
            sheet.write_string_with_format(row, column, fitted(text), &formats.text)?;
        }
        OutcomeValue::Time(text) => {
            let days = Timestamp::parse(&text).ok().and_then(excel_days);
            match days {
                Some(days) => sheet.write_number_with_format(row, column, days, &formats.time)?,
                None => sheet.write_string_with_format(row, column, text, &formats.text)?,
            };
        }
        #[expect(clippy::cast_precision_loss, reason = "lines and counts are below 2^53")]
        OutcomeValue::Number(number) => {
            sheet.write_number(row, column, number as f64)?;
        }
    }
    Ok(())
}

/// Cut to what a cell takes.
pub(super) fn fitted(mut text: String) -> String {
    // A byte is at least as much as a unit.
    if text.len() > CELL_UNITS_MAX {
        let mut units = 0;
        let fits = |c: &char| {
            units += c.len_utf16();
            units <= CELL_UNITS_MAX
        };
        let bytes = text.chars().take_while(fits).map(char::len_utf8).sum();
        text.truncate(bytes);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_what_a_cell_takes() {
        let units = |text: &str| fitted(text.to_owned()).encode_utf16().count();
        assert_eq!(units(&"w".repeat(40_000)), 32_767);
        assert_eq!(units(&"ä".repeat(20_000)), 20_000);
        assert_eq!(units(&"\u{1f4bb}".repeat(20_000)), 32_766);
    }
}
