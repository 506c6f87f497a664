//! Every machine's outcome as an Excel workbook, with a sheet that says what batch it is.
//!
//! Rows go to temporary files as they come and from there, compressed, to where the workbook goes:
//! memory does not know how many there are. Texts are text cells, so that nothing in them is a
//! formula, and stay as they are. Called by `cli`, for `report` and `verify`.
//!
//! Deliberately absent: reading workbooks (`intake`), whether a file may be replaced (`cli`).

mod batch_sheet;
mod cell_formats;
mod machine_sheets;
mod mark;
mod write;
mod writer_panic;

pub use mark::is_workbook_report;
pub use write::{SHEET_ROWS_MAX, WorkbookReport, WorkbookSize};
