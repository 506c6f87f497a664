//! One entry of a JSON text, and the values in it.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::intake::COLUMNS_MAX;

/// One entry; what is kept of the values of an object is a `V`.
pub(super) enum JsonEntry<V> {
    /// A machine ID, if all is well.
    Text(String),
    /// Keys and values, one more than [`COLUMNS_MAX`] at most.
    Object(Vec<(String, V)>),
    /// What cannot name a machine.
    Other(&'static str),
}

/// Reads the next [`JsonEntry`].
pub(super) struct OneEntry<V>(PhantomData<V>);

impl<V> OneEntry<V> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, V: Deserialize<'de>> DeserializeSeed<'de> for OneEntry<V> {
    type Value = JsonEntry<V>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<JsonEntry<V>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, V: Deserialize<'de>> Visitor<'de> for OneEntry<V> {
    type Value = JsonEntry<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a machine ID")
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonEntry<V>, E> {
        Ok(JsonEntry::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonEntry<V>, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            // One more than is allowed is enough to refuse it.
            if fields.len() > COLUMNS_MAX {
                map.next_value::<IgnoredAny>()?;
            } else {
                fields.push((key, map.next_value()?));
            }
        }
        Ok(JsonEntry::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<JsonEntry<V>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(JsonEntry::Other("an array"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<JsonEntry<V>, E> {
        Ok(JsonEntry::Other("true or false"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<JsonEntry<V>, E> {
        Ok(JsonEntry::Other("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<JsonEntry<V>, E> {
        Ok(JsonEntry::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<JsonEntry<V>, E> {
        Ok(JsonEntry::Other("a number"))
    }

    fn visit_unit<E>(self) -> Result<JsonEntry<V>, E> {
        Ok(JsonEntry::Other("null"))
    }
}

/// A value of an object, as the text of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellText(pub(super) String);

impl<'de> Deserialize<'de> for CellText {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(OneValue).map(Self)
    }
}

struct OneValue;

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
        while let Some(CellText(part)) = seq.next_element()? {
            parts.push(part);
        }
        serde_json::to_string(&parts).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok("{...}".to_owned())
    }
}
