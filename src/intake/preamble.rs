//! What the first bytes of a file say: its kind, lines before the header, the delimiter.

use super::IntakeError;

/// What stands before the header, and what the header is split with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Preamble {
    /// Bytes to step over.
    pub(super) bytes: usize,
    /// Line endings among them.
    pub(super) lines: u64,
    /// The byte between two cells.
    pub(super) delimiter: u8,
    /// Whether a UTF-8 byte-order mark was among them.
    pub(super) byte_order_mark: bool,
    /// What a person should know about it.
    pub(super) notes: Vec<String>,
}

/// The UTF-8 byte-order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Delimiters that are recognised without being named.
const USUAL: [u8; 3] = [b',', b';', b'\t'];

impl Preamble {
    /// Reads the first bytes of a file; `wanted` is the delimiter that a person named.
    pub(super) fn read(head: &[u8], wanted: Option<u8>) -> Result<Self, IntakeError> {
        refuse_other_formats(head)?;
        let byte_order_mark = head.starts_with(MARK);
        let mut preamble = Self {
            bytes: if byte_order_mark { MARK.len() } else { 0 },
            lines: 0,
            delimiter: b',',
            byte_order_mark,
            notes: Vec::new(),
        };
        let mut named = wanted;
        let first = first_line(&head[preamble.bytes..]);
        if first.starts_with(b"#TYPE ") {
            preamble.step_over(head, first.len());
            preamble.notes.push("line 1 is PowerShell's `#TYPE` line and was passed over".into());
        } else if let Some(byte) = separator_line(first) {
            preamble.step_over(head, first.len());
            named = named.or(Some(byte));
        }
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
            let shown: Vec<&str> = several.iter().map(|&byte| delimiter_name(byte)).collect();
            Err(IntakeError::AmbiguousDelimiter { line, found: shown.join(" and ") })
        }
    }
}

const fn delimiter_name(byte: u8) -> &'static str {
    match byte {
        b',' => "`,`",
        b';' => "`;`",
        _ => "tabs",
    }
}

const AS_UTF8: &str = "save it anew as UTF-8";
const AS_CSV: &str = "save the sheet as `CSV UTF-8`";
const EXPORT: &str = "export the list as CSV";

/// First bytes of what people rename to `.csv`, or what programs write by default.
const OTHERS: [(&[u8], &str, &str); 14] = [
    (b"\xFF\xFE\0\0", "UTF-32 text", AS_UTF8),
    (b"\0\0\xFE\xFF", "UTF-32 text", AS_UTF8),
    (b"\xFF\xFE", "UTF-16 text", AS_UTF8),
    (b"\xFE\xFF", "UTF-16 text", AS_UTF8),
    (b"PK\x03\x04", "a workbook (.xlsx, .ods) or another zip file", AS_CSV),
    (b"PK\x05\x06", "an empty zip file", EXPORT),
    (b"\xD0\xCF\x11\xE0", "a workbook of an old Excel (.xls)", AS_CSV),
    (b"\x1F\x8B", "a gzip file", "unpack it"),
    (b"%PDF", "a PDF", EXPORT),
    (b"SQLite format 3\0", "a SQLite database", EXPORT),
    (b"{\\rtf", "an RTF document", EXPORT),
    (b"7z\xBC\xAF", "a 7-Zip file", "unpack it"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard file", "unpack it"),
    (b"BZh", "a bzip2 file", "unpack it"),
];

fn refuse_other_formats(head: &[u8]) -> Result<(), IntakeError> {
    for (magic, what, remedy) in OTHERS {
        if head.starts_with(magic) {
            return Err(IntakeError::OtherFormat { what, remedy });
        }
    }
    let (what, remedy) = match head {
        // Text of the Latin alphabet with zero bytes in between.
        [1..=255, 0, 0, 0, ..] | [0, 0, 0, 1..=255, ..] => ("UTF-32 text", AS_UTF8),
        [1..=255, 0, 1..=255, 0, ..] => ("UTF-16 text (little-endian, without a mark)", AS_UTF8),
        [0, 1..=255, 0, 1..=255, ..] => ("UTF-16 text (big-endian, without a mark)", AS_UTF8),
        _ => match markup(head.strip_prefix(MARK).unwrap_or(head)) {
            Some(what) => (what, EXPORT),
            None => return Ok(()),
        },
    };
    Err(IntakeError::OtherFormat { what, remedy })
}

/// JSON and HTML by their first two characters beside white space.
fn markup(head: &[u8]) -> Option<&'static str> {
    let mut bytes = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    match (bytes.next()?, bytes.next()) {
        (b'{', Some(b'"' | b'}')) | (b'[', Some(b'{' | b'"' | b']')) => Some("JSON"),
        (b'<', Some(b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z')) => Some("HTML or XML"),
        _ => None,
    }
}
