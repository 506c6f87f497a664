//! Floor 1: the bytes of an input file become accepted rows and rejects.
//!
//! A machine that is switched off by mistake is the worst that this program can do, so nothing is
//! guessed here. What is certain becomes a [`Row`]; a line that is certainly one line but says
//! nothing usable becomes a [`Reject`] with line, column, reason and fix; and where it is not even
//! certain which column holds the IDs, or where a row ends, the whole file is refused with an
//! [`IntakeError`]. `cli` calls [`read`] and stages what it gets.
//!
//! One pass, in four steps: `preamble` looks at the first bytes (what kind of file, which
//! delimiter), `scanner` cuts the bytes into records and is strict about quotes, `header` finds the
//! columns, `judge` weighs one record. The csv crate splits a record into cells. It alone would
//! not do: it takes a quote that is never closed for the rest of the file, text after a closing
//! quote for part of the cell, and it has no bounds. Memory does not depend on the number of rows.
//!
//! Deliberately absent: opening files, the queue, duplicates and the content hash (the journal
//! sees all rows), the rule that each machine needs a comment (`cli` knows the common one), and
//! every encoding but UTF-8.

mod error;
mod header;
mod judge;
mod preamble;
mod printable;
mod read;
mod record;
mod scanner;
mod shape;
mod splitter;

pub use error::{Failure, IntakeError};
pub use read::read;
pub use record::{Record, Reject, Row};
pub use scanner::{CELL_BYTES_MAX, COLUMNS_MAX};
pub use shape::{Shape, Summary, Wanted};
