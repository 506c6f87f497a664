//! From the bytes of a file to UTF-8.

use std::io::{self, Chain, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use crate::intake::file_signature::{MARK, refuse_binary, refuse_wide};
use crate::intake::text_encoding::TextEncoding;
use crate::intake::{IntakeError, Wanted};

/// Bytes of which the kind of file and the preamble are told: as many as a cell may have.
const HEAD_BYTES: u64 = 64 * 1024;

/// A text as UTF-8, without a byte-order mark. Whatever is damaged in a UTF-8 file still is; of
/// other encodings it is U+FFFD.
pub(in crate::intake) struct Text<R> {
    input: Input<R>,
    pub(in crate::intake) name: &'static str,
}

/// The first bytes, which were looked at, and the rest.
type Whole<R> = Chain<Cursor<Vec<u8>>, Patient<R>>;

/// Reads on after a signal: the decoder would lose half a character at the end of a file.
struct Patient<R>(R);

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

enum Input<R> {
    Utf8(Whole<R>),
    Decoded(Box<DecodeReaderBytes<Whole<R>, Vec<u8>>>),
}

impl<R: Read> Text<R> {
    /// Looks at the first bytes and decides.
    ///
    /// A mark is certain and outranks the name that a person gave.
    pub(in crate::intake) fn open(input: R, wanted: &Wanted) -> Result<Self, IntakeError> {
        let mut input = Patient(input);
        let mut head = Vec::new();
        let read = input.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
        read.map_err(|source| IntakeError::Unreadable { line: 0, source })?;
        refuse_binary(&head)?;
        let marked = match head.as_slice() {
            [0xFF, 0xFE, ..] => Some(UTF_16LE),
            [0xFE, 0xFF, ..] => Some(UTF_16BE),
            _ if head.starts_with(MARK) => Some(encoding_rs::UTF_8),
            _ => None,
        };
        let encoding = match (marked, wanted.encoding) {
            (Some(marked), _) => marked,
            (None, Some(TextEncoding(named))) => named,
            (None, None) => {
                refuse_wide(&head)?;
                encoding_rs::UTF_8
            }
        };
        let start = if head.starts_with(MARK) { MARK.len() as u64 } else { 0 };
        let mut head = Cursor::new(head);
        let input = if encoding == encoding_rs::UTF_8 {
            head.set_position(start);
            Input::Utf8(head.chain(input))
        } else {
            // It drops the one mark that may begin a text.
            let mut builder = DecodeReaderBytesBuilder::new();
            builder.encoding(Some(encoding)).bom_sniffing(false);
            let decoded = builder.build_with_buffer(head.chain(input), vec![0; 64 * 1024]);
            Input::Decoded(Box::new(decoded.expect("the buffer has room for a character")))
        };
        Ok(Self { input, name: encoding.name() })
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.input {
            Input::Utf8(input) => input.read(into),
            Input::Decoded(input) => input.read(into),
        }
    }
}
