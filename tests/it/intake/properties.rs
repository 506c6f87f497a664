//! What holds for any file.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Cursor;

use mde_offboard::intake::{Position, Record, Wanted, read};
use proptest::prelude::*;

const ID: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";

/// Pieces of which files are made: more likely to come near to a machine ID than any bytes.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = |text: &'static str| Just(text.as_bytes().to_vec());
    prop_oneof![
        4 => fixed(ID),
        4 => "[0-9a-fA-F]{40}".prop_map(String::into_bytes),
        4 => fixed("\n"),
        4 => fixed(","),
        2 => fixed("\""),
        1 => fixed("\"\""),
        1 => fixed("\r\n"),
        1 => fixed("\r"),
        1 => fixed(";"),
        1 => fixed(" "),
        1 => fixed("\u{feff}"),
        1 => fixed("\u{200b}"),
        1 => fixed("="),
        1 => fixed("name"),
        1 => "[0-9a-f]{1,41}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 1..4),
    ]
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    let start = prop_oneof![
        Just(""),
        Just("Device ID\n"),
        Just("Device ID,Name\n"),
        Just("Name,Device ID,Comment\n"),
        Just("\u{feff}Id;Name\r\n"),
        Just("sep=;\nName;Id\n"),
    ];
    (start, proptest::collection::vec(piece(), 0..40))
        .prop_map(|(start, pieces)| [start.as_bytes(), &pieces.concat()].concat())
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

proptest! {
    /// Nothing is made up, put together from two places, or fixed.
    #[test]
    fn what_is_accepted_is_an_id_that_stands_in_the_file(file in file()) {
        let mut last_line = Position::Line(0);
        let (mut rows, mut rejects) = (0, 0);
        let result = read(Cursor::new(&file), &Wanted::default(), |record| {
            let line = match &record {
                Record::Row(row) => {
                    rows += 1;
                    let id = row.id.to_string();
                    assert!(contains(&file, &id), "{id}");
                    row.place
                }
                Record::Named(row) => panic!("{row:?}"),
                Record::Reject(reject) => {
                    rejects += 1;
                    assert!(!reject.to_string().contains(|c: char| c.is_control()));
                    reject.place
                }
            };
            assert!(line > last_line, "{line} after {last_line}");
            last_line = line;
            Ok::<(), Infallible>(())
        });
        match result {
            Ok((_, summary)) => prop_assert_eq!((summary.rows, summary.rejects), (rows, rejects)),
            Err(error) => prop_assert!(!error.to_string().contains(|c: char| c.is_control())),
        }
    }

    /// A list that is written by the book is read back, on the lines where it stands.
    #[test]
    fn what_was_written_is_read(
        rows in proptest::collection::vec(("[0-9a-f]{40}", "[ -~\n]{0,20}"), 1..20),
        delimiter in prop_oneof![Just(','), Just(';'), Just('\t')],
        ending in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) {
        let mut text = format!("Tags{delimiter}Device ID{ending}");
        let mut expected = Vec::new();
        for (id, tags) in &rows {
            expected.push((1 + line_endings(&text), id.clone()));
            let tags = tags.replace('\n', ending).replace('"', "\"\"");
            let _ = write!(text, "\"{tags}\"{delimiter}{id}{ending}");
        }
        let mut found = Vec::new();
        read(Cursor::new(&text), &Wanted::default(), |record| match record {
            Record::Row(row) => {
                found.push((row.place.number(), row.id.to_string()));
                Ok(())
            }
            Record::Named(row) => Err(row.name),
            Record::Reject(reject) => Err(reject.to_string()),
        })
        .map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(found, expected);
    }
}

fn line_endings(text: &str) -> u64 {
    text.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64
}
