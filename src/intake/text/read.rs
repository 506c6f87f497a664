//! From the first byte of a text to its last.

use std::io::{Read, Seek, SeekFrom};

use crate::intake::file_signature::{is_json, refuse_page};
use crate::intake::json::{Survey, read_json};
use crate::intake::reading::Reading;
use crate::intake::record::cells::Cells;
use crate::intake::text::encoding::Text;
use crate::intake::text::preamble::{Preamble, delimiter_word};
use crate::intake::text::scanner::Scanner;
use crate::intake::text::splitter::Splitter;
use crate::intake::{IntakeError, Kind, ReadFailure, Record, Shape, Summary, Wanted};

/// Reads a whole text: a table, a plain list, or JSON; `visit` gets each record in the order of
/// the file and may end the reading by returning an error. Memory does not depend on the number of
/// records. JSON is read twice, from where `input` stands, since an entry may leave out keys that
/// others have.
///
/// A record that was visited is not yet a machine to be sent: an error further down refuses the
/// whole file.
///
/// # Errors
/// [`ReadFailure::Input`] where the file cannot be used as it is, [`ReadFailure::Visitor`] with
/// what `visit` returned.
pub fn read<R: Read + Seek, E>(
    mut input: R,
    wanted: &Wanted,
    visit: impl FnMut(Record) -> Result<(), E>,
) -> Result<(Shape, Summary), ReadFailure<E>> {
    let unreadable = |source| IntakeError::Unreadable { line: 0, source };
    let start = input.stream_position().map_err(unreadable)?;
    let text = Text::open(&mut input, wanted)?;
    let encoding = text.name;
    let scanner = Scanner::open(text)?;
    let is_json = match wanted.kind {
        Kind::Table => false,
        Kind::Json => true,
        Kind::Any => is_json(scanner.head()),
    };
    let (mut shape, summary) = if is_json {
        refuse_page(scanner.head())?;
        drop(scanner);
        input.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        let survey = Survey::of(Text::open(&mut input, wanted)?, wanted)?;
        input.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        read_json(Text::open(&mut input, wanted)?, &survey, Reading::new(wanted, visit))?
    } else {
        table(scanner, Reading::new(wanted, visit))?
    };
    shape.encoding = encoding;
    Ok((shape, summary))
}

fn table<R: Read, E, V: FnMut(Record) -> Result<(), E>>(
    mut scanner: Scanner<R>,
    mut reading: Reading<'_, V>,
) -> Result<(Shape, Summary), ReadFailure<E>> {
    let preamble = Preamble::read(scanner.head(), reading.wanted().delimiter)?;
    scanner.begin(&preamble);
    let mut splitter = Splitter::new(preamble.delimiter);
    let (mut bytes, mut cells) = (Vec::new(), Cells::default());
    let next = |reading: &mut Reading<'_, V>, scanner: &mut Scanner<R>, bytes: &mut Vec<u8>| {
        let read = scanner.next_record(bytes);
        read.map_err(|error| reading.cut_short(error, preamble.header_below))
    };
    while let Some(outline) = next(&mut reading, &mut scanner, &mut bytes)? {
        if bytes.is_empty() {
            reading.blank();
        } else {
            splitter.split(&mut bytes, &mut cells);
            reading.take(outline, &cells)?;
        }
    }
    let (mut shape, mut summary) = reading.end()?;
    if scanner.line_ends().are_mixed() {
        summary.notes.push("the line endings are mixed".into());
    }
    shape.delimiter = Some(delimiter_word(preamble.delimiter));
    shape.notes.splice(..0, preamble.notes);
    Ok((shape, summary))
}
