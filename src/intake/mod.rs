//! Floor 1: the bytes of an input file become accepted rows and rejects.
//!
//! A machine that is switched off by mistake is the worst that this program can do, so nothing is
//! guessed here. What is certain becomes a [`Row`]; a line that is certainly one line but says
//! nothing usable becomes a [`Reject`] with line, column, reason and fix; and where it is not even
//! certain which column holds the IDs, or where a row ends, the whole file is refused with an
//! [`IntakeError`]. `cli` calls [`read`] and stages what it gets.
//!
//! Everything but JSON is one pass. A text goes through `text`: bytes to UTF-8, lines before the
//! header, the delimiter, then records, cut by a scanner that is strict about quotes; JSON goes
//! through `json`, twice; a workbook through `workbook`. What they find meets in `reading`:
//! `columns` finds what each column holds, `filter` which rows are wanted, `row_check` makes a row
//! or a reject of one record, and `lead` looks at lists without IDs for what leads on.
//! With `--by-name` names stand for machines (`name_check`). The csv
//! splits a record of a text into cells. It alone would not do: it takes a quote that is never
//! closed for the rest of the file, text after a closing quote for part of the cell, and it has no
//! bounds. Memory does not depend on the number of rows.
//!
//! Deliberately absent: opening files (with what their names say of them), the queue, duplicates
//! and the content hash (the journal sees all rows), the rule that each machine needs a comment
//! (`cli` knows the common one), and what a device's columns mean for it (`guard`).

mod bounds;
mod columns;
mod error;
mod file_signature;
mod filter;
mod json;
mod lead;
mod listed;
mod name_check;
mod position;
mod read_workbook;
mod reading;
mod record;
mod row_check;
mod shape;
mod text;
mod text_encoding;
mod workbook;

pub use bounds::{CELL_BYTES_MAX, COLUMNS_MAX};
pub use error::{IntakeError, ReadFailure};
pub use filter::entries::listed_entries;
pub use filter::exclusion::{Exclusion, Found};
pub use filter::row_filter::{RowFilter, RowFilterError};
pub use position::Position;
pub use read_workbook::read_workbook;
pub use record::row::{NamedRow, Record, Reject, Row};
pub use shape::{Kind, RowKey, Shape, Summary, Wanted};
pub use text::read::read;
pub use text_encoding::{TextEncoding, TextEncodingError};
pub use workbook::{WorkbookError, workbook_part};
