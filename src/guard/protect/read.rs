//! From a TOML text to a protect list, and to and from what a batch remembers of it.
//!
//! An entry that would protect nothing is an error: nobody would notice before the machine is gone.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::error::ProtectError;
use super::list::{ProtectEntry, ProtectList, ProtectedKind, compared};
use super::pattern::{has_wildcards, is_foreign};
use crate::domain::MachineId;
use crate::domain::text::{escaped, excerpt, is_unseen, prose};

/// Most entries: each machine of a run is compared with the list.
const ENTRIES_MAX: usize = 100_000;

/// Most names with `*` or `?`, which are tried one by one for each machine.
const PATTERNS_MAX: usize = 1_000;

/// Longest reason that a TOML error is shown with, in characters.
const REASON_CHARS_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    ids: Option<WrittenTexts>,
    names: Option<WrittenTexts>,
    tags: Option<WrittenTexts>,
    groups: Option<WrittenTexts>,
}

type WrittenTexts = Spanned<Vec<Spanned<String>>>;

/// What a batch remembers.
#[derive(Serialize, Deserialize)]
struct RememberedList {
    /// The first one: earlier versions of the program know no other.
    file: String,
    /// Kind, text and line, of all files.
    entries: Vec<(String, String, u64)>,
    /// Of several files: the name of each, and how many entries were there before its own.
    #[serde(default)]
    files: Vec<(String, usize)>,
}

impl ProtectList {
    /// Reads the content of a file of this name.
    ///
    /// # Errors
    /// [`ProtectError`] where it is no protect list, or an entry could not protect anything.
    pub fn parse(file: &str, text: &str) -> Result<Self, ProtectError> {
        let line = |offset: usize| 1 + text[..offset].matches('\n').count() as u64;
        let written: WrittenList = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let start = (0..=start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let why = prose(error.message(), REASON_CHARS_MAX);
            ProtectError::Toml { line: line(start), why }
        })?;
        let WrittenList { ids, names, tags, groups } = written;
        let mut list = Reading::of(file);
        for (kind, texts) in ProtectedKind::ALL.into_iter().zip([ids, names, tags, groups]) {
            let Some(texts) = texts else { continue };
            if texts.get_ref().is_empty() {
                let line = line(texts.span().start);
                return Err(ProtectError::EmptyList { line, key: kind.key() });
            }
            let (mut at, mut line) = (0, 1);
            for entry in texts.into_inner() {
                let start = entry.span().start;
                line += text[at..start].matches('\n').count() as u64;
                at = start;
                list.take(kind, entry.into_inner(), line)?;
            }
        }
        list.end()
    }

    /// A text for the options that a batch remembers.
    pub fn to_json(&self) -> serde_json::Value {
        let entries = self.entries.iter();
        let entries = entries.map(|entry| (entry.kind.word(), &entry.text, entry.line)).collect();
        let entries: Vec<(&str, &String, u64)> = entries;
        let mut json = serde_json::json!({ "file": self.files[0].0, "entries": entries });
        if self.files.len() > 1 {
            json["files"] = serde_json::json!(self.files);
        }
        json
    }

    /// One list that protects all that any of them protects; without lists, none.
    ///
    /// # Errors
    /// [`ProtectError`] where they have too many entries together.
    pub fn together(lists: Vec<Self>) -> Result<Option<Self>, ProtectError> {
        let mut lists = lists.into_iter();
        let Some(first) = lists.next() else { return Ok(None) };
        let mut all = Reading::continuing(first);
        for list in lists {
            let before = all.list.entries();
            let files = list.files.into_iter().map(|(name, own)| (name, own + before));
            all.list.files.extend(files);
            for ProtectEntry { kind, text, line } in list.entries {
                all.take(kind, text, line)?;
            }
        }
        all.end().map(Some)
    }

    /// The list of [`to_json`](Self::to_json); none for anything else.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        let remembered = RememberedList::deserialize(json).ok()?;
        let mut list = Reading::of(&remembered.file);
        for (kind, text, line) in remembered.entries {
            list.take(ProtectedKind::from_word(&kind)?, text, line).ok()?;
        }
        if !remembered.files.is_empty() {
            list.list.files = remembered.files;
        }
        list.end().ok()
    }
}

/// A list on its way.
struct Reading {
    list: ProtectList,
    patterns: usize,
}

impl Reading {
    fn of(file: &str) -> Self {
        Self { list: ProtectList::empty(&escaped(file)), patterns: 0 }
    }

    /// With more entries to come.
    fn continuing(list: ProtectList) -> Self {
        let is_pattern =
            |entry: &&ProtectEntry| entry.kind == ProtectedKind::Name && has_wildcards(&entry.text);
        let patterns = list.entries.iter().filter(is_pattern).count();
        Self { list, patterns }
    }

    fn take(&mut self, kind: ProtectedKind, text: String, line: u64) -> Result<(), ProtectError> {
        let key = kind.key();
        let shown = compared(&text);
        if shown.is_empty() {
            return Err(ProtectError::EmptyEntry { line, key });
        }
        if self.list.entries() >= ENTRIES_MAX {
            return Err(ProtectError::TooMany { line, max: ENTRIES_MAX });
        }
        let found = || excerpt(text.trim());
        if text.trim().chars().any(is_unseen) {
            return Err(ProtectError::Unseen { line, found: found() });
        }
        if kind == ProtectedKind::Id
            && let Err(why) = MachineId::parse(&shown)
        {
            return Err(ProtectError::Id { line, found: found(), why });
        }
        if kind == ProtectedKind::Name {
            if let Some(sign) = text.chars().find(|c| is_foreign(*c)) {
                return Err(ProtectError::Pattern { line, found: found(), sign });
            }
            self.patterns += usize::from(has_wildcards(&text));
            if self.patterns > PATTERNS_MAX {
                return Err(ProtectError::TooManyPatterns { line, max: PATTERNS_MAX });
            }
        }
        self.list.add(ProtectEntry { kind, text: text.trim().to_owned(), line });
        Ok(())
    }

    fn end(self) -> Result<ProtectList, ProtectError> {
        if self.list.entries() == 0 {
            return Err(ProtectError::Empty);
        }
        Ok(self.list)
    }
}
