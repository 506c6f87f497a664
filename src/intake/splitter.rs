//! Splits one record into its cells, with the csv crate.

use std::io::{self, Read};

use csv::{ErrorKind, ReaderBuilder, StringRecord};

/// One csv reader for the whole file, which is handed one record at a time.
///
/// The scanner has checked the quotes of each record, so that the two cannot differ on where a
/// cell ends.
pub(super) struct Splitter {
    reader: csv::Reader<Feed>,
}

/// A cell that is not UTF-8: its index, and the index of the first byte that is at fault.
pub(super) struct NotUtf8 {
    pub(super) cell: usize,
    pub(super) byte: usize,
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Feed::default());
        let mut splitter = Self { reader };
        // The csv crate drops a byte-order mark before its first record. One that is left after the
        // preamble is a fault to be named, so the first record is a made-up one.
        let warmed_up = splitter.split(&mut b"first".to_vec(), &mut StringRecord::new());
        assert!(warmed_up.is_ok(), "ASCII is UTF-8");
        splitter
    }

    /// Splits `record`, which is not empty and has no line ending; its bytes are used up.
    pub(super) fn split(
        &mut self,
        record: &mut Vec<u8>,
        cells: &mut StringRecord,
    ) -> Result<(), NotUtf8> {
        record.push(b'\n');
        self.reader.get_mut().load(record);
        match self.reader.read_record(cells) {
            Ok(complete) => {
                assert!(complete, "a record with its line ending is complete");
                Ok(())
            }
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { err, .. } => {
                    Err(NotUtf8 { cell: err.field(), byte: err.valid_up_to() })
                }
                kind => unreachable!("reading from memory, any number of cells: {kind:?}"),
            },
        }
    }
}

/// The bytes of one record. It never reports its end before a record is complete, since the csv
/// reader would take that for the end of the file.
#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
    given: usize,
}

impl Feed {
    fn load(&mut self, record: &mut Vec<u8>) {
        debug_assert_eq!(self.given, self.bytes.len(), "the record before was read to its end");
        std::mem::swap(&mut self.bytes, record);
        self.given = 0;
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
