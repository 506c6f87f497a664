//! From the first byte of a file to its last.

use std::io::Read;

use csv::StringRecord;

use super::header::Columns;
use super::judge::{Verdict, weigh};
use super::preamble::Preamble;
use super::scanner::{Outline, Scanner};
use super::splitter::Splitter;
use super::{Failure, IntakeError, Record, Shape, Summary, Wanted};

/// Reads a whole file; `visit` gets each record in the order of the file and may end the reading
/// by returning an error. Memory does not depend on the number of records.
///
/// A record that was visited is not yet a machine to be sent: an error further down refuses the
/// whole file.
///
/// # Errors
/// [`Failure::Input`] where the file cannot be used as it is, [`Failure::Visitor`] with what
/// `visit` returned.
pub fn read<R: Read, E>(
    input: R,
    wanted: &Wanted,
    mut visit: impl FnMut(Record) -> Result<(), E>,
) -> Result<(Shape, Summary), Failure<E>> {
    let mut records = Records::open(input, wanted)?;
    let mut summary = Summary::default();
    let Some(first) = records.next(None, &mut summary)? else {
        return Err(IntakeError::Empty.into());
    };
    let columns = records.columns(first, wanted)?;
    let mut pending = columns.plain_list.then_some(first);
    loop {
        let outline = match pending.take() {
            Some(outline) => outline,
            None => match records.next(Some(&columns), &mut summary)? {
                Some(outline) => outline,
                None => break,
            },
        };
        let record = match weigh(&columns, outline, &records.cells) {
            Verdict::Blank => {
                summary.blank_lines += 1;
                continue;
            }
            Verdict::Row { row, id_was_trimmed } => {
                summary.rows += 1;
                summary.trimmed += u64::from(id_was_trimmed);
                Record::Row(row)
            }
            Verdict::Reject(reject) => {
                summary.rejects += 1;
                Record::Reject(reject)
            }
        };
        visit(record).map_err(Failure::Visitor)?;
    }
    if summary.rows + summary.rejects == 0 {
        return Err(IntakeError::OnlyHeader { line: first.line }.into());
    }
    if records.scanner.line_ends().are_mixed() {
        summary.notes.push("the line endings are mixed".into());
    }
    Ok((records.shape(&columns), summary))
}

/// The file as records of cells, blank lines left out.
struct Records<R> {
    scanner: Scanner<R>,
    splitter: Splitter,
    preamble: Preamble,
    bytes: Vec<u8>,
    /// The cells of the last record.
    cells: StringRecord,
}

impl<R: Read> Records<R> {
    fn open(input: R, wanted: &Wanted) -> Result<Self, IntakeError> {
        let mut scanner = Scanner::open(input)?;
        let preamble = Preamble::read(scanner.head(), wanted.delimiter)?;
        scanner.begin(&preamble);
        let splitter = Splitter::new(preamble.delimiter);
        Ok(Self { scanner, splitter, preamble, bytes: Vec::new(), cells: StringRecord::new() })
    }

    /// Reads the next record that is not an empty line into `cells`.
    fn next(
        &mut self,
        columns: Option<&Columns>,
        summary: &mut Summary,
    ) -> Result<Option<Outline>, IntakeError> {
        while let Some(outline) = self.scanner.next_record(&mut self.bytes)? {
            if self.bytes.is_empty() {
                summary.blank_lines += 1;
                continue;
            }
            return match self.splitter.split(&mut self.bytes, &mut self.cells) {
                Ok(()) => Ok(Some(outline)),
                Err(fault) => {
                    let number = format!("#{}", fault.cell + 1);
                    let header = columns.map_or(number, |columns| columns.label(fault.cell));
                    Err(IntakeError::NotUtf8 { line: outline.line, header, byte: fault.byte + 1 })
                }
            };
        }
        Ok(None)
    }

    /// The columns by the first record.
    fn columns(&self, first: Outline, wanted: &Wanted) -> Result<Columns, IntakeError> {
        if let Some(index) = self.cells.iter().position(|cell| cell.contains('\u{feff}')) {
            return Err(IntakeError::SecondMark { line: first.line, column: index + 1 });
        }
        if let Some(index) = first.stray_quote {
            return Err(IntakeError::QuoteInHeader { line: first.line, column: index + 1 });
        }
        Columns::read(&self.cells, first.line, wanted)
    }

    fn shape(self, columns: &Columns) -> Shape {
        let name = |index: usize| columns.names[index].clone();
        let mut notes = self.preamble.notes;
        notes.extend(columns.notes.iter().cloned());
        Shape {
            delimiter: self.preamble.delimiter,
            id_column: (!columns.plain_list).then(|| name(columns.id)),
            name_column: columns.device_name.map(name),
            comment_column: columns.comment.map(name),
            byte_order_mark: self.preamble.byte_order_mark,
            notes,
        }
    }
}
