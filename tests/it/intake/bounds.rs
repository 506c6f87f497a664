//! Bounds: a file of any size is read or refused in little memory.

use std::convert::Infallible;
use std::io::{self, Read};

use mde_offboard::intake::{
    CELL_BYTES_MAX, COLUMNS_MAX, IntakeError, Position, ReadFailure, Record, Wanted, read,
};

use super::shown::{Once, check, with_hint};

/// Counts what was read of an endless input.
struct Metered<R> {
    input: R,
    bytes: usize,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        self.bytes += count;
        Ok(count)
    }
}

/// A file that begins with `start` and goes on with `byte` for ever: the error, and the bytes that
/// were read until then.
fn endless(start: &str, byte: u8) -> (String, usize) {
    let mut file = Metered { input: start.as_bytes().chain(io::repeat(byte)), bytes: 0 };
    let error = read(Once(&mut file), &Wanted::default(), |_| Ok::<(), Infallible>(()))
        .expect_err("a file without end has a cell, a line or a quote without end");
    let ReadFailure::Input(error) = error;
    (with_hint(&error), file.bytes)
}

#[test]
fn a_line_without_end_is_refused_at_once() {
    for (start, byte, expected) in [
        ("", b'a', "line 1, column 1: a cell of more than 64 KiB; is it a list of machines?"),
        (
            "Device ID,Name\nx,",
            b' ',
            "line 2, column 2: a cell of more than 64 KiB; is it a list of machines?",
        ),
        (
            "Device ID,Name\nx,\"",
            b'y',
            "line 2, column 2: a cell of more than 64 KiB; is it a list of machines?",
        ),
        ("Device ID\n", b',', "line 2 has more than 256 columns; is it a list of machines?"),
        (
            "Device ID\n\"",
            b'"',
            "line 2, column 1: a cell of more than 64 KiB; is it a list of machines?",
        ),
        (
            "Device ID\n\"",
            b'\n',
            "line 2, column 1: the quote that opens here is never closed; \
         close it, or double a quote that is part of the text",
        ),
    ] {
        let (error, bytes) = endless(start, byte);
        assert_eq!(error, expected);
        assert!(bytes <= 4 * CELL_BYTES_MAX, "{bytes} bytes were read of {start:?}");
    }
}

#[test]
fn the_bounds_are_where_they_say() {
    let longest = "x".repeat(CELL_BYTES_MAX);
    check(&format!("Device ID,Tags\n<A>,{longest}\n"), "2: <A>");
    check(
        &format!("Device ID,Tags\n<A>,{longest}x\n"),
        "error: line 2, column 2: a cell of more than 64 KiB; is it a list of machines?",
    );
    let row = ",".repeat(COLUMNS_MAX - 1);
    check(&format!("Device ID{row}\n<A>{row}\n"), "2: <A>");
    check(
        &format!("Device ID{row},\n<A>{row}\n"),
        "error: line 1 has more than 256 columns; is it a list of machines?",
    );
}

#[test]
fn a_visitor_that_ends_the_reading_ends_it() {
    let id = "0123456789abcdef0123456789abcdef01234567\n";
    let mut file = Metered { input: Cycle { text: id.as_bytes(), at: 0 }, bytes: 0 };
    let mut seen = 0_u64;
    let result = read(Once(&mut file), &Wanted::default(), |record| match record {
        Record::Row(row) if row.place == Position::Line(100_000) => Err("enough"),
        _ => {
            seen += 1;
            Ok(())
        }
    });
    assert!(matches!(result, Err(ReadFailure::Visitor("enough"))));
    assert_eq!(seen, 99_999);
    assert!(file.bytes <= 100_000 * id.len() + CELL_BYTES_MAX, "{} bytes were read", file.bytes);
}

/// A text again and again.
struct Cycle<'a> {
    text: &'a [u8],
    at: usize,
}

impl Read for Cycle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        for byte in into.iter_mut() {
            *byte = self.text[self.at];
            self.at = (self.at + 1) % self.text.len();
        }
        Ok(into.len())
    }
}

#[test]
fn a_file_that_cannot_be_read_on_is_an_error_with_its_place() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the share is gone"))
        }
    }
    let start =
        "Device ID\n".to_owned() + &"0123456789abcdef0123456789abcdef01234567\n".repeat(5_000);
    let input = Once(start.as_bytes().chain(Broken));
    let result = read(input, &Wanted::default(), |_| Ok::<(), Infallible>(()));
    let Err(ReadFailure::Input(IntakeError::Unreadable { line, source })) = result else {
        panic!("{result:?}");
    };
    assert_eq!((line, source.to_string().as_str()), (5_001, "the share is gone"));
}

/// Gives its text in pieces of `most` bytes.
struct Pieces<'a> {
    text: &'a [u8],
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.most);
        self.text.read(&mut into[..most])
    }
}

#[test]
fn where_a_piece_of_the_file_ends_changes_nothing() {
    let row = "\"0123456789abcdef0123456789abcdef01234567\",\"a\r\n\"\"b\"\"\"\r\n\r\n";
    let rows = 2_000;
    let file = format!("Id,Name\r\n{}", row.repeat(rows));
    assert!(file.len() > CELL_BYTES_MAX, "longer than what is read at first");
    for most in 1..=9 {
        let mut line = 2;
        let pieces = Pieces { text: file.as_bytes(), most };
        let name = Some(r#"a\u{d}\u{a}"b""#);
        let (_, summary) = read(Once(pieces), &Wanted::default(), |record| match record {
            Record::Row(row)
                if row.place == Position::Line(line) && row.name.as_deref() == name =>
            {
                line += 3;
                Ok(())
            }
            other => Err(format!("{other:?}")),
        })
        .unwrap();
        assert_eq!((summary.rows, summary.blank_lines), (rows as u64, rows as u64));
        assert_eq!(summary.notes, Vec::<String>::new());
    }
}
