//! What the first bytes of a text say: lines before the header, the delimiter.

use crate::intake::columns::names::is_id_name;
use crate::intake::file_signature::refuse_markup;
use crate::intake::{IntakeError, Position};

/// What stands before the header, and what the header is split with.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::intake) struct Preamble {
    pub(in crate::intake) bytes: usize,
    /// Line endings among them.
    pub(in crate::intake) lines: u64,
    pub(in crate::intake) delimiter: u8,
    /// A line further down that looks like a header, where the first one should be none.
    pub(in crate::intake) header_below: Option<Position>,
    pub(in crate::intake) notes: Vec<String>,
}

/// How far down a header is looked for, in lines.
const TITLE_LINES_MAX: usize = 20;

/// Delimiters that are recognised without being named.
const USUAL: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Preamble {
    /// Reads the first bytes of a text, after its byte-order mark; `wanted` is the delimiter that a
    /// person named.
    pub(in crate::intake) fn read(head: &[u8], wanted: Option<u8>) -> Result<Self, IntakeError> {
        refuse_markup(head)?;
        let (header_below, notes) = (None, Vec::new());
        let mut preamble = Self { bytes: 0, lines: 0, delimiter: b',', header_below, notes };
        let mut named = wanted;
        let first = first_line(head);
        if first.starts_with(b"#TYPE ") {
            preamble.step_over(head, first.len());
            preamble.notes.push("line 1 is PowerShell's `#TYPE` line and was ignored".into());
        } else if let Some(byte) = separator_line(first) {
            preamble.step_over(head, first.len());
            named = named.or(Some(byte));
        }
        preamble.header_below = header_below_in(&head[preamble.bytes..], preamble.lines + 1);
        preamble.delimiter = match named {
            Some(byte) if can_delimit(byte) => byte,
            Some(byte) => return Err(IntakeError::Delimiter(byte)),
            None => recognise(&head[preamble.bytes..], preamble.lines + 1)?,
        };
        Ok(preamble)
    }

    /// Steps over a line of `length` bytes and its ending.
    fn step_over(&mut self, head: &[u8], length: usize) {
        let ending = &head[self.bytes + length..];
        let ending = match ending {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        self.bytes += length + ending;
        self.lines += 1;
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    &text[..end.unwrap_or(text.len())]
}

/// `sep=;`, with which Excel is told the delimiter; also in quotes.
fn separator_line(line: &[u8]) -> Option<u8> {
    let bare = line.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(line);
    let (name, value) = bare.split_at_checked(4)?;
    match value {
        [byte] if name.eq_ignore_ascii_case(b"sep=") => Some(*byte),
        _ => None,
    }
}

/// A letter, a digit or a quote as the delimiter would cut an ID or a quoted cell in two.
fn can_delimit(byte: u8) -> bool {
    byte == b'\t' || (byte.is_ascii_punctuation() && !matches!(byte, b'"' | b'\'' | b'-' | b'_'))
}

/// The delimiter of the first line that is not blank. Where there are several kinds, nothing tells
/// for certain which are part of a name.
fn recognise(text: &[u8], mut line: u64) -> Result<u8, IntakeError> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut rest = text;
    while !rest.is_empty() && first_line(rest).iter().all(blank) {
        let length = first_line(rest).len();
        let ending = if rest[length..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = rest.get(length + ending..).unwrap_or_default();
        line += 1;
    }
    let mut quoted = false;
    let mut found: Vec<u8> = Vec::new();
    for &byte in rest {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if !quoted && USUAL.contains(&byte) && !found.contains(&byte) => found.push(byte),
            _ => {}
        }
    }
    match found.as_slice() {
        [] => Ok(b','),
        [only] => Ok(*only),
        several => {
            if let Some(header) = header_below_in(rest, line) {
                return Err(IntakeError::TitleRows { place: Position::Line(line), header });
            }
            let shown: Vec<&str> = several.iter().map(|&byte| delimiter_name(byte)).collect();
            Err(IntakeError::AmbiguousDelimiter { line, found: shown.join(" and ") })
        }
    }
}

/// A line further down that holds a name of a column of IDs: what stands first is a title.
fn header_below_in(text: &[u8], first: u64) -> Option<Position> {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    let names_ids = |line: &str| {
        let names = line.split(|c| u8::try_from(c).is_ok_and(|byte| USUAL.contains(&byte)));
        names.map(|name| name.trim_matches(['"', ' '])).any(is_id_name)
    };
    let mut lines = text.split(['\r', '\n']).take(TITLE_LINES_MAX).enumerate();
    let (at, _) = lines.find(|(_, line)| names_ids(line)).filter(|(at, _)| *at > 0)?;
    Some(Position::Line(first + at as u64))
}

const fn delimiter_name(byte: u8) -> &'static str {
    match byte {
        b',' => "`,`",
        b';' => "`;`",
        b'|' => "`|`",
        _ => "tabs",
    }
}

/// The delimiter, as people call it.
pub(in crate::intake) const fn delimiter_word(byte: u8) -> &'static str {
    match byte {
        b',' => "comma",
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "bar",
        _ => "own delimiter",
    }
}
