//! The entries of a protect list, and what they protect.

use std::collections::HashMap;
use std::fmt;

use sha2::{Digest, Sha256};

use super::pattern::{NamePattern, has_wildcards};
use crate::domain::{MachineId, words};

words! {
    /// What an entry of a protect list is compared with.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ProtectedKind {
        Id = "id",
        Name = "name",
        Tag = "tag",
        /// A device group.
        Group = "group",
    }
}

impl ProtectedKind {
    /// The key of the file under which its entries are.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Id => "ids",
            Self::Name => "names",
            Self::Tag => "tags",
            Self::Group => "groups",
        }
    }
}

/// An entry, as it is written, that protects a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedBy {
    pub kind: ProtectedKind,
    pub text: String,
    /// Name of the file, as it was given.
    pub file: String,
    /// Line of the file, counted from 1.
    pub line: u64,
}

impl fmt::Display for ProtectedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, text, file, line } = self;
        write!(f, "{} {text}, {file} line {line}", kind.word())
    }
}

/// One entry, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProtectEntry {
    pub(super) kind: ProtectedKind,
    pub(super) text: String,
    pub(super) line: u64,
}

/// What must never be offboarded. Never empty.
///
/// Texts are compared without regard to case and to spaces around them. Where it is not clear
/// whether an entry means a machine, it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectList {
    /// Name of each file, and how many entries were there before its own.
    pub(super) files: Vec<(String, usize)>,
    /// In the order of the files.
    pub(super) entries: Vec<ProtectEntry>,
    ids: HashMap<MachineId, usize>,
    /// Names, tags and groups that are compared as a whole.
    whole: HashMap<(ProtectedKind, String), usize>,
    /// First labels of names with a domain: for a machine whose domain is not known.
    labels: HashMap<String, usize>,
    /// Names with `*` or `?`, and the same for first labels.
    patterns: Vec<(NamePattern, usize)>,
    label_patterns: Vec<(NamePattern, usize)>,
}

impl ProtectList {
    pub(super) fn empty(file: &str) -> Self {
        Self {
            files: vec![(file.to_owned(), 0)],
            entries: Vec::new(),
            ids: HashMap::new(),
            whole: HashMap::new(),
            labels: HashMap::new(),
            patterns: Vec::new(),
            label_patterns: Vec::new(),
        }
    }

    /// Adds an entry that `read` has checked.
    pub(super) fn add(&mut self, entry: ProtectEntry) {
        let index = self.entries.len();
        let text = compared(&entry.text);
        match entry.kind {
            ProtectedKind::Id => {
                if let Ok(id) = MachineId::parse(&text) {
                    self.ids.entry(id).or_insert(index);
                }
            }
            ProtectedKind::Name => self.add_name(text, index),
            kind => {
                self.whole.entry((kind, text)).or_insert(index);
            }
        }
        self.entries.push(entry);
    }

    fn add_name(&mut self, text: String, index: usize) {
        if let Some((label, _)) = text.split_once('.') {
            let is_any = label.chars().all(|c| matches!(c, '*' | '?'));
            if has_wildcards(label) && !is_any {
                self.label_patterns.push((NamePattern::new(label), index));
            } else if !is_any {
                self.labels.entry(label.to_owned()).or_insert(index);
            }
        }
        if has_wildcards(&text) {
            self.patterns.push((NamePattern::new(&text), index));
        } else {
            self.whole.entry((ProtectedKind::Name, text)).or_insert(index);
        }
    }

    /// The first entry that protects a machine, by anything that is known of it: IDs before names,
    /// then tags, then groups. `names` are those of the list and of the tenant; a tag is compared
    /// as a whole.
    ///
    /// A name fits as a whole or by its first label. One without a domain also fits an entry with
    /// one, by the entry's first label: it may be that machine.
    pub fn protects(
        &self,
        id: MachineId,
        names: &[&str],
        tags: &[String],
        groups: &[&str],
    ) -> Option<ProtectedBy> {
        let whole = |kind, text: &str| self.whole.get(&(kind, compared(text))).copied();
        let index = self
            .ids
            .get(&id)
            .copied()
            .or_else(|| names.iter().filter_map(|name| self.by_name(name)).min())
            .or_else(|| tags.iter().filter_map(|tag| whole(ProtectedKind::Tag, tag)).min())
            .or_else(|| {
                groups.iter().filter_map(|group| whole(ProtectedKind::Group, group)).min()
            })?;
        let ProtectEntry { kind, text, line } = self.entries[index].clone();
        let file = self.files.iter().rfind(|(_, before)| *before <= index);
        let file = file.map(|(name, _)| name.clone()).unwrap_or_default();
        Some(ProtectedBy { kind, text, file, line })
    }

    fn by_name(&self, name: &str) -> Option<usize> {
        let name = compared(name);
        if name.is_empty() {
            return None;
        }
        let whole = |name: &str| self.whole.get(&(ProtectedKind::Name, name.to_owned())).copied();
        let pattern = |patterns: &[(NamePattern, usize)], name: &str| {
            patterns.iter().find(|(pattern, _)| pattern.fits(name)).map(|(_, index)| *index)
        };
        let found = match name.split_once('.') {
            Some((label, _)) => [
                whole(&name),
                whole(label),
                pattern(&self.patterns, &name),
                pattern(&self.patterns, label),
            ],
            None => [
                whole(&name),
                self.labels.get(&name).copied(),
                pattern(&self.patterns, &name),
                pattern(&self.label_patterns, &name),
            ],
        };
        found.into_iter().flatten().min()
    }

    /// How many entries it has.
    pub const fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Name of its file, as it was given; of several, all.
    pub fn file(&self) -> String {
        let names: Vec<&str> = self.files.iter().map(|(name, _)| name.as_str()).collect();
        names.join(" and ")
    }

    /// SHA-256 of what it protects: the same for any order, case and comments of the file.
    pub fn hash(&self) -> [u8; 32] {
        let said = |entry: &ProtectEntry| (entry.kind, compared(&entry.text));
        let mut texts: Vec<_> = self.entries.iter().map(said).collect();
        texts.sort_unstable();
        texts.dedup();
        let mut hash = Sha256::new_with_prefix(b"mde-offboard.protect/1");
        for (kind, text) in texts {
            // Lengths come before texts, so that no two lists have the same bytes.
            for part in [kind.word(), text.as_str()] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        hash.finalize().into()
    }
}

/// The form in which texts are compared.
pub(super) fn compared(text: &str) -> String {
    text.trim().to_lowercase()
}
