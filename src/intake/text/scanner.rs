//! Cuts the bytes of a file into records, strictly.

use std::io::Read;

use crate::intake::bounds::{CELL_BYTES_MAX, COLUMNS_MAX};
use crate::intake::record::cells::Outline;
use crate::intake::text::preamble::Preamble;
use crate::intake::{IntakeError, Position};

/// Bytes read at a time; the preamble is looked for in the first of these.
const BUFFER_BYTES: usize = 64 * 1024;

/// Line endings that were met outside quotes.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::intake) struct LineEnds {
    line_feed: bool,
    both: bool,
    carriage_return: bool,
}

impl LineEnds {
    pub(in crate::intake) fn are_mixed(self) -> bool {
        u8::from(self.line_feed) + u8::from(self.both) + u8::from(self.carriage_return) > 1
    }
}

/// Reads one record after the other into the caller's buffer. The input is not interrupted.
pub(in crate::intake) struct Scanner<R> {
    input: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// Line of the next byte.
    line: u64,
    /// A carriage return was the last byte: a line feed after it belongs to it.
    after_return: bool,
    line_ends: LineEnds,
    /// Bytes that mean something: quotes, line endings, NUL, the delimiter.
    special: [bool; 256],
}

/// Where in a cell the scanner stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// At its first byte.
    Fresh,
    /// In a cell that does not begin with a quote.
    Bare,
    Quoted,
    /// After a quote that closes the cell, or is the first of a doubled one.
    Closed,
}

struct Cell {
    inside: Inside,
    index: usize,
    /// Where it begins in the record's bytes.
    from: usize,
    /// Line on which its quote opened.
    opened: u64,
}

impl Cell {
    /// Its column, counted from 1.
    const fn column(&self) -> usize {
        self.index + 1
    }

    const fn unclosed(&self) -> IntakeError {
        IntakeError::UnclosedQuote { line: self.opened, column: self.column() }
    }
}

impl<R: Read> Scanner<R> {
    pub(in crate::intake) fn open(input: R) -> Result<Self, IntakeError> {
        let mut scanner = Self {
            input,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            start: 0,
            end: 0,
            line: 1,
            after_return: false,
            line_ends: LineEnds::default(),
            special: [false; 256],
        };
        while scanner.end < BUFFER_BYTES {
            let free = scanner.end..;
            match scanner.input.read(&mut scanner.buffer[free]) {
                Ok(0) => break,
                Ok(count) => scanner.end += count,
                Err(source) => return Err(IntakeError::Unreadable { line: 0, source }),
            }
        }
        Ok(scanner)
    }

    /// The first bytes of the file, before [`begin`](Self::begin).
    pub(in crate::intake) fn head(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// Steps over the preamble and takes its delimiter.
    pub(in crate::intake) fn begin(&mut self, preamble: &Preamble) {
        self.start = preamble.bytes;
        self.line += preamble.lines;
        for byte in [b'"', b'\r', b'\n', 0, preamble.delimiter] {
            self.special[usize::from(byte)] = true;
        }
    }

    pub(in crate::intake) fn line_ends(&self) -> LineEnds {
        self.line_ends
    }

    /// Reads the next record, without its line ending, into `record`. An empty line is an empty
    /// record; `None` is the end of the file.
    pub(in crate::intake) fn next_record(
        &mut self,
        record: &mut Vec<u8>,
    ) -> Result<Option<Outline>, IntakeError> {
        record.clear();
        if !self.fill()? {
            return Ok(None);
        }
        if self.after_return {
            self.pass_line_feed();
            if !self.fill()? {
                return Ok(None);
            }
        }
        let mut outline = Outline::at(Position::Line(self.line));
        let mut cell = Cell { inside: Inside::Fresh, index: 0, from: 0, opened: self.line };
        loop {
            if !self.fill()? {
                return match cell.inside {
                    Inside::Quoted => Err(cell.unclosed()),
                    Inside::Fresh | Inside::Bare | Inside::Closed => Ok(Some(outline)),
                };
            }
            self.take_plain(&mut cell, record)?;
            if self.start == self.end {
                continue;
            }
            let byte = self.buffer[self.start];
            self.start += 1;
            match (cell.inside, byte) {
                (_, 0) => {
                    return Err(IntakeError::Nul { line: self.line, column: cell.column() });
                }
                (Inside::Quoted, b'\r' | b'\n') => self.count_line_inside_quotes(byte, record),
                (_, b'\r' | b'\n') => {
                    self.end_line(byte);
                    return Ok(Some(outline));
                }
                (Inside::Fresh, b'"') => {
                    (cell.inside, cell.opened) = (Inside::Quoted, self.line);
                }
                (Inside::Quoted, b'"') => cell.inside = Inside::Closed,
                (Inside::Closed, b'"') => cell.inside = Inside::Quoted,
                (Inside::Bare, b'"') => {
                    outline.stray_quote = outline.stray_quote.or(Some(cell.index));
                }
                (Inside::Quoted, _) => {}
                (Inside::Fresh | Inside::Bare | Inside::Closed, _) => {
                    let from = record.len() + 1;
                    let index = cell.index + 1;
                    cell = Cell { inside: Inside::Fresh, index, from, opened: self.line };
                    if cell.index == COLUMNS_MAX {
                        return Err(IntakeError::TooManyColumns { place: outline.place });
                    }
                }
            }
            record.push(byte);
            self.check_length(&cell, record)?;
        }
    }

    /// Takes the bytes that mean nothing to the scanner.
    fn take_plain(&mut self, cell: &mut Cell, record: &mut Vec<u8>) -> Result<(), IntakeError> {
        let window = &self.buffer[self.start..self.end];
        let special = window.iter().position(|&byte| self.special[usize::from(byte)]);
        let plain = &window[..special.unwrap_or(window.len())];
        if plain.is_empty() {
            return Ok(());
        }
        match cell.inside {
            Inside::Fresh => cell.inside = Inside::Bare,
            Inside::Bare | Inside::Quoted => {}
            Inside::Closed => {
                return Err(IntakeError::TextAfterQuote {
                    line: cell.opened,
                    column: cell.column(),
                    closed: self.line,
                });
            }
        }
        record.extend_from_slice(plain);
        self.start += plain.len();
        self.check_length(cell, record)
    }

    fn check_length(&self, cell: &Cell, record: &[u8]) -> Result<(), IntakeError> {
        if record.len().saturating_sub(cell.from) <= CELL_BYTES_MAX {
            return Ok(());
        }
        // A quoted cell that goes on over many lines is a forgotten quote, not a long text.
        if cell.inside == Inside::Quoted && self.line > cell.opened {
            return Err(cell.unclosed());
        }
        Err(IntakeError::CellTooLong { place: Position::Line(self.line), column: cell.column() })
    }

    /// A carriage return and the line feed after it are one line break, also inside quotes.
    fn count_line_inside_quotes(&mut self, byte: u8, record: &[u8]) {
        if byte == b'\r' || record.last() != Some(&b'\r') {
            self.line += 1;
        }
    }

    fn end_line(&mut self, byte: u8) {
        self.line += 1;
        self.after_return = byte == b'\r';
        self.line_ends.line_feed |= byte == b'\n';
    }

    /// The second half of a line ending whose first half ended the record before.
    fn pass_line_feed(&mut self) {
        self.after_return = false;
        if self.buffer[self.start] == b'\n' {
            self.start += 1;
            self.line_ends.both = true;
        } else {
            self.line_ends.carriage_return = true;
        }
    }

    /// Makes sure that there is a byte to look at; `false` at the end of the file.
    fn fill(&mut self) -> Result<bool, IntakeError> {
        if self.start < self.end {
            return Ok(true);
        }
        self.start = 0;
        self.end = 0;
        match self.input.read(&mut self.buffer) {
            Ok(count) => self.end = count,
            Err(source) => return Err(IntakeError::Unreadable { line: self.line - 1, source }),
        }
        Ok(self.end > 0)
    }
}
