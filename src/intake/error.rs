//! Why a whole file is refused.

use std::fmt::Write as _;
use std::io;

use super::{CELL_BYTES_MAX, COLUMNS_MAX};
use crate::domain::MachineIdError;

/// Why reading a file ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure<E> {
    /// The file cannot be used as it is.
    #[error(transparent)]
    Input(#[from] IntakeError),
    /// The caller's `visit` ended it.
    #[error(transparent)]
    Visitor(E),
}

/// Why a file cannot be used as it is. Lines, columns and bytes are counted from 1.
///
/// None of these can be passed over by leaving out rows: either there is nothing to read, or it is
/// not certain what a row or an ID is.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message names each field")]
pub enum IntakeError {
    /// The operating system's reason is the source.
    #[error("the file cannot be read after line {line}")]
    Unreadable { line: u64, source: io::Error },
    /// No byte, or only white space.
    #[error("no machines: the file is empty")]
    Empty,
    /// Nothing below the header.
    #[error("no machines: there is nothing below the header in line {line}")]
    OnlyHeader { line: u64 },
    /// The first bytes are those of another kind of file.
    #[error("this is {what}, not CSV; {remedy}")]
    OtherFormat { what: &'static str, remedy: &'static str },
    /// A NUL byte, which no text has.
    #[error("line {line}, column {column}: a NUL byte; the file is damaged or not UTF-8 text")]
    Nul { line: u64, column: usize },
    /// Bytes that are no UTF-8. `byte` is the place in the cell.
    #[error(
        "line {line}, column `{header}`, byte {byte}: this is not UTF-8; \
         save the file anew as UTF-8 (in Excel: `CSV UTF-8`)"
    )]
    NotUtf8 { line: u64, header: String, byte: usize },
    /// A byte-order mark in the header, beside the one that may begin a file.
    #[error("line {line}, column {column}: a second byte-order mark (U+FEFF) in the header")]
    SecondMark { line: u64, column: usize },
    /// `line` is where the quote opens.
    #[error("line {line}, column {column}: the quote that opens here is never closed")]
    UnclosedQuote { line: u64, column: usize },
    /// Text between a closing quote and the next delimiter: one of the quotes is not meant as one.
    #[error(
        "line {line}, column {column}: the quote that opens here is closed in line {closed}, and \
         text follows it; double a quote that is part of the text"
    )]
    TextAfterQuote { line: u64, column: usize, closed: u64 },
    /// A quote inside a name of the header.
    #[error("line {line}, column {column}: a quote inside a column's name; quote the whole name")]
    QuoteInHeader { line: u64, column: usize },
    /// A cell above [`CELL_BYTES_MAX`].
    #[error("line {line}, column {column}: a cell of more than {} KiB", CELL_BYTES_MAX / 1024)]
    CellTooLong { line: u64, column: usize },
    /// More cells than [`COLUMNS_MAX`].
    #[error("line {line} has more than {COLUMNS_MAX} columns")]
    TooManyColumns { line: u64 },
    /// A delimiter that would tear IDs or quoted cells apart.
    #[error("{} cannot be the delimiter; `,`, `;` and a tab are usual", byte_shown(*.0))]
    Delimiter(u8),
    /// More than one usual delimiter in the header.
    #[error("line {line} holds {found}: say with --delimiter which of them separates the columns")]
    AmbiguousDelimiter { line: u64, found: String },
    /// No column has a known name.
    #[error(
        "line {line}: no column is known to hold machine IDs; there are {}; \
         name it with --id-column",
        listed(.columns)
    )]
    NoIdColumn { line: u64, columns: Vec<String> },
    /// One column, whose first cell is neither a known name nor an ID.
    #[error(
        "line {line}: `{found}` is neither a known column name nor a machine ID ({why}); \
         name the column with --id-column"
    )]
    NotAList { line: u64, found: String, why: MachineIdError },
    /// More than one column could hold the machine IDs.
    #[error(
        "line {line}: {} could each hold the machine IDs; choose one with --id-column",
        listed(.columns)
    )]
    AmbiguousIdColumn { line: u64, columns: Vec<String> },
    /// Several columns have the name that was asked for, or the ID column's.
    #[error("line {line}: {} columns have the name `{column}`; rename all but one", .times)]
    RepeatedColumn { line: u64, column: String, times: usize },
    /// No column has the name that was asked for.
    #[error(
        "line {line}: there is no column `{column}` ({option}); there are {}",
        listed(.columns)
    )]
    NoSuchColumn { line: u64, option: &'static str, column: String, columns: Vec<String> },
    /// The first line holds an ID where column names were expected.
    #[error(
        "line {line} holds a machine ID where column names are expected; \
         begin the file with a header such as `Device ID,Device Name`"
    )]
    NoHeader { line: u64 },
}

/// Most column names in one message.
const LISTED_MAX: usize = 12;

fn listed(columns: &[String]) -> String {
    let mut text = String::new();
    for (index, column) in columns.iter().take(LISTED_MAX).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}`{column}`");
    }
    if columns.len() > LISTED_MAX {
        let _ = write!(text, " and {} more", columns.len() - LISTED_MAX);
    }
    text
}

fn byte_shown(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("`{}`", char::from(byte))
    } else {
        format!("byte 0x{byte:02X}")
    }
}
