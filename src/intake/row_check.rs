//! Weighs one record: a row, a reject, or nothing.

use csv::StringRecord;

use crate::domain::text::{escaped, excerpt, is_unseen};
use crate::domain::{Comment, CommentError, Device, MachineId, MachineIdError, RowTime};
use crate::intake::columns::header::Columns;
use crate::intake::filter::condition::ConditionVerdict;
use crate::intake::filter::entries::joined;
use crate::intake::lead::{Owner, is_dashes, link_id, whole_ids};
use crate::intake::name_check::device_name;
use crate::intake::record::cells::{Cells, Outline, is_blank};
use crate::intake::record::trimmed::trimmed;
use crate::intake::{NamedRow, Record, Reject, Row, RowKey};

pub(super) enum RowVerdict {
    Blank,
    NotWanted,
    /// Its cells are where the header says, and name a machine.
    Row {
        record: Record,
        key_was_trimmed: bool,
    },
    /// It has a machine ID, in a list in which names stand for machines.
    HasId,
    /// They are not, or do not.
    Reject(Reject),
}

/// Weighs `cells`. The order matters: first whether the cells are where the header says, then
/// whether the row is wanted at all, then what is in them.
pub(super) fn weigh(columns: &mut Columns, outline: Outline, cells: &Cells) -> RowVerdict {
    let texts = &cells.texts;
    if is_blank(texts) {
        return RowVerdict::Blank;
    }
    if columns.has_id(texts) {
        return RowVerdict::HasId;
    }
    match judge(columns, outline, cells) {
        Ok(None) => RowVerdict::NotWanted,
        Ok(Some(record)) => {
            let key = &texts[columns.key];
            RowVerdict::Row { record, key_was_trimmed: trimmed(key) != key }
        }
        Err(fault) => RowVerdict::Reject(Reject {
            place: outline.place,
            column: columns.label(fault.column),
            found: excerpt(fault.found),
            why: fault.why,
            fix: fault.fix,
            header: columns.names.clone(),
            cells: texts.iter().map(str::to_owned).collect(),
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

/// The row; none where a filter leaves it out.
fn judge<'a>(
    columns: &mut Columns,
    outline: Outline,
    cells: &'a Cells,
) -> Result<Option<Record>, Fault<'a>> {
    let texts = &cells.texts;
    check_count(columns, texts)?;
    if let Some(column) = texts.iter().position(|cell| cell.contains('\u{feff}')) {
        let why = "a byte-order mark (U+FEFF) inside the file".into();
        let fix = Some("remove it; it begins a file, perhaps two were joined".into());
        return Err(Fault { column, found: &texts[column], why, fix });
    }
    // In the ID column the quote is no hexadecimal digit, and that message knows more.
    if let Some(column) = outline.stray_quote.filter(|&column| column != columns.key) {
        let why = "a quote inside a cell that does not begin with one".into();
        let fix = Some("put quotes around the whole cell and double those inside".into());
        return Err(Fault { column, found: &texts[column], why, fix });
    }
    if let Some(column) = outline.repeated {
        let why = "this key is in the entry more than once".into();
        let fix = Some("write one entry a machine, with each key once".into());
        return Err(Fault { column, found: &texts[column], why, fix });
    }
    if !is_wanted(columns, outline, cells)? {
        return Ok(None);
    }
    check_whole(columns.key, cells)?;
    let key = trimmed(&texts[columns.key]);
    let fault = |(why, fix)| Fault { column: columns.key, found: key, why, fix };
    match columns.kind {
        RowKey::Id => {
            let id = machine_id(key, |error| owner(columns, error)).map_err(fault)?;
            row(columns, outline, cells, id).map(|row| Some(Record::Row(row)))
        }
        RowKey::Name => {
            let name = device_name(key).map_err(fault)?;
            let (comment, device) = (own_comment(columns, cells)?, device(columns, texts));
            let (place, at, wanted) = (outline.place, time(columns, texts), true);
            Ok(Some(Record::Named(NamedRow { place, name, comment, device, at, wanted })))
        }
    }
}

fn row<'a>(
    columns: &Columns,
    outline: Outline,
    cells: &'a Cells,
    id: MachineId,
) -> Result<Row, Fault<'a>> {
    let texts = &cells.texts;
    let comment = own_comment(columns, cells)?;
    if let Some(column) = columns.device_name {
        check_name(column, trimmed(&texts[column]), id)?;
    }
    let name = columns.device_name.and_then(|column| shown(texts, column).map(unguarded));
    let (device, at) = (device(columns, texts), time(columns, texts));
    Ok(Row { place: outline.place, id, name, comment, device, at, wanted: true })
}

fn own_comment<'a>(columns: &Columns, cells: &'a Cells) -> Result<Option<Comment>, Fault<'a>> {
    let Some(column) = columns.comment else { return Ok(None) };
    check_whole(column, cells)?;
    comment(column, &cells.texts[column])
}

/// A cell as it is shown; none for an empty one.
fn shown(texts: &StringRecord, column: usize) -> Option<String> {
    Some(trimmed(&texts[column])).filter(|text| !text.is_empty()).map(escaped)
}

fn device(columns: &Columns, texts: &StringRecord) -> Device {
    let detail = |index: usize| columns.details[index].and_then(|column| shown(texts, column));
    let list = |index: usize| {
        let cell = |column: usize| joined(trimmed(&texts[column])).into_owned();
        let joined = columns.details[index].map(cell);
        joined.filter(|text| !text.is_empty()).map(|text| escaped(&text))
    };
    Device {
        os_platform: detail(0),
        onboarding_status: detail(1),
        health_status: detail(2),
        tags: list(3),
        group: detail(4),
    }
}

/// A row that a filter leaves out; none where it names no machine.
pub(super) fn unwanted(
    columns: &Columns,
    outline: Outline,
    texts: &StringRecord,
) -> Option<Record> {
    let key = trimmed(&texts[columns.key]);
    let (place, at, wanted) = (outline.place, time(columns, texts), false);
    let (comment, device) = (None, Device::default());
    Some(match columns.kind {
        RowKey::Id => {
            let id = MachineId::parse(key).ok()?;
            Record::Row(Row { place, id, name: None, comment, device, at, wanted })
        }
        RowKey::Name => {
            let name = device_name(key).ok()?;
            Record::Named(NamedRow { place, name, comment, device, at, wanted })
        }
    })
}

fn time(columns: &Columns, texts: &StringRecord) -> Option<RowTime> {
    columns.time.and_then(|column| RowTime::parse(&texts[column]))
}

/// Whether all conditions hold. A cell that cannot be compared is a fault where no other condition
/// leaves the row out.
fn is_wanted<'a>(
    columns: &mut Columns,
    outline: Outline,
    cells: &'a Cells,
) -> Result<bool, Fault<'a>> {
    let (mut wanted, mut fault) = (true, None);
    // Each is asked, also once the row is out: they count what they leave out.
    for condition in &mut columns.conditions {
        let column = condition.column;
        let found = &cells.texts[column];
        match check_whole(column, cells).map(|()| condition.weigh(found)) {
            Ok(ConditionVerdict::NotWanted) => wanted = false,
            Ok(ConditionVerdict::Wanted) => {}
            Ok(ConditionVerdict::Lost) => {
                let why = "the tool that wrote this list lost this value, and --where needs it";
                let fix = Some(NO_TYPE_NAMES.into());
                fault.get_or_insert(Fault { column, found, why: why.into(), fix });
            }
            Err(other) => {
                fault.get_or_insert(other);
            }
        }
    }
    if !wanted {
        return Ok(false);
    }
    if let Some(fault) = fault {
        return Err(fault);
    }
    for condition in &mut columns.conditions {
        condition.keep(outline.place, &cells.texts[condition.column]);
    }
    Ok(true)
}

/// A name that is another machine's ID: a row of two machines.
fn check_name(column: usize, name: &str, id: MachineId) -> Result<(), Fault<'_>> {
    match MachineId::parse(name) {
        Ok(other) if other != id => {
            let why = "a machine ID where the device's name is expected".into();
            let fix = Some("write one machine ID a line".into());
            Err(Fault { column, found: name, why, fix })
        }
        _ => Ok(()),
    }
}

/// What a filter reads or Defender keeps must be what the file says, not what is left of it.
fn check_whole(column: usize, cells: &Cells) -> Result<(), Fault<'_>> {
    let found = &cells.texts[column];
    let why = match cells.damaged.iter().find(|damage| damage.cell == column) {
        Some(damage) => format!("byte {} of this cell is not UTF-8", damage.byte),
        None if found.contains(char::REPLACEMENT_CHARACTER) => {
            "U+FFFD marks a character that a program lost".to_owned()
        }
        None => return Ok(()),
    };
    let fix = "save the file again as UTF-8, or name what it is in: --encoding windows-1252";
    Err(Fault { column, found, why, fix: Some(fix.into()) })
}

/// A text without the apostrophe that `report` sets before what a spreadsheet would run as a
/// formula: its files are lists, too.
fn unguarded(text: String) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => text,
    }
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
    } else if cells.iter().skip(expected).all(|cell| MachineId::parse(trimmed(cell)).is_ok()) {
        fault(expected, &cells[expected], "many", "write one machine ID a line")
    } else {
        let extra = &cells[expected];
        fault(expected, extra, "many", "a cell that holds the delimiter needs quotes")
    })
}

fn comment(column: usize, cell: &str) -> Result<Option<Comment>, Fault<'_>> {
    match Comment::parse(&unguarded(cell.to_owned())) {
        Ok(comment) => Ok(Some(comment)),
        Err(CommentError::Empty) => Ok(None),
        Err(error) => {
            let fix = Some("or ignore this column: --no-comment-column".into());
            Err(Fault { column, found: cell, why: error.to_string(), fix })
        }
    }
}

const NO_TYPE_NAMES: &str = "in PowerShell, join a list before Export-Csv: Select-Object id, \
    @{n='machineTags'; e={$_.machineTags -join ', '}}";

const EXPORT_AGAIN: &str = "export the list again and keep the column as text";

const NO_COMMENT_LINES: &str = "there are no comment lines: remove it";

/// Whose GUIDs the column of IDs holds, where they are GUIDs.
fn owner(columns: &Columns, error: &MachineIdError) -> Option<&'static str> {
    if *error != MachineIdError::EntraDeviceId {
        return None;
    }
    match Owner::of(&columns.names[columns.key], &columns.names) {
        Owner::Intune => Some("this is Intune's device ID; Defender's machine ID has 40 digits"),
        Owner::EntraObject => {
            Some("this is Entra's object ID; Defender's machine ID has 40 digits")
        }
        Owner::Entra | Owner::Unknown | Owner::NoDevice => None,
    }
}

/// The ID, or the reason and the fix.
fn machine_id(
    text: &str,
    owner: impl Fn(&MachineIdError) -> Option<&'static str>,
) -> Result<MachineId, (String, Option<String>)> {
    match MachineId::parse(text) {
        Ok(_) if is_rounded_number(text) => Err((
            "Excel rounded this ID to a number, so its end is lost".into(),
            Some(EXPORT_AGAIN.into()),
        )),
        Ok(id) => Ok(id),
        Err(error) => {
            let why = owner(&error).map_or_else(|| error.to_string(), str::to_owned);
            Err((why, fix(text, &error)))
        }
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

/// What a person can do. An ID that is whole inside the cell is offered, but never taken.
fn fix(text: &str, error: &MachineIdError) -> Option<String> {
    let bare = text
        .trim_matches(|c: char| is_unseen(c) || "=\"'{}()[]<> ".contains(c))
        .trim_start_matches("0x")
        .trim_start_matches("0X");
    if MachineId::parse(bare).is_ok() {
        return Some(format!("write `{bare}`"));
    }
    if let Some(id) = link_id(text) {
        return Some(format!("the ID is the 40 digits after `/machines/`: write `{id}`"));
    }
    let whole: Vec<&str> = whole_ids(text).take(2).collect();
    if whole.len() > 1 {
        return Some("write one machine ID a line".into());
    }
    let advice = match error {
        _ if is_dashes(text) => "a table that PowerShell printed: use `Export-Csv` instead",
        MachineIdError::EntraDeviceId | MachineIdError::Length { found: 32 } => {
            "take the column with Defender's own ID, `Device ID` in the portal's export"
        }
        MachineIdError::Length { found: ..MachineId::DIGITS } if is_decimal(text) => {
            "if Excel dropped leading zeros, export the list again and keep the column as text"
        }
        MachineIdError::SpreadsheetNumber => EXPORT_AGAIN,
        MachineIdError::NotHexadecimal { position: 1, found: '#' } => NO_COMMENT_LINES,
        MachineIdError::NotHexadecimal { found: 'o' | 'O', .. } => "is it the digit 0?",
        MachineIdError::NotHexadecimal { found: 'l' | 'I', .. } => "is it the digit 1?",
        MachineIdError::NotHexadecimal { found, .. } if is_unseen(*found) => {
            "remove this character, it cannot be seen"
        }
        _ => return whole.first().map(|id| format!("write `{id}`")),
    };
    Some(advice.into())
}

fn is_decimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
