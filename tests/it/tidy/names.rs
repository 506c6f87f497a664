//! One name, one idea: no two types that more than one file can see share a name.

use std::collections::BTreeMap;

use super::paths::tokens;
use super::source::{Source, files};

/// Names that stand for two things for a reason.
const TWICE: &[(&str, &str)] = &[];

/// The types that a file declares for others, by name.
fn declared(source: &Source) -> Vec<String> {
    let tokens = tokens(&source.shipped);
    let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let mut names = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let declares = matches!(*word, "struct" | "enum" | "trait" | "type");
        let before = at.checked_sub(1).map(|before| words[before]);
        // `pub struct`, or `pub(in path) struct`: a word or a bracket in front of it.
        let is_visible = matches!(before, Some("pub" | ")"));
        if declares && is_visible {
            names.extend(words.get(at + 1).map(|name| (*name).to_owned()));
        }
    }
    names
}

fn shared<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Vec<String> {
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for source in sources {
        for name in declared(source) {
            places.entry(name).or_default().push(&source.path);
        }
    }
    let reasoned = |name: &str| TWICE.iter().any(|(known, _)| *known == name);
    // Twice in one file it is one type, for two systems.
    places.values_mut().for_each(Vec::dedup);
    let shared = places.into_iter().filter(|(name, files)| files.len() > 1 && !reasoned(name));
    shared.map(|(name, files)| format!("  {name}: {}", files.join(", "))).collect()
}

#[test]
fn no_two_types_share_a_name() {
    let shipped = files(&[".rs"]).into_iter().filter(|source| source.path.starts_with("src/"));
    let told = shared(shipped);
    assert!(told.is_empty(), "give each idea a name of its own:\n{}", told.join("\n"));
}

#[test]
fn a_name_that_stands_for_two_things_is_found() {
    let found = |one, other| {
        let sources = [Source::new("src/a.rs", one), Source::new("src/b.rs", other)];
        shared(&sources).len()
    };
    assert_eq!(found("pub struct A;", "pub(super) enum A {}"), 1);
    assert_eq!(found("pub struct A;", "pub(in crate::b) trait A {}"), 1);
    assert_eq!(found("pub struct A;", "struct A;"), 0, "nobody else sees it");
    assert_eq!(found("pub struct A;", "#[cfg(test)]\nmod t { pub struct A; }"), 0);
    assert_eq!(found("pub struct A;", "pub struct B;"), 0);
}

#[test]
fn every_reason_is_still_needed() {
    let all: Vec<String> = files(&[".rs"]).into_iter().flat_map(declared).collect();
    for (name, _) in TWICE {
        assert!(all.iter().filter(|known| known == name).count() > 1, "{name} is there once");
    }
}
