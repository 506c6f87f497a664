//! A second reader, for tables and lists without a quote: there a line is a record, and what stands
//! between two delimiters is a cell.
//!
//! It is told how the file was read (delimiter, name of the ID column) and says what then has to
//! come out. Deliberately absent: which column that is, and whether the file is refused.

use super::text::Text;

/// A line that is a record.
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    cells: Vec<&'a [u8]>,
}

/// The records of a file without a quote.
pub(super) struct Plain<'a> {
    /// Cells of the header; none for a plain list.
    header: Vec<&'a [u8]>,
    /// All lines below it that hold more than delimiters, spaces and tabs.
    pub(super) lines: Vec<Line<'a>>,
}

impl<'a> Plain<'a> {
    /// Reads a file that was accepted as it is; `None` where it has quotes.
    pub(super) fn read(text: &'a Text, delimiter: u8, is_list: bool) -> Option<Self> {
        if text.bytes().contains(&b'"') {
            return None;
        }
        let cells = |line: &'a [u8]| line.split(|&byte| byte == delimiter).collect::<Vec<_>>();
        let mut lines = (1..).zip(text.lines()).filter(|(number, line)| {
            let is_preamble = *number == 1 && is_preamble(line);
            !line.is_empty() && !is_preamble
        });
        let header = if is_list { Vec::new() } else { cells(lines.next()?.1) };
        let lines = lines.map(|(number, line)| Line { number, cells: cells(line) });
        let lines = lines.filter(|line| line.cells.iter().any(|cell| !trimmed(cell).is_empty()));
        Some(Self { header, lines: lines.collect() })
    }

    /// Whether this line has that ID in the column of that name, and a cell for each name of the
    /// header; in a plain list, whether the line is that ID.
    pub(super) fn holds(&self, line: &Line<'_>, column: Option<&str>, id: &str) -> bool {
        let is_id = |cell: &[u8]| trimmed(cell).eq_ignore_ascii_case(id.as_bytes());
        match column {
            None => line.cells.len() == 1 && is_id(line.cells[0]),
            Some(name) => {
                let mut both = self.header.iter().zip(&line.cells);
                // A name with something unseen in it is told as an escape.
                let is_named =
                    |cell: &[u8]| trimmed(cell) == name.as_bytes() || name.contains('\\');
                self.header.len() == line.cells.len()
                    && both.any(|(header, cell)| is_named(header) && is_id(cell))
            }
        }
    }
}

/// PowerShell's line about the type, and Excel's about the delimiter.
fn is_preamble(line: &[u8]) -> bool {
    let is_separator = line.len() == 5 && line[..4].eq_ignore_ascii_case(b"sep=");
    line.starts_with(b"#TYPE ") || is_separator
}

fn trimmed(cell: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = cell.iter().position(|byte| !is_blank(byte)).unwrap_or(cell.len());
    let end = cell.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &cell[start..end]
}
