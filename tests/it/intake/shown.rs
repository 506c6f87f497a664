//! What `read` makes of a file, as lines of text.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use mde_offboard::intake::{IntakeError, ReadFailure, Record, Wanted, read};

/// Two IDs, written `<A>` and `<B>` in inputs and expectations.
pub(super) const IDS: [(&str, &str); 2] = [
    ("<A>", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"),
    ("<B>", "b05e00b2a6e2d4f1c3b5a7988796a5b4c3d2e1f0"),
];

/// Reads `input` and compares the outcome, line by line.
#[track_caller]
pub(super) fn check(input: &str, expected: &str) {
    check_with(&Wanted::default(), input, expected);
}

/// As [`check`], with what a person said about the file.
#[track_caller]
pub(super) fn check_with(wanted: &Wanted, input: &str, expected: &str) {
    let input = IDS.iter().fold(input.to_owned(), |text, (name, id)| text.replace(name, id));
    check_bytes(wanted, input.as_bytes(), expected);
}

/// As [`check_with`], of bytes that need not be text.
#[track_caller]
pub(super) fn check_bytes(wanted: &Wanted, input: &[u8], expected: &str) {
    let found = outcome(wanted, input);
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "\n{}", input.escape_ascii());
}

/// What comes of `input`, line by line, without the last line break.
pub(super) fn outcome_of(wanted: &Wanted, input: &str) -> String {
    let input = IDS.iter().fold(input.to_owned(), |text, (name, id)| text.replace(name, id));
    outcome(wanted, input.as_bytes()).trim_end().to_owned()
}

fn outcome(wanted: &Wanted, input: &[u8]) -> String {
    let mut shown = String::new();
    let result = read(Cursor::new(input), wanted, |record| {
        match record {
            Record::Row(row) => {
                let _ = write!(shown, "{}: {}", row.place.number(), row.id);
                let _ = row.name.map(|name| write!(shown, ", name {name}"));
                let _ = row.comment.map(|comment| write!(shown, ", comment {comment}"));
            }
            Record::Named(row) => {
                let _ = write!(shown, "{}: name {}", row.place.number(), row.name);
                let _ = row.comment.map(|comment| write!(shown, ", comment {comment}"));
                let _ = (!row.wanted).then(|| write!(shown, ", not wanted"));
            }
            Record::Reject(reject) => {
                let _ = write!(shown, "{reject}");
            }
        }
        shown.push('\n');
        Ok::<(), Infallible>(())
    });
    match result {
        Ok((shape, summary)) => {
            for note in shape.notes.iter().chain(&summary.notes) {
                let _ = writeln!(shown, "note: {note}");
            }
            for (count, what) in
                [(summary.blank_lines, "blank lines"), (summary.trimmed, "trimmed IDs")]
            {
                if count > 0 {
                    let _ = writeln!(shown, "{what}: {count}");
                }
            }
        }
        Err(ReadFailure::Input(error)) => {
            let _ = writeln!(shown, "error: {}", with_hint(&error));
        }
    }
    IDS.iter().fold(shown, |text, (name, id)| text.replace(id, name))
}

/// What is wrong; the first line of what to do about it.
pub(super) fn with_hint(error: &IntakeError) -> String {
    let hint = error.hint().to_text(str::to_owned);
    hint.lines().next().map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}"))
}

/// An input that is read once, from its beginning to its end, as every table is.
pub(super) struct Once<R>(pub(super) R);

impl<R: Read> Read for Once<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl<R> Seek for Once<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Current(0) => Ok(0),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}
