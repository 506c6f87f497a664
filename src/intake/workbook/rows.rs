//! The rows of the chosen sheet, for every kind of workbook.

use std::io::{Read, Seek};

use calamine::{Data, Range, XlsxCellReader, XlsxError};
use zip::read::ZipFile;

use super::bounds::ROWS_MAX;
use super::tables::Tables;
use super::{SheetCell, WorkbookError};
use crate::intake::{CELL_BYTES_MAX, COLUMNS_MAX};

pub(in crate::intake) struct Rows<'a, R: Read + Seek>(pub(super) SheetSource<'a, R>);

pub(super) enum SheetSource<'a, R: Read + Seek> {
    Xlsx(XlsxRows<'a, R>),
    Ods(OdsRows<std::io::BufReader<ZipFile<'a, R>>>),
    Xls(XlsRows<'a>),
}

impl<R: Read + Seek> Rows<'_, R> {
    /// The next row that has a value, in order: its number as the program shows it, and its cells
    /// from column A on, without empty ones at the end.
    pub(in crate::intake) fn next_row(
        &mut self,
        cells: &mut Vec<SheetCell>,
    ) -> Result<Option<u64>, WorkbookError> {
        match &mut self.0 {
            SheetSource::Xlsx(rows) => rows.next_row(cells),
            SheetSource::Ods(rows) => rows.next_row(cells),
            SheetSource::Xls(rows) => rows.next_row(cells),
        }
    }
}

/// Puts a cell with a value after the others of its row. `column` is counted from 0.
fn put(
    cells: &mut Vec<SheetCell>,
    row: u64,
    column: usize,
    cell: SheetCell,
) -> Result<(), WorkbookError> {
    if column >= COLUMNS_MAX {
        return Err(WorkbookError::TooManyColumns { row });
    }
    if cell.len() > CELL_BYTES_MAX {
        return Err(WorkbookError::CellTooLong { row, column: column + 1 });
    }
    cells.resize(column, SheetCell::Empty);
    cells.push(cell);
    Ok(())
}

/// The cells of an `.xlsx`, as they stand in the XML.
pub(super) struct XlsxRows<'a, R: Read + Seek> {
    reader: XlsxCellReader<'a, R>,
    /// The cell that began the next row.
    ahead: Option<(u64, usize, SheetCell)>,
    /// Where the last cell was, so that none is put before another.
    last: Option<(u32, u32)>,
    /// Behind the end calamine must not be asked again: it would miss the end.
    ended: bool,
}

impl<'a, R: Read + Seek> XlsxRows<'a, R> {
    pub(super) fn new(reader: XlsxCellReader<'a, R>) -> Self {
        Self { reader, ahead: None, last: None, ended: false }
    }

    fn next_row(&mut self, cells: &mut Vec<SheetCell>) -> Result<Option<u64>, WorkbookError> {
        cells.clear();
        let ahead = match self.ahead.take() {
            Some(ahead) => Some(ahead),
            None => self.next_value()?,
        };
        let Some((row, column, cell)) = ahead else { return Ok(None) };
        put(cells, row, column, cell)?;
        while let Some((next_row, column, cell)) = self.next_value()? {
            if next_row != row {
                self.ahead = Some((next_row, column, cell));
                break;
            }
            put(cells, row, column, cell)?;
        }
        Ok(Some(row))
    }

    /// The next cell with a value, its row counted from 1, its column from 0.
    fn next_value(&mut self) -> Result<Option<(u64, usize, SheetCell)>, WorkbookError> {
        while !self.ended {
            let Some(cell) = self.reader.next_cell().map_err(xlsx_error)? else {
                self.ended = true;
                break;
            };
            let place = cell.get_position();
            if self.last.is_some_and(|last| place <= last) {
                return Err(WorkbookError::damaged("the cells of the sheet are not in order"));
            }
            self.last = Some(place);
            let row = u64::from(place.0) + 1;
            if row > ROWS_MAX {
                return Err(WorkbookError::TooManyRows);
            }
            let value = SheetCell::from(cell.get_value().clone());
            if !value.is_empty() {
                let column = usize::try_from(place.1).unwrap_or(COLUMNS_MAX);
                return Ok(Some((row, column, value)));
            }
        }
        Ok(None)
    }
}

pub(super) fn xlsx_error(error: XlsxError) -> WorkbookError {
    match error {
        XlsxError::Password => WorkbookError::Protected,
        error => WorkbookError::damaged(error),
    }
}

/// The rows of an `.ods`, repeats unfolded one by one.
pub(super) struct OdsRows<B> {
    tables: Tables<B>,
    /// Number of the last row.
    row: u64,
    /// How often the row in `held` still comes.
    left: u64,
    held: Vec<SheetCell>,
}

impl<B: std::io::BufRead> OdsRows<B> {
    /// `tables` stands at the beginning of the chosen table.
    pub(super) fn new(tables: Tables<B>) -> Self {
        Self { tables, row: 0, left: 0, held: Vec::new() }
    }

    pub(super) fn next_row(
        &mut self,
        cells: &mut Vec<SheetCell>,
    ) -> Result<Option<u64>, WorkbookError> {
        while self.left == 0 {
            let Some(row) = self.tables.next_row(&mut self.held)? else { return Ok(None) };
            if self.held.is_empty() {
                self.row = self.row.saturating_add(row.repeat);
                continue;
            }
            if self.row.saturating_add(row.repeat) > ROWS_MAX {
                return Err(WorkbookError::TooManyRows);
            }
            let number = self.row + 1;
            if row.too_wide {
                return Err(WorkbookError::TooManyColumns { row: number });
            }
            if let Some(column) = row.too_long {
                return Err(WorkbookError::CellTooLong { row: number, column });
            }
            self.left = row.repeat;
        }
        self.left -= 1;
        self.row += 1;
        cells.clone_from(&self.held);
        Ok(Some(self.row))
    }
}

/// The rows of an `.xls`, which is in memory.
pub(super) struct XlsRows<'a> {
    rows: calamine::Rows<'a, Data>,
    /// Number of the next row, from 1.
    row: u64,
    /// Column of the range's first cell, from 0.
    column: usize,
}

impl<'a> XlsRows<'a> {
    pub(super) fn new(range: &'a Range<Data>) -> Self {
        let (row, column) = range.start().unwrap_or_default();
        let column = usize::try_from(column).unwrap_or(COLUMNS_MAX);
        Self { rows: range.rows(), row: u64::from(row) + 1, column }
    }

    fn next_row(&mut self, cells: &mut Vec<SheetCell>) -> Result<Option<u64>, WorkbookError> {
        cells.clear();
        for values in self.rows.by_ref() {
            let row = self.row;
            self.row += 1;
            for (index, value) in values.iter().enumerate() {
                let cell = SheetCell::from(value);
                if !cell.is_empty() {
                    put(cells, row, self.column + index, cell)?;
                }
            }
            if !cells.is_empty() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}
