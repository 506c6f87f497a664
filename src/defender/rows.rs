//! A page of a list: each row becomes an item while the page is read, so that the page's rows are
//! never all in memory beside its items.
//!
//! Deliberately absent: what a row holds (`wire`).

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::wire::Object;

/// Most rows of a page: ten times as many as the server sends. An empty one has three bytes on the
/// wire and some hundred in memory, so a page within its bytes could take gigabytes.
const PAGE_ROWS_MAX: usize = 100_000;

/// Fewer bytes than a row of Defender's has: room for the items is made once, by the page's length.
const ROW_BYTES: usize = 600;

/// What a page of a list holds.
pub(super) struct PageRows<Item> {
    /// Its items, or what is missing in the first row that is none.
    pub(super) items: Result<Vec<Item>, String>,
    /// Rows, also those that gave no item.
    pub(super) rows: usize,
    pub(super) has_next: bool,
}

/// Reads a page. `convert` makes an item of a row, or none of one that is to be left out.
pub(super) fn read_page<'a, Row: Deserialize<'a>, Item>(
    body: &'a [u8],
    convert: impl FnMut(Row) -> Result<Option<Item>, String>,
) -> serde_json::Result<PageRows<Item>> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let room = (body.len() / ROW_BYTES).min(PAGE_ROWS_MAX);
    let page = deserializer.deserialize_map(PageVisitor { convert, room, row: PhantomData })?;
    deserializer.end()?;
    Ok(page)
}

struct PageVisitor<Convert, Row> {
    convert: Convert,
    /// Items that are expected.
    room: usize,
    row: PhantomData<Row>,
}

#[derive(Deserialize)]
#[serde(field_identifier)]
enum Key {
    #[serde(rename = "value")]
    Value,
    /// Never followed: with a filter it is broken, and it may name another host. That it is there
    /// says that the page is not the last one.
    #[serde(rename = "@odata.nextLink")]
    Next,
    #[serde(other)]
    Other,
}

impl<'de, Row, Item, Convert> Visitor<'de> for PageVisitor<Convert, Row>
where
    Row: Deserialize<'de>,
    Convert: FnMut(Row) -> Result<Option<Item>, String>,
{
    type Value = PageRows<Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut seed = Some(Rows { convert: self.convert, room: self.room, row: self.row });
        let (mut read, mut next) = (None, None::<Option<IgnoredAny>>);
        while let Some(key) = fields.next_key()? {
            match key {
                Key::Value => {
                    let seed = seed.take().ok_or_else(|| A::Error::duplicate_field("value"))?;
                    read = Some(fields.next_value_seed(seed)?);
                }
                Key::Next if next.is_some() => {
                    return Err(A::Error::duplicate_field("@odata.nextLink"));
                }
                Key::Next => next = Some(fields.next_value()?),
                Key::Other => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        let (items, rows) = read.ok_or_else(|| A::Error::missing_field("value"))?;
        Ok(PageRows { items, rows, has_next: next.flatten().is_some() })
    }
}

/// Reads the rows: the items, and how many rows there were.
struct Rows<Convert, Row> {
    convert: Convert,
    room: usize,
    row: PhantomData<Row>,
}

impl<'de, Row, Item, Convert> DeserializeSeed<'de> for Rows<Convert, Row>
where
    Row: Deserialize<'de>,
    Convert: FnMut(Row) -> Result<Option<Item>, String>,
{
    type Value = (Result<Vec<Item>, String>, usize);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, Row, Item, Convert> Visitor<'de> for Rows<Convert, Row>
where
    Row: Deserialize<'de>,
    Convert: FnMut(Row) -> Result<Option<Item>, String>,
{
    type Value = (Result<Vec<Item>, String>, usize);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut rows) = (Ok(Vec::with_capacity(self.room)), 0);
        while let Some(Object(row)) = seq.next_element()? {
            if rows == PAGE_ROWS_MAX {
                return Err(A::Error::custom(format!("a page of more than {PAGE_ROWS_MAX} rows")));
            }
            rows += 1;
            // After a row that is none the rest is still read: its shape comes first.
            if let Ok(kept) = &mut items {
                match (self.convert)(row) {
                    Ok(item) => kept.extend(item),
                    Err(missing) => items = Err(missing),
                }
            }
        }
        Ok((items, rows))
    }
}
