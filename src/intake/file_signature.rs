//! Files that are something else than their name says.

use crate::intake::IntakeError;

/// The UTF-8 byte-order mark.
pub(super) const MARK: &[u8] = b"\xEF\xBB\xBF";

const AS_CSV: &str = "name it .xlsx or .ods, or save the sheet as `CSV UTF-8`";
const AS_OLD: &str = "name it .xls, or save the sheet as `CSV UTF-8`";
const AS_UTF8: &str = "save it again as UTF-8";
const EXPORT: &str = "export the list as CSV";

/// First bytes of what people rename to `.csv`, or what programs write by default.
const OTHERS: [(&[u8], &str, &str); 12] = [
    (b"\xFF\xFE\0\0", "UTF-32 text (little-endian)", AS_UTF8),
    (b"\0\0\xFE\xFF", "UTF-32 text (big-endian)", AS_UTF8),
    (b"PK\x03\x04", "a workbook (.xlsx, .ods) or another zip file", AS_CSV),
    (b"PK\x05\x06", "an empty zip file", EXPORT),
    (b"\xD0\xCF\x11\xE0", "a workbook of an old Excel (.xls)", AS_OLD),
    (b"\x1F\x8B", "a gzip file", "unpack it"),
    (b"%PDF", "a PDF", EXPORT),
    (b"SQLite format 3\0", "a SQLite database", EXPORT),
    (b"{\\rtf", "an RTF document", EXPORT),
    (b"7z\xBC\xAF", "a 7-Zip file", "unpack it"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard file", "unpack it"),
    (b"BZh", "a bzip2 file", "unpack it"),
];

/// Refuses what the first bytes show to be no text.
pub(super) fn refuse_binary(head: &[u8]) -> Result<(), IntakeError> {
    match OTHERS.iter().find(|(magic, ..)| head.starts_with(magic)) {
        Some(&(_, what, remedy)) => Err(IntakeError::OtherFormat { what, remedy }),
        None => Ok(()),
    }
}

/// Refuses text of two or four bytes a character that begins with no mark, by its zero bytes: an
/// encoding that is only likely is named by a person, not taken.
pub(super) fn refuse_wide(head: &[u8]) -> Result<(), IntakeError> {
    let (what, remedy) = match head {
        [1..=255, 0, 0, 0, ..] => ("UTF-32 text (little-endian, without a mark)", AS_UTF8),
        [0, 0, 0, 1..=255, ..] => ("UTF-32 text (big-endian, without a mark)", AS_UTF8),
        [1..=255, 0, 1..=255, 0, ..] => (
            "UTF-16 text (little-endian, without a mark)",
            "say so with --encoding utf-16le, or save it again as UTF-8",
        ),
        [0, 1..=255, 0, 1..=255, ..] => (
            "UTF-16 text (big-endian, without a mark)",
            "say so with --encoding utf-16be, or save it again as UTF-8",
        ),
        _ => return Ok(()),
    };
    Err(IntakeError::OtherFormat { what, remedy })
}

/// Refuses JSON and HTML where a table is expected, by their first characters.
pub(super) fn refuse_markup(head: &[u8]) -> Result<(), IntakeError> {
    let mut bytes = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let (what, remedy) = match (bytes.next(), bytes.next()) {
        (Some(b'['), Some(b'{' | b'"' | b']')) | (Some(b'{'), Some(b'"' | b'}')) => {
            ("JSON", "name it .json, so that it is read as such")
        }
        (Some(b'<'), Some(b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z')) => ("HTML or XML", EXPORT),
        _ => return Ok(()),
    };
    Err(IntakeError::OtherFormat { what, remedy })
}

/// Refuses HTML where JSON is expected: often the page of a sign-in or a proxy.
pub(super) fn refuse_page(head: &[u8]) -> Result<(), IntakeError> {
    match refuse_markup(head) {
        Err(error) if !is_json(head) => Err(error),
        _ => Ok(()),
    }
}

/// Whether a text begins like JSON that holds machines: a list or an object.
pub(super) fn is_json(head: &[u8]) -> bool {
    let mut bytes = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    match bytes.next() {
        Some(b'[') => matches!(bytes.next(), Some(b'{' | b'"' | b']')),
        Some(b'{') => matches!(bytes.next(), Some(b'"' | b'}')),
        _ => false,
    }
}
