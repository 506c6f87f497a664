//! A body, read without the program's own types.
//!
//! serde's derived structs also take a JSON array for a struct, and say nothing of a name that
//! stands twice in a map; a tree of lists of fields does neither. Deliberately absent: what the
//! fields mean.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value, as far as the checks look at it.
#[derive(Debug, PartialEq)]
pub(super) enum Tree {
    Null,
    Text(String),
    Number(Option<i64>),
    Flag,
    List(Vec<Tree>),
    Fields(Vec<(String, Tree)>),
}

/// What a body is.
pub(super) enum Body {
    NotJson,
    /// JSON which this reader does not take, such as a number that no type holds.
    Odd,
    Read(Tree),
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Self {
        if serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
            return Self::NotJson;
        }
        serde_json::from_slice(bytes).map_or(Self::Odd, Self::Read)
    }

    /// What Defender's refusal says: the code, which is not empty, and the message.
    pub(super) fn refusal(&self) -> Option<(String, String)> {
        let Self::Read(tree) = self else { return None };
        let error = tree.field("error")?;
        let code = match error.field("code")? {
            Tree::Text(code) => code.clone(),
            Tree::Number(code) => code.as_ref()?.to_string(),
            _ => return None,
        };
        let message = error.text("message").or(error.lacks("message").then_some(""))?;
        (!code.trim().is_empty()).then(|| (code, message.to_owned()))
    }

    /// Whether it is a refusal whose code is empty, and which has a message.
    pub(super) fn has_words_alone(&self) -> bool {
        let Self::Read(tree) = self else { return false };
        let Some(error) = tree.field("error") else { return false };
        let is_blank = |name| error.text(name).is_some_and(|text| text.trim().is_empty());
        is_blank("code") && error.text("message").is_some() && !is_blank("message")
    }
}

impl Tree {
    /// The field, where the name stands exactly once.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        let Self::Fields(fields) = self else { return None };
        let mut named = fields.iter().filter(|(field, _)| field == name);
        let (_, tree) = named.next()?;
        named.next().is_none().then_some(tree)
    }

    /// Its text, where it is one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.field(name)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether there is no such field, or a null once.
    pub(super) fn lacks(&self, name: &str) -> bool {
        let Self::Fields(fields) = self else { return false };
        let named = fields.iter().filter(|(field, _)| field == name);
        let trees: Vec<&Self> = named.map(|(_, tree)| tree).collect();
        matches!(trees.as_slice(), [] | [Self::Null])
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Flag)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(Some(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(i64::try_from(number).ok()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Number(None))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(tree) = access.next_element()? {
            list.push(tree);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = access.next_entry()? {
            fields.push(field);
        }
        Ok(Tree::Fields(fields))
    }
}
