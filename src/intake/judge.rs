//! Weighs one record: a row, a reject, or nothing.

use csv::StringRecord;

use super::header::Columns;
use super::printable::{escaped, excerpt, is_unseen, trimmed};
use super::scanner::Outline;
use super::{Reject, Row};
use crate::domain::{Comment, CommentError, MachineId, MachineIdError};

/// What a record came to.
pub(super) enum Verdict {
    /// No cell holds anything.
    Blank,
    /// Its cells are where the header says, and name a machine.
    Row { row: Row, id_was_trimmed: bool },
    /// They are not, or do not.
    Reject(Reject),
}

/// Weighs `cells`. The order matters: first whether the cells are where the header says, then what
/// is in them.
pub(super) fn weigh(columns: &Columns, outline: Outline, cells: &StringRecord) -> Verdict {
    if cells.iter().all(|cell| trimmed(cell).is_empty()) {
        return Verdict::Blank;
    }
    match row(columns, outline, cells) {
        Ok(row) => {
            let id = &cells[columns.id];
            Verdict::Row { row, id_was_trimmed: trimmed(id) != id }
        }
        Err(fault) => Verdict::Reject(Reject {
            line: outline.line,
            column: columns.label(fault.column),
            found: excerpt(fault.found),
            why: fault.why,
            fix: fault.fix,
        }),
    }
}

/// The first thing that is wrong with a record.
struct Fault<'a> {
    column: usize,
    found: &'a str,
    why: String,
    fix: Option<String>,
}

fn row<'a>(columns: &Columns, outline: Outline, cells: &'a StringRecord) -> Result<Row, Fault<'a>> {
    check_count(columns, cells)?;
    if let Some(column) = cells.iter().position(|cell| cell.contains('\u{feff}')) {
        let why = "a byte-order mark (U+FEFF) inside the file".into();
        let fix = Some("remove it; it begins a file, perhaps two were joined".into());
        return Err(Fault { column, found: &cells[column], why, fix });
    }
    // In the ID column the quote is no hexadecimal digit, and that message knows more.
    if let Some(column) = outline.stray_quote.filter(|&column| column != columns.id) {
        let why = "a quote inside a cell that does not begin with one".into();
        let fix = Some("put quotes around the whole cell and double those inside".into());
        return Err(Fault { column, found: &cells[column], why, fix });
    }
    let id = trimmed(&cells[columns.id]);
    let fault = |(why, fix)| Fault { column: columns.id, found: id, why, fix };
    let id = machine_id(id).map_err(fault)?;
    let name = columns.device_name.map(|column| trimmed(&cells[column]));
    let name = name.filter(|name| !name.is_empty()).map(escaped);
    let comment = match columns.comment {
        Some(column) => comment(column, &cells[column])?,
        None => None,
    };
    Ok(Row { line: outline.line, id, name, comment })
}

fn check_count<'a>(columns: &Columns, cells: &'a StringRecord) -> Result<(), Fault<'a>> {
    let (count, expected) = (cells.len(), columns.names.len());
    if count == expected {
        return Ok(());
    }
    let kind = if columns.plain_list { "a plain list has" } else { "the header has" };
    let fault = |column, found, amount, fix: &str| Fault {
        column,
        found,
        why: format!("too {amount} cells: {count}, {kind} {expected}"),
        fix: Some(fix.into()),
    };
    Err(if cells[0].starts_with('#') {
        fault(0, &cells[0], if count < expected { "few" } else { "many" }, NO_COMMENT_LINES)
    } else if count < expected {
        fault(count, "", "few", "complete the row; a cell with a line break needs quotes")
    } else {
        let extra = &cells[expected];
        fault(expected, extra, "many", "a cell that holds the delimiter needs quotes")
    })
}

fn comment(column: usize, cell: &str) -> Result<Option<Comment>, Fault<'_>> {
    match Comment::parse(cell) {
        Ok(comment) => Ok(Some(comment)),
        Err(CommentError::Empty) => Ok(None),
        Err(error) => Err(Fault { column, found: cell, why: error.to_string(), fix: None }),
    }
}

const NO_COMMENT_LINES: &str = "there are no comment lines: remove it";

/// The ID, or the reason and the fix.
fn machine_id(text: &str) -> Result<MachineId, (String, Option<String>)> {
    match MachineId::parse(text) {
        Ok(_) if is_rounded_number(text) => Err((
            "Excel rounded this ID as a number, its end is lost; export the list anew".into(),
            None,
        )),
        Ok(id) => Ok(id),
        Err(error) => Err((error.to_string(), fix(text, &error))),
    }
}

/// A spreadsheet keeps 15 digits of a number and writes zeros for the others. An ID is a hash:
/// that one ends in 25 zeros by chance does not happen.
fn is_rounded_number(text: &str) -> bool {
    let (kept, lost) = text.split_at(15);
    !kept.starts_with('0')
        && kept.bytes().all(|byte| byte.is_ascii_digit())
        && lost.bytes().all(|byte| byte == b'0')
}

/// What a person can do. An ID is offered where it stands whole inside the cell, but never taken.
fn fix(text: &str, error: &MachineIdError) -> Option<String> {
    let bare = text
        .trim_matches(|c: char| is_unseen(c) || "=\"'{}()[]<> ".contains(c))
        .trim_start_matches("0x")
        .trim_start_matches("0X");
    if MachineId::parse(bare).is_ok() {
        return Some(format!("write `{bare}`"));
    }
    let advice = match error {
        MachineIdError::EntraDeviceId | MachineIdError::Length { found: 32 } => {
            "take the column with Defender's own ID, `Device ID` in the portal's export"
        }
        MachineIdError::Length { found: ..MachineId::DIGITS } if is_decimal(text) => {
            "if Excel dropped leading zeros, export the list anew and keep the column as text"
        }
        MachineIdError::NotHexadecimal { position: 1, found: '#' } => NO_COMMENT_LINES,
        MachineIdError::NotHexadecimal { found: 'o' | 'O', .. } => "is it the digit 0?",
        MachineIdError::NotHexadecimal { found: 'l' | 'I', .. } => "is it the digit 1?",
        MachineIdError::NotHexadecimal { found, .. } if is_unseen(*found) => {
            "remove this character, it cannot be seen"
        }
        _ => return None,
    };
    Some(advice.into())
}

fn is_decimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
