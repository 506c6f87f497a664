//! Reads one file and holds what came out against the file itself.
//!
//! The first two bytes choose what a person asked for, so that a seed begins like `00`: see
//! [`wanted`]. All that follows is the file. Deliberately absent: workbooks, which are no text.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io::{Cursor, Read, Seek};

use mde_offboard::intake::{
    Kind, NamedRow, Position, ReadFailure, Record, Reject, Row, RowFilter, Shape, Summary,
    TextEncoding, Wanted, read,
};

use super::json::{entries, strings};
use super::pieces::Pieces;
use super::plain::Plain;
use super::text::Text;

/// Longest excerpt of a cell in a message.
const FOUND_CHARS_MAX: usize = 60;

/// What came out of a file.
struct Outcome {
    records: Vec<Record>,
    result: Result<(Shape, Summary), String>,
    /// All of it in words, by which two readings are compared.
    words: String,
}

/// Panics where a claim does not hold.
pub(crate) fn intake(data: &[u8]) {
    let [delimiter, columns, file @ ..] = data else { return };
    let wanted = wanted(*delimiter, *columns);
    let whole = outcome(Cursor::new(file), &wanted);
    let pieces = outcome(Pieces::new(file), &wanted);
    assert_eq!(whole.words, pieces.words, "in one go, and in pieces");
    let text = Text::decode(file, wanted.encoding.is_some());
    let own = wanted.delimiter.unwrap_or_default();
    check_messages(&whole);
    check_order(&whole);
    let in_entry = |record: &Record| matches!(place_of(record), Position::Entry(_));
    let is_json = whole.records.iter().any(in_entry);
    if is_json {
        check_entries(&text, &whole.records);
    } else {
        let delimiter = whole.result.as_ref().ok().map(|(shape, _)| delimiter_of(shape, own));
        check_places(&text, &whole, delimiter);
    }
    if let Ok((shape, summary)) = &whole.result {
        check_summary(shape, summary, &whole.records);
        if is_json {
            check_json(&text, shape, summary, &whole.records, wanted.id_column.as_deref());
        }
        // A condition leaves out rows that the second reader knows nothing of.
        if shape.delimiter.is_some() && wanted.filters.is_empty() {
            check_plain(&text, shape, &whole.records, delimiter_of(shape, own));
        }
    }
}

/// `0` leaves it to the file.
fn wanted(delimiter: u8, columns: u8) -> Wanted {
    let named = |name: &str| Some(name.to_owned());
    let mut wanted = Wanted { delimiter: None, ..Wanted::default() };
    wanted.delimiter = match delimiter {
        b'0' => None,
        b'1' => Some(b','),
        b'2' => Some(b';'),
        b'3' => Some(b'\t'),
        b'4' => Some(b'|'),
        other => Some(other),
    };
    match columns {
        b'1' => wanted.id_column = named("Device ID"),
        b'2' => wanted.id_column = named("key"),
        b'3' => wanted.name_column = named("Host"),
        b'4' => wanted.comment_column = named(" Reason "),
        b'5' => wanted.id_column = named("no\u{202e} such\r\ncolumn"),
        b'6' => wanted.kind = Kind::Json,
        b'7' => wanted.kind = Kind::Any,
        b'8' => wanted.encoding = TextEncoding::parse("windows-1252").ok(),
        b'9' => wanted.filters.extend(RowFilter::parse("Name!=x")),
        b'a' => {
            wanted.kind = Kind::Json;
            wanted.id_column = named("key");
        }
        _ => {}
    }
    wanted
}

fn outcome(input: impl Read + Seek, wanted: &Wanted) -> Outcome {
    let mut records = Vec::new();
    let result = read(input, wanted, |record| {
        records.push(record);
        Ok::<(), Infallible>(())
    });
    let words = format!("{records:?} {result:?}");
    let result = result.map_err(|failure| match failure {
        ReadFailure::Input(error) => error.to_string(),
        ReadFailure::Visitor(never) => match never {},
    });
    Outcome { records, result, words }
}

fn place_of(record: &Record) -> Position {
    match record {
        Record::Row(Row { place, .. })
        | Record::Named(NamedRow { place, .. })
        | Record::Reject(Reject { place, .. }) => *place,
    }
}

fn line_of(record: &Record) -> u64 {
    place_of(record).number()
}

/// The byte between two cells; `own` is the one that was asked for.
fn delimiter_of(shape: &Shape, own: u8) -> u8 {
    match shape.delimiter {
        Some("comma") => b',',
        Some("semicolon") => b';',
        Some("tab") => b'\t',
        Some("bar") => b'|',
        _ => own,
    }
}

/// Nothing that is shown can drive a terminal, hide a part of itself or turn it round.
fn check_messages(outcome: &Outcome) {
    for record in &outcome.records {
        match record {
            Record::Reject(reject) => {
                check_shown(&reject.to_string());
                assert!(reject.found.chars().count() <= FOUND_CHARS_MAX, "{reject}");
            }
            Record::Named(row) => check_shown(&row.name),
            Record::Row(row) => {
                check_shown(row.name.as_deref().unwrap_or_default());
                row.device.parts().iter().for_each(|(_, part)| check_shown(part.unwrap_or("")));
                let comment = row.comment.as_ref().map_or("", |comment| comment.as_str());
                assert!(!comment.contains(char::is_control), "{comment:?}");
            }
        }
    }
    match &outcome.result {
        Err(message) => check_shown(message),
        Ok((shape, summary)) => {
            let names = [&shape.id_column, &shape.name_column, &shape.comment_column];
            names.into_iter().flatten().for_each(|name| check_shown(name));
            shape.notes.iter().chain(&summary.notes).for_each(|note| check_shown(note));
        }
    }
}

fn check_shown(text: &str) {
    let hides = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}');
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}');
    let is_unseen = |c: char| c.is_control() || hides(c) || turns(c);
    assert!(!text.contains(is_unseen), "{text:?}");
}

/// Records come in the order of the file, each at a place of its own.
fn check_order(outcome: &Outcome) {
    let mut last = 0;
    for number in outcome.records.iter().map(line_of) {
        assert!(number > last, "{number} after {last}");
        last = number;
    }
}

/// The ID of each entry is the whole of some string of the JSON text.
fn check_entries(text: &Text, records: &[Record]) {
    let strings = strings(text.bytes());
    for record in records {
        if let Record::Row(row) = record {
            let id = row.id.to_string();
            let is_id =
                |string: &String| string.trim_matches([' ', '\t']).eq_ignore_ascii_case(&id);
            assert!(strings.iter().any(is_id), "{id} is no string");
        }
    }
}

/// Each entry is told as a row or a reject, or is blank; a row's ID is the text under the key of
/// IDs, which stands once in its entry.
fn check_json(
    text: &Text,
    shape: &Shape,
    summary: &Summary,
    records: &[Record],
    own: Option<&str>,
) {
    let Some(entries) = entries(text.bytes(), own) else { return };
    let told = summary.rows + summary.rejects + summary.not_wanted + summary.blank_lines;
    assert_eq!(told, entries.len() as u64, "entries that are told, and entries that are there");
    let key = shape.id_column.as_deref();
    for record in records {
        if let Record::Row(row) = record {
            let place = usize::try_from(row.place.number()).expect("few entries");
            let id = row.id.to_string();
            assert!(entries[place - 1].names(key, &id), "{id} in {}: {shape:?}", row.place);
        }
    }
}

/// The ID of each row stands in the file, whole, between the line of the row and that of the next
/// record. So it is nothing that was made up, mended, cut out of more digits or taken twice.
fn check_places(text: &Text, outcome: &Outcome, delimiter: Option<u8>) {
    let places = text.places(delimiter);
    let ends = outcome.records.iter().skip(1).map(line_of).chain([u64::MAX]);
    for (record, end) in outcome.records.iter().zip(ends) {
        let line = line_of(record);
        if let Record::Row(row) = record {
            let id = row.id.to_string();
            let stands = places.iter().any(|at| (line..end).contains(&at.line) && at.id == id);
            assert!(stands, "{id} does not stand in line {line}");
        }
    }
}

fn check_summary(shape: &Shape, summary: &Summary, records: &[Record]) {
    let rows = records.iter().filter(|record| matches!(record, Record::Row(_))).count() as u64;
    let counted = (summary.rows, summary.rows + summary.rejects);
    assert_eq!(counted, (rows, records.len() as u64), "{shape:?}");
    let seen = summary.not_wanted + records.len() as u64;
    assert!(summary.trimmed <= summary.rows && seen > 0, "{summary:?}");
}

/// In a table without a quote, each line that is not blank is a row or a reject, and a row's ID
/// stands in the ID column.
fn check_plain(text: &Text, shape: &Shape, records: &[Record], delimiter: u8) {
    let column = shape.id_column.as_deref();
    let Some(plain) = Plain::read(text, delimiter, column.is_none()) else { return };
    let told: BTreeSet<u64> = records.iter().map(line_of).collect();
    let there: BTreeSet<u64> = plain.lines.iter().map(|line| line.number).collect();
    assert_eq!(told, there, "lines that are told, and lines that are there");
    for (record, line) in records.iter().zip(&plain.lines) {
        if let Record::Row(row) = record {
            let id = row.id.to_string();
            assert!(plain.holds(line, column, &id), "{id} in line {}: {shape:?}", line.number);
        }
    }
}
