//! Standard input as something that can be read again from its beginning: what was read of it is
//! kept, in a file of the system's temporary folder once it is more than a little.
//!
//! Deliberately absent: any place but the beginning to go back to.

use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::{SpooledTempFile, spooled_tempfile};

/// How much is kept in memory, in bytes.
const IN_MEMORY_BYTES_MAX: usize = 1024 * 1024;

/// An input that comes once, and what it was so far.
pub(crate) struct KeptInput<R> {
    input: R,
    kept: SpooledTempFile,
    /// How much is kept, in bytes.
    length: u64,
    position: u64,
}

impl<R: Read> KeptInput<R> {
    pub(crate) fn new(input: R) -> Self {
        let kept = spooled_tempfile(IN_MEMORY_BYTES_MAX);
        Self { input, kept, length: 0, position: 0 }
    }
}

impl<R: Read> Read for KeptInput<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = if self.position < self.length {
            self.kept.read(into)?
        } else {
            let count = self.input.read(into)?;
            self.kept.write_all(&into[..count])?;
            self.length += count as u64;
            count
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read> Seek for KeptInput<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(0) => self.kept.rewind().map(|()| self.position = 0)?,
            SeekFrom::Current(0) => {}
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_read_again_and_then_the_rest() {
        let text: Vec<u8> = (0..=250).cycle().take(3 * IN_MEMORY_BYTES_MAX).collect();
        for first in [0, 1, IN_MEMORY_BYTES_MAX, text.len()] {
            let mut snapshot = KeptInput::new(text.as_slice());
            let mut beginning = vec![0; first];
            snapshot.read_exact(&mut beginning).unwrap();
            assert_eq!(snapshot.stream_position().unwrap(), first as u64);
            snapshot.rewind().unwrap();
            for _ in 0..2 {
                let mut whole = Vec::new();
                snapshot.read_to_end(&mut whole).unwrap();
                assert!(whole == text, "after {first} bytes");
                snapshot.rewind().unwrap();
            }
        }
    }

    #[test]
    fn no_other_place_can_be_gone_to() {
        let mut snapshot = KeptInput::new(&b"abc"[..]);
        assert!(snapshot.seek(SeekFrom::Start(1)).is_err());
        assert!(snapshot.seek(SeekFrom::End(0)).is_err());
    }
}
