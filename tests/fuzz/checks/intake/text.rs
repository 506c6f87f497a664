//! An input file as the check decodes it, and the machine IDs that stand in it.
//!
//! UTF-16 is read where its byte-order mark is there; every other file is taken byte for byte,
//! since all encodings that are read have the digits of an ID where ASCII has them. Whoever adds a
//! kind of file adds its decoding here. Deliberately absent: quotes, columns, and what is a row.

/// Digits of a machine ID.
const DIGITS: usize = 40;

/// The file, decoded, without a byte-order mark at its beginning.
pub(super) struct Text(Vec<u8>);

/// One machine ID that stands in the file.
pub(super) struct Position {
    /// Its 40 digits in lower case.
    pub(super) id: String,
    /// Its line, counted from 1.
    pub(super) line: u64,
}

impl Text {
    /// `is_named`: a person said that it is written in windows-1252, where no mark says otherwise.
    pub(super) fn decode(file: &[u8], is_named: bool) -> Self {
        let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
            let units: Vec<u16> =
                rest.chunks(2).map(|two| unit([two[0], *two.last().unwrap_or(&0)])).collect();
            String::from_utf16_lossy(&units).into_bytes()
        };
        Self(match file {
            [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => rest.to_vec(),
            // Of the letters above ASCII only those matter that a column's name has.
            _ if is_named => windows_1252(file).into_bytes(),
            _ => file.to_vec(),
        })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The lines without their endings: a carriage return and a line feed after it are one ending.
    /// What follows the last ending is a line only where something stands there.
    pub(super) fn lines(&self) -> Vec<&[u8]> {
        let mut lines = Vec::new();
        let mut rest = self.bytes();
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            lines.push(&rest[..at]);
            let ending = if rest[at..].starts_with(b"\r\n") { 2 } else { 1 };
            rest = &rest[at + ending..];
        }
        if !rest.is_empty() {
            lines.push(rest);
        }
        lines
    }

    /// Every run of 40 hexadecimal digits that stands whole: beside it is nothing, white space, a
    /// quote or a delimiter. Where the delimiter is not known, it may be any that can be one.
    pub(super) fn places(&self, delimiter: Option<u8>) -> Vec<Position> {
        let ends = |byte: Option<&u8>| match byte {
            None | Some(b' ' | b'\t' | b'"') => true,
            Some(&byte) => delimiter.map_or_else(
                || byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'\''),
                |delimiter| byte == delimiter,
            ),
        };
        let mut found = Vec::new();
        for (number, line) in (1..).zip(self.lines()) {
            let mut start = 0;
            for run in
                line.chunk_by(|one, other| one.is_ascii_hexdigit() == other.is_ascii_hexdigit())
            {
                let end = start + run.len();
                let before = start.checked_sub(1).and_then(|at| line.get(at));
                let is_id = run.len() == DIGITS && run[0].is_ascii_hexdigit();
                if is_id && ends(before) && ends(line.get(end)) {
                    let id = String::from_utf8_lossy(run).to_ascii_lowercase();
                    found.push(Position { id, line: number });
                }
                start = end;
            }
        }
        found
    }
}

/// Every byte a character: those of Latin-1 where windows-1252 has others, which no name here has.
fn windows_1252(file: &[u8]) -> String {
    file.iter().map(|&byte| char::from(byte)).collect()
}
