//! A JSON array: of objects, whose names are the columns, or of machine IDs.
//!
//! It is read entry by entry with `serde_json`; nothing but one entry is in memory.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use csv::StringRecord;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::reading::{Cells, Outline, Reading};
use super::{CELL_BYTES_MAX, COLUMNS_MAX, Failure, IntakeError, Place, Record, Shape, Summary};

/// Longest entry in bytes, with the white space around it: far above a device of the API, and small
/// enough that a file which is one text of a gigabyte is refused at once.
pub(super) const ENTRY_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Reads a whole JSON text.
pub(super) fn read_json<R: Read, E, V: FnMut(Record) -> Result<(), E>>(
    input: R,
    reading: Reading<'_, V>,
) -> Result<(Shape, Summary), Failure<E>> {
    let meter = Rc::new(Cell::new(0));
    let input = BufReader::new(Metered { input, bytes: Rc::clone(&meter) });
    let mut array = Array { reading, meter, header: None, number: 0, failure: None };
    let mut json = serde_json::Deserializer::from_reader(input);
    let read = json.deserialize_seq(&mut array).and_then(|()| json.end());
    if let Some(failure) = array.failure {
        return Err(failure);
    }
    match read {
        Ok(()) => Ok(array.reading.end()?),
        Err(_) if array.meter.get() > ENTRY_BYTES_MAX => {
            Err(IntakeError::EntryTooLong { place: Place::Entry(array.number + 1) }.into())
        }
        Err(error) => Err(IntakeError::Json(error).into()),
    }
}

/// Counts the bytes since an entry began, and ends the reading at too many.
struct Metered<R> {
    input: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.bytes.get() > ENTRY_BYTES_MAX {
            return Err(io::Error::other("an entry without an end"));
        }
        let count = self.input.read(into)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// The array on its way to `reading`.
struct Array<'w, E, V> {
    reading: Reading<'w, V>,
    meter: Rc<Cell<u64>>,
    /// The names of the first object; empty where the first entry is a text.
    header: Option<Vec<String>>,
    /// Entries so far.
    number: u64,
    failure: Option<Failure<E>>,
}

impl<E, V: FnMut(Record) -> Result<(), E>> Array<'_, E, V> {
    fn take(&mut self, entry: Entry) -> Result<(), Failure<E>> {
        let place = Place::Entry(self.number);
        match entry {
            Entry::Other(what) => Err(IntakeError::JsonEntry { place, what }.into()),
            Entry::Text(text) => self.pass(place, [text.as_str()].into_iter().collect()),
            Entry::Object(fields) => self.take_object(place, fields),
        }
    }

    /// The first object is the header as well. Others may lack a name, whose cell is empty; a name
    /// that the first one lacks is a cell too many.
    fn take_object(
        &mut self,
        place: Place,
        fields: Vec<(String, String)>,
    ) -> Result<(), Failure<E>> {
        if self.header.is_none() {
            let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
            self.pass(place, names.iter().map(String::as_str).collect())?;
            self.header = Some(names);
        }
        let names = self.header.as_deref().unwrap_or_default();
        let mut cells: Vec<Option<&str>> = vec![None; names.len()];
        let mut more = Vec::new();
        for (name, value) in &fields {
            let free = |index: &usize| cells[*index].is_none();
            match names.iter().position(|known| known == name).filter(free) {
                Some(index) => cells[index] = Some(value),
                None => more.push(value.as_str()),
            }
        }
        let cells = cells.into_iter().map(Option::unwrap_or_default).chain(more).collect();
        self.pass(place, cells)
    }

    fn pass(&mut self, place: Place, texts: StringRecord) -> Result<(), Failure<E>> {
        if texts.len() > COLUMNS_MAX {
            return Err(IntakeError::TooManyColumns { place }.into());
        }
        if let Some(index) = texts.iter().position(|cell| cell.len() > CELL_BYTES_MAX) {
            return Err(IntakeError::CellTooLong { place, column: index + 1 }.into());
        }
        self.reading.take(Outline::at(place), &Cells { texts, damaged: Vec::new() })
    }
}

impl<'de, E, V: FnMut(Record) -> Result<(), E>> Visitor<'de> for &mut Array<'_, E, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of machines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element_seed(OneEntry)? {
            self.number += 1;
            self.meter.set(0);
            if let Err(failure) = self.take(entry) {
                self.failure = Some(failure);
                return Err(A::Error::custom("it was ended"));
            }
        }
        Ok(())
    }
}

/// One entry of the array.
enum Entry {
    /// A machine ID, if all is well.
    Text(String),
    /// Names and values.
    Object(Vec<(String, String)>),
    /// What cannot name a machine.
    Other(&'static str),
}

struct OneEntry;

impl<'de> DeserializeSeed<'de> for OneEntry {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Entry, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneEntry {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a machine ID")
    }

    fn visit_str<E>(self, text: &str) -> Result<Entry, E> {
        Ok(Entry::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            // One more than is allowed is enough to refuse it.
            if fields.len() > COLUMNS_MAX {
                map.next_value::<IgnoredAny>()?;
            } else {
                fields.push((name, map.next_value_seed(OneValue)?));
            }
        }
        Ok(Entry::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entry, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Entry::Other("an array"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Entry, E> {
        Ok(Entry::Other("true or false"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Entry, E> {
        Ok(Entry::Other("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Entry, E> {
        Ok(Entry::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Entry, E> {
        Ok(Entry::Other("a number"))
    }

    fn visit_unit<E>(self) -> Result<Entry, E> {
        Ok(Entry::Other("null"))
    }
}

/// A value of an object, as the text of a cell.
struct OneValue;

impl<'de> DeserializeSeed<'de> for OneValue {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<String, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneValue {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    /// With an exponent: the digits of a large number are made up, and 40 would pass for an ID.
    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        Ok(if value.abs() < 1e15 { value.to_string() } else { format!("{value:E}") })
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok(String::new())
    }

    /// A list of tags stays one: a tag may hold a comma itself.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<String, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = seq.next_element_seed(OneValue)? {
            parts.push(part);
        }
        serde_json::to_string(&parts).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok("{...}".to_owned())
    }
}
