//! The JSON Schema of a document, from its type.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::event_line::EventLine;

/// A schema with the name of its file in `docs/schemas`.
#[derive(Debug)]
pub struct NamedSchema {
    pub name: &'static str,
    pub schema: Schema,
}

impl NamedSchema {
    /// What a type writes: a field that is always written is required, and may be null.
    pub fn of<T: JsonSchema>(name: &'static str, title: &str) -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        schema.insert("title".to_owned(), title.into());
        Self { name, schema }
    }

    /// That of the lines of `--events`.
    pub fn of_events() -> Self {
        Self::of::<EventLine<'_>>("event", "A line of --events")
    }
}
