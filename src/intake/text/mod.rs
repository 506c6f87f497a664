//! Text: bytes to UTF-8, lines before the header, records, cells.

pub(super) mod encoding;
pub(super) mod preamble;
pub(super) mod read;
pub(super) mod scanner;
pub(super) mod splitter;
