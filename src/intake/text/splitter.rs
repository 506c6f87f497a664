//! Splits one record of a text into its cells, with the csv crate.

use std::io::{self, Read};

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use crate::intake::record::cells::{Cells, Damage};

/// One csv reader for the whole file, which is handed one record at a time.
///
/// The scanner has checked the quotes of each record, so that the two cannot differ on where a
/// cell ends.
pub(in crate::intake) struct Splitter {
    reader: csv::Reader<Feed>,
}

impl Splitter {
    pub(in crate::intake) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Feed::default());
        let mut splitter = Self { reader };
        // The csv crate drops a byte-order mark before its first record. One that is left after the
        // preamble is a fault to be named, so the first record is an invented one.
        splitter.split(&mut b"first".to_vec(), &mut Cells::default());
        splitter
    }

    /// Splits `record`, which is not empty and has no line ending; its bytes are used up.
    pub(in crate::intake) fn split(&mut self, record: &mut Vec<u8>, cells: &mut Cells) {
        record.push(b'\n');
        self.reader.get_mut().load(record);
        cells.damaged.clear();
        let mut bytes = std::mem::take(&mut cells.texts).into_byte_record();
        let read = self.reader.read_byte_record(&mut bytes);
        let complete = read.expect("reading from memory, any number of cells");
        assert!(complete, "a record with its line ending is complete");
        cells.texts = StringRecord::from_byte_record(bytes).unwrap_or_else(|error| {
            let bytes = error.into_byte_record();
            cells.damaged = damage(&bytes);
            StringRecord::from_byte_record_lossy(bytes)
        });
    }
}

/// Which cells are not UTF-8, and from which byte on.
fn damage(cells: &ByteRecord) -> Vec<Damage> {
    let cells = cells.iter().enumerate();
    let fault = |(cell, bytes): (usize, &[u8])| {
        let error = std::str::from_utf8(bytes).err()?;
        Some(Damage { cell, byte: error.valid_up_to() + 1 })
    };
    cells.filter_map(fault).collect()
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
