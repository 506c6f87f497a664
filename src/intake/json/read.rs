//! The second look at a JSON text: its entries become rows.

use std::io::Read;

use csv::StringRecord;

use super::entry::{CellText, JsonEntry};
use super::survey::{Form, Survey};
use super::walk::{Visit, walk};
use crate::domain::text::excerpt;
use crate::intake::reading::Reading;
use crate::intake::record::cells::{Cells, Outline};
use crate::intake::{CELL_BYTES_MAX, IntakeError, Position, ReadFailure, Record, Shape, Summary};

/// Under which keys an answer names its next page.
const NEXT_PAGE_KEYS: [&str; 2] = ["@odata.nextlink", "nextlink"];

/// Reads a whole JSON text, of which `survey` is the first look.
pub(in crate::intake) fn read_json<R: Read, E, V: FnMut(Record) -> Result<(), E>>(
    input: R,
    survey: &Survey<'_>,
    mut reading: Reading<'_, V>,
) -> Result<(Shape, Summary), ReadFailure<E>> {
    if survey.form == Form::Objects {
        let keys = survey.keys.iter().map(String::as_str).collect();
        let header = Outline { is_keys: true, ..Outline::at(Position::Entry(1)) };
        reading.take(header, &cells(keys))?;
    }
    let mut rows = Rows { survey, reading, texts: Vec::new(), notes: Vec::new() };
    walk(input, &mut rows)?;
    let (mut shape, summary) = rows.reading.end()?;
    shape.notes.splice(..0, rows.notes);
    Ok((shape, summary))
}

/// The entries on their way to `reading`.
struct Rows<'s, 'w, V> {
    survey: &'s Survey<'s>,
    reading: Reading<'w, V>,
    /// The values of the entry, by column.
    texts: Vec<Option<String>>,
    notes: Vec<String>,
}

impl<E, V: FnMut(Record) -> Result<(), E>> Rows<'_, '_, V> {
    /// A key that the entry leaves out is an empty cell.
    fn object(
        &mut self,
        place: Position,
        fields: Vec<(String, CellText)>,
    ) -> Result<(), ReadFailure<E>> {
        self.texts.clear();
        self.texts.resize(self.survey.keys.len(), None);
        let mut outline = Outline::at(place);
        for (index, (key, CellText(value))) in fields.into_iter().enumerate() {
            if value.len() > CELL_BYTES_MAX {
                return Err(IntakeError::ValueTooLong { place, key: excerpt(&key) }.into());
            }
            // The text was changed since the first look; who opened it checks that.
            let Some(column) = self.survey.column(&key, index) else { continue };
            if self.texts[column].replace(value).is_some() {
                outline.repeated = outline.repeated.or(Some(column));
            }
        }
        let texts = self.texts.iter().map(|text| text.as_deref().unwrap_or_default()).collect();
        self.reading.take(outline, &cells(texts))
    }
}

impl<E, V: FnMut(Record) -> Result<(), E>> Visit for Rows<'_, '_, V> {
    type Value = CellText;
    type Failure = ReadFailure<E>;

    fn entry(&mut self, place: Position, entry: JsonEntry<CellText>) -> Result<(), ReadFailure<E>> {
        match entry {
            JsonEntry::Text(text) if text.len() > CELL_BYTES_MAX => {
                Err(IntakeError::CellTooLong { place, column: 1 }.into())
            }
            JsonEntry::Text(text) => {
                let texts = [text.as_str()].into_iter().collect();
                self.reading.take(Outline::at(place), &cells(texts))
            }
            JsonEntry::Object(fields) => self.object(place, fields),
            JsonEntry::Other(what) => Err(IntakeError::JsonEntry { place, what }.into()),
        }
    }

    fn is_id(&self, key: &str) -> bool {
        self.survey.is_id(key)
    }

    fn holder(&mut self, list: &str, fields: Vec<(String, CellText)>) {
        let mut note = |note: String| {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        };
        note(format!("the list under `{}` is read", excerpt(list)));
        let is_next =
            |key: &str| NEXT_PAGE_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
        if let Some((key, _)) = fields.iter().find(|(key, next)| is_next(key) && !next.0.is_empty())
        {
            note(format!(
                "`{key}` says that more pages follow, whose machines are not in this file"
            ));
        }
    }
}

fn cells(texts: StringRecord) -> Cells {
    Cells { texts, damaged: Vec::new() }
}
