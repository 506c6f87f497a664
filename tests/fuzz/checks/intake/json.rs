//! A second reader of JSON lists: strings, objects and arrays as they stand in the text, and which
//! of them are entries.
//!
//! It keeps keys that stand twice. Deliberately absent: bounds, and whether the list is refused.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Under which keys an object holds a list, in lower case.
const LISTS: [&str; 6] = ["value", "results", "machines", "devices", "data", "items"];

/// A value.
pub(super) enum Json {
    Text(String),
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    Other,
}

/// The entries of a text: what stands in a list, in an object that holds one, or alone. None where
/// it is not read to its end. `own` is a key of IDs that a person named.
pub(super) fn entries(text: &[u8], own: Option<&str>) -> Option<Vec<Json>> {
    let mut found = Vec::new();
    for value in serde_json::Deserializer::from_slice(text).into_iter::<Json>() {
        match value.ok()? {
            Json::Array(list) => found.extend(list),
            Json::Object(fields) => in_object(fields, own, &mut found),
            other => found.push(other),
        }
    }
    Some(found)
}

fn in_object(fields: Vec<(String, Json)>, own: Option<&str>, found: &mut Vec<Json>) {
    let is_list = |(key, value): &(String, Json)| {
        let is_known = LISTS.contains(&key.to_ascii_lowercase().as_str());
        is_known && matches!(value, Json::Array(_))
    };
    let is_id = |(key, _): &(String, Json)| is_id(key, own);
    let before = found.len();
    let is_holder = fields.iter().any(is_list) && !fields.iter().any(is_id);
    if !is_holder {
        return found.push(Json::Object(fields));
    }
    for (_, value) in fields.into_iter().filter(is_list) {
        if let Json::Array(list) = value {
            assert!(found.len() == before || list.is_empty(), "one list of two is read");
            found.extend(list);
        }
    }
}

fn is_id(key: &str, own: Option<&str>) -> bool {
    let plain = |key: &str| {
        let key = key.trim_matches([' ', '\t']).chars().filter(|c| !matches!(c, ' ' | '_'));
        key.flat_map(char::to_lowercase).collect::<String>()
    };
    let known = ["deviceid", "machineid", "id", "mdedeviceid", "mdfid"];
    known.contains(&plain(key).as_str()) || own.is_some_and(|own| plain(own) == plain(key))
}

impl Json {
    /// Whether this entry is that ID, or has it under that key and no other text there.
    pub(super) fn names(&self, key: Option<&str>, id: &str) -> bool {
        let is_id = |value: &Self| match value {
            Self::Text(text) => text.trim_matches([' ', '\t']).eq_ignore_ascii_case(id),
            _ => false,
        };
        match (self, key) {
            (Self::Object(fields), Some(key)) => {
                let mut under = fields.iter().filter(|(name, _)| name.trim() == key.trim());
                // A key with something unseen in it is told as an escape.
                key.contains('\\') || (under.clone().count() == 1 && under.all(|(_, v)| is_id(v)))
            }
            (text, None) => is_id(text),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }
}

/// Every string of a text, wherever it stands, without its escapes; also of one that is not JSON
/// to its end. One that cannot be read is left out.
pub(super) fn strings(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'"' {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < text.len() && text[end] != b'"' {
            end += if text[end] == b'\\' { 2 } else { 1 };
        }
        let literal = text.get(at..=end).unwrap_or_default();
        found.extend(serde_json::from_slice::<String>(literal));
        at = end + 1;
    }
    found
}
