//! An input that comes in small pieces, as from a pipe.
//!
//! Deliberately absent: errors but the one that asks to read again.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Sizes of the pieces, in turn; at a zero the read is interrupted by a signal.
const SIZES: [usize; 8] = [1, 2, 0, 3, 1, 7, 0, 64];

/// The bytes, a few at a time.
pub(super) struct Pieces<'a> {
    bytes: &'a [u8],
    rest: &'a [u8],
    turn: usize,
}

impl<'a> Pieces<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, rest: bytes, turn: 0 }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = SIZES[self.turn % SIZES.len()];
        self.turn += 1;
        if size == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        let count = size.min(into.len()).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(count);
        into[..count].copy_from_slice(piece);
        self.rest = rest;
        Ok(count)
    }
}

impl Seek for Pieces<'_> {
    /// To the beginning, and nowhere else.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(0) => self.rest = self.bytes,
            SeekFrom::Current(0) => {}
            _ => return Err(ErrorKind::Unsupported.into()),
        }
        Ok((self.bytes.len() - self.rest.len()) as u64)
    }
}
