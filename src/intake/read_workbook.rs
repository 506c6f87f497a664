//! From the first row of a workbook's sheet to its last.

use std::io::{Read, Seek};

use csv::StringRecord;

use super::reading::Reading;
use super::workbook::{SheetCell, Workbook};
use super::{IntakeError, Position, ReadFailure, Record, Shape, Summary, Wanted};
use crate::domain::text::escaped;
use crate::intake::record::cells::{Cells, Outline};

/// Reads a sheet of an `.xlsx`, `.xls` or `.ods` as [`read`](crate::intake::read()) reads a table.
/// A sheet that hides rows is refused: a person who filtered it takes the others for gone.
///
/// # Errors
/// As of [`read`](crate::intake::read()).
pub fn read_workbook<R: Read + Seek, E>(
    input: R,
    wanted: &Wanted,
    visit: impl FnMut(Record) -> Result<(), E>,
) -> Result<(Shape, Summary), ReadFailure<E>> {
    let mut book = Workbook::open(input, wanted.sheet.as_deref()).map_err(IntakeError::from)?;
    let sheet = escaped(book.name());
    let hidden = book.hidden_rows();
    if let Some(rows) = hidden.filter(|rows| *rows > 0) {
        return Err(IntakeError::HiddenRows { sheet, rows }.into());
    }
    let mut reading = Reading::new(wanted, visit);
    let mut rows = book.rows().map_err(IntakeError::from)?;
    let (mut row, mut cells) = (Vec::new(), Cells::default());
    // Cells without a value at a row's end are not stored, so that rows are of different lengths.
    let mut columns = 0;
    while let Some(number) =
        rows.next_row(&mut row).map_err(|error| reading.cut_short(error.into(), None))?
    {
        if columns == 0 {
            columns = row.len();
        }
        cells.texts = texts(&row, columns);
        reading.take(Outline::at(Position::Row(number)), &cells)?;
    }
    let (mut shape, summary) = reading.end()?;
    shape.sheet = Some(sheet);
    if hidden.is_none() {
        shape
            .notes
            .push("hidden rows of an .xls are read as well; save it as .xlsx to find them".into());
    }
    Ok((shape, summary))
}

/// The cells as texts, with empty ones up to the last column of the header.
fn texts(row: &[SheetCell], columns: usize) -> StringRecord {
    let text = |cell: &SheetCell| match cell {
        SheetCell::Empty => String::new(),
        SheetCell::Text(text) | SheetCell::Number(text) | SheetCell::Other(text) => text.clone(),
    };
    let more = columns.saturating_sub(row.len());
    row.iter().map(text).chain(std::iter::repeat_n(String::new(), more)).collect()
}
