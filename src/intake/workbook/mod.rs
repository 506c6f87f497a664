//! One sheet of an `.xlsx`, `.xls` or `.ods` workbook, row by row.
//!
//! [`Workbook::open`] knows the kind by its content, chooses the sheet, and looks through all of it
//! before the first row is given: a workbook that is damaged somewhere is refused as a whole.
//! calamine reads the cells of `.xlsx` and `.xls`; what it passes over in silence is checked before
//! (`package`, `worksheet`). `.ods` is read by `tables`, because calamine builds the whole table in
//! memory before anything can be said about its size.
//!
//! Deliberately absent: what a column means (`header` and `judge` know that), opening files, the
//! evaluation of formulas (their stored values count), number formats but those of dates,
//! `.xlsb`, and hidden rows of `.xls`, which calamine does not tell.

mod bounds;
mod cell;
mod choice;
mod error;
mod kind;
mod open;
mod package;
mod parts;
mod rows;
mod tables;
mod texts;
mod worksheet;

pub(super) use self::open::Workbook;
pub(super) use cell::SheetCell;
pub use error::WorkbookError;
pub use package::workbook_part;
pub(super) use rows::Rows;
