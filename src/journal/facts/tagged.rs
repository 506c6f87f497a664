//! A word and JSON beside it, read as serde reads `{"word":JSON}`, without making that text.

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Of `serde_json`, over a text.
pub(super) type JsonReader<'json> = serde_json::Deserializer<serde_json::de::StrRead<'json>>;

/// The name of a variant, and what reads its content.
pub(super) struct Tagged<'reader, 'json> {
    pub(super) kind: &'reader str,
    pub(super) content: &'reader mut JsonReader<'json>,
}

impl<'json> Deserializer<'json> for Tagged<'_, 'json> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'json>>(self, visitor: V) -> serde_json::Result<V::Value> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'json>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'json> EnumAccess<'json> for Tagged<'_, 'json> {
    type Error = serde_json::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'json>>(
        self,
        seed: S,
    ) -> serde_json::Result<(S::Value, Self)> {
        let kind: serde::de::value::StrDeserializer<'_, serde_json::Error> =
            self.kind.into_deserializer();
        Ok((seed.deserialize(kind)?, self))
    }
}

impl<'json> VariantAccess<'json> for Tagged<'_, 'json> {
    type Error = serde_json::Error;

    fn unit_variant(self) -> serde_json::Result<()> {
        Deserialize::deserialize(self.content)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'json>>(
        self,
        seed: S,
    ) -> serde_json::Result<S::Value> {
        seed.deserialize(self.content)
    }

    fn tuple_variant<V: Visitor<'json>>(
        self,
        len: usize,
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.content.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'json>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.content.deserialize_struct("", fields, visitor)
    }
}
