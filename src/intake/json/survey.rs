//! The first look at a JSON text: what its entries are, and which keys they have.

use std::io::Read;

use serde::de::IgnoredAny;

use super::entry::JsonEntry;
use super::walk::{Visit, walk};
use crate::domain::MachineId;
use crate::domain::text::{escaped, excerpt};
use crate::intake::columns::names::is_row_key;
use crate::intake::record::trimmed::trimmed;
use crate::intake::{CELL_BYTES_MAX, COLUMNS_MAX, IntakeError, Position, Wanted};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Nothing,
    /// Machine IDs, if all is well.
    Texts,
    Objects,
}

/// What the entries of a text have in common.
#[derive(Debug)]
pub(in crate::intake) struct Survey<'w> {
    wanted: &'w Wanted,
    pub(super) form: Form,
    /// All keys, in the order in which they come.
    pub(super) keys: Vec<String>,
    /// Entries, without regard to what is in them.
    entries: u64,
    lists: u64,
}

impl<'w> Survey<'w> {
    /// Looks through a whole text. An error where it is no list of machines as a whole.
    pub(in crate::intake) fn of(input: impl Read, wanted: &'w Wanted) -> Result<Self, IntakeError> {
        let (form, keys) = (Form::Nothing, Vec::new());
        let mut survey = Self { wanted, form, keys, entries: 0, lists: 0 };
        walk(input, &mut survey)?;
        if let Some(key) = survey.keys.iter().find(|key| MachineId::parse(trimmed(key)).is_ok()) {
            return Err(IntakeError::JsonIdAsKey { key: excerpt(key) });
        }
        if survey.form == Form::Objects && survey.keys.is_empty() {
            return Err(IntakeError::JsonNoKeys);
        }
        let alone = survey.form == Form::Objects && survey.entries == 1 && survey.lists == 0;
        if alone && !survey.keys.iter().any(|key| survey.is_id(key)) {
            let keys: Vec<String> = survey.keys.iter().map(|key| escaped(key)).collect();
            return Err(IntakeError::JsonObject { keys });
        }
        Ok(survey)
    }

    /// The column of a key; `guess` is where it is, if this entry is like the one before.
    pub(super) fn column(&self, key: &str, guess: usize) -> Option<usize> {
        if self.keys.get(guess).is_some_and(|known| known == key) {
            return Some(guess);
        }
        self.keys.iter().position(|known| known == key)
    }

    fn add(&mut self, place: Position, key: String) -> Result<(), IntakeError> {
        if key.len() > CELL_BYTES_MAX {
            return Err(IntakeError::ValueTooLong { place, key: excerpt(&key) });
        }
        if self.keys.len() == COLUMNS_MAX {
            return Err(IntakeError::TooManyColumns { place });
        }
        self.keys.push(key);
        Ok(())
    }
}

impl Visit for Survey<'_> {
    type Value = IgnoredAny;
    type Failure = IntakeError;

    fn entry(&mut self, place: Position, entry: JsonEntry<IgnoredAny>) -> Result<(), IntakeError> {
        self.entries += 1;
        let form = match &entry {
            JsonEntry::Text(_) => Form::Texts,
            JsonEntry::Object(_) => Form::Objects,
            JsonEntry::Other(what) => return Err(IntakeError::JsonEntry { place, what }),
        };
        if self.form != Form::Nothing && self.form != form {
            return Err(IntakeError::JsonMixed { place });
        }
        self.form = form;
        let JsonEntry::Object(fields) = entry else { return Ok(()) };
        if fields.len() > COLUMNS_MAX {
            return Err(IntakeError::TooManyColumns { place });
        }
        for (index, (key, _)) in fields.into_iter().enumerate() {
            if self.column(&key, index).is_none() {
                self.add(place, key)?;
            }
        }
        Ok(())
    }

    fn is_id(&self, key: &str) -> bool {
        is_row_key(key, self.wanted)
    }

    fn list(&mut self) {
        self.lists += 1;
    }

    fn holder(&mut self, _: &str, _: Vec<(String, IgnoredAny)>) {}
}
