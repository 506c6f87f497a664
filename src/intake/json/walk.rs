//! From one entry of a JSON text to the next, in a list, in an answer, or alone.
//!
//! A text is one value or several, one after the other: an array of entries, an object that holds
//! such an array (an answer of an API, saved whole), or an entry alone (JSON Lines).

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::entry::{JsonEntry, OneEntry};
use crate::domain::text::excerpt;
use crate::intake::bounds::ENTRY_BYTES_MAX;
use crate::intake::{COLUMNS_MAX, IntakeError, Position};

/// Under which keys an answer holds its list, in lower case: Defender and Graph, hunting, this
/// program's report, and what scripts put around their output.
const LIST_KEYS: [&str; 6] = ["value", "results", "machines", "devices", "data", "items"];

/// What is done with the entries of a text.
pub(super) trait Visit {
    /// What is kept of a value.
    type Value: for<'de> Deserialize<'de>;
    /// Why it ends early.
    type Failure: From<IntakeError>;

    fn entry(
        &mut self,
        place: Position,
        entry: JsonEntry<Self::Value>,
    ) -> Result<(), Self::Failure>;

    /// Whether a key names the machine of its object.
    fn is_id(&self, key: &str) -> bool;

    /// A list begins, in an object or alone.
    fn list(&mut self) {}

    /// Takes what stands around a list: the key that holds it, and the other keys.
    fn holder(&mut self, list: &str, fields: Vec<(String, Self::Value)>);
}

/// Goes through a text from its first byte to its last.
pub(super) fn walk<R: Read, V: Visit>(input: R, visit: &mut V) -> Result<(), V::Failure> {
    let meter = Rc::new(Cell::new(0));
    let input = BufReader::new(Metered { input, bytes: Rc::clone(&meter) });
    let mut walk = Walk { visit, meter, number: 0, failure: None };
    let mut json = serde_json::Deserializer::from_reader(input);
    loop {
        let read = match json.end() {
            Ok(()) => return Ok(()),
            Err(error) if error.is_io() => Err(error),
            // Something follows: the next value, if all is well.
            Err(_) => json.deserialize_any(TopValue(&mut walk)),
        };
        if let Err(error) = read {
            return Err(walk.into_failure(error));
        }
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

/// An object that stands in nothing else.
struct Object<V> {
    /// What holds no list.
    fields: Vec<(String, V)>,
    /// A key with a list of nothing.
    empty: Option<String>,
    /// Keys with lists of entries, which are visited.
    full: Vec<String>,
}

struct Walk<'v, V: Visit> {
    visit: &'v mut V,
    meter: Rc<Cell<u64>>,
    number: u64,
    failure: Option<V::Failure>,
}

impl<V: Visit> Walk<'_, V> {
    fn entry<E: serde::de::Error>(&mut self, entry: JsonEntry<V::Value>) -> Result<(), E> {
        self.number += 1;
        self.meter.set(0);
        let taken = self.visit.entry(Position::Entry(self.number), entry);
        taken.map_err(|failure| self.end(failure))
    }

    /// An entry, or what holds a list of them. It is both only by a mistake.
    fn object<E: serde::de::Error>(&mut self, object: Object<V::Value>) -> Result<(), E> {
        let Object { fields, empty, full } = object;
        let place = Position::Entry(self.number);
        let id = fields.iter().map(|(key, _)| key).find(|key| self.visit.is_id(key));
        match (id, full.as_slice()) {
            (Some(id), [list, ..]) => {
                let (id, list) = (excerpt(id), excerpt(list));
                Err(self.end(IntakeError::JsonTwoMeanings { place, id, list }.into()))
            }
            (None, [one, other, ..]) => {
                let (one, other) = (excerpt(one), excerpt(other));
                Err(self.end(IntakeError::JsonTwoLists { one, other }.into()))
            }
            (None, lists) => match lists.first().or(empty.as_ref()) {
                Some(list) => {
                    self.visit.holder(list, fields);
                    Ok(())
                }
                None => self.entry(JsonEntry::Object(fields)),
            },
            (Some(_), []) => self.entry(JsonEntry::Object(fields)),
        }
    }

    /// Ends the way, for a reason that the parser knows nothing of.
    fn end<E: serde::de::Error>(&mut self, failure: V::Failure) -> E {
        self.failure = Some(failure);
        E::custom("it was ended")
    }

    fn into_failure(self, error: serde_json::Error) -> V::Failure {
        if let Some(failure) = self.failure {
            return failure;
        }
        let place = Position::Entry(self.number + 1);
        let error = if self.meter.get() > ENTRY_BYTES_MAX {
            IntakeError::EntryTooLong { place }
        } else if error.is_io() {
            IntakeError::Unreadable { line: error.line() as u64, source: error.into() }
        } else {
            IntakeError::Json { place, source: error }
        };
        error.into()
    }
}

/// A value that stands in nothing else.
struct TopValue<'w, 'v, V: Visit>(&'w mut Walk<'v, V>);

impl<'de, V: Visit> Visitor<'de> for TopValue<'_, '_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of machines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.0.visit.list();
        while let Some(entry) = entries.next_element_seed(OneEntry::new())? {
            self.0.entry(entry)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let walk = self.0;
        let mut object = Object { fields: Vec::new(), empty: None, full: Vec::new() };
        while let Some(key) = map.next_key::<String>()? {
            if object.fields.len() > COLUMNS_MAX {
                map.next_value::<IgnoredAny>()?;
            } else if is_list_key(&key) {
                let before = walk.number;
                match map.next_value_seed(ListOrValue(&mut *walk))? {
                    Some(value) => object.fields.push((key, value)),
                    None if walk.number == before => object.empty = Some(key),
                    None => object.full.push(key),
                }
            } else {
                object.fields.push((key, map.next_value()?));
            }
        }
        walk.object(object)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.entry(JsonEntry::Text(text.to_owned()))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.0.entry(JsonEntry::Other("true or false"))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.0.entry(JsonEntry::Other("a number"))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.0.entry(JsonEntry::Other("a number"))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.0.entry(JsonEntry::Other("a number"))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.0.entry(JsonEntry::Other("null"))
    }
}

/// The value of a key that may hold a list: none where it does, and its entries are visited.
struct ListOrValue<'w, 'v, V: Visit>(&'w mut Walk<'v, V>);

impl<'de, V: Visit> DeserializeSeed<'de> for ListOrValue<'_, '_, V> {
    type Value = Option<V::Value>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, V: Visit> Visitor<'de> for ListOrValue<'_, '_, V> {
    type Value = Option<V::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of machines, or a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        SeqAccessDeserializer::new(entries).deserialize_any(TopValue(self.0)).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        V::Value::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        V::Value::deserialize(text.into_deserializer()).map(Some)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        V::Value::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        V::Value::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        V::Value::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        V::Value::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        V::Value::deserialize(().into_deserializer()).map(Some)
    }
}

fn is_list_key(key: &str) -> bool {
    LIST_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}
