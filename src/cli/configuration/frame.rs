//! A line of the file with a mark under the place that is meant.
//!
//! What is shown could be a secret that somebody put into the wrong file: a value is shown only
//! where its key is known and can hold none.

use std::ops::Range;

use crate::domain::text::escaped;

use super::key::{Key, ValueShape};

/// Longest line that is shown whole, in characters.
const CHARS_MAX: usize = 80;

/// Shown in place of a value.
const MASK: &str = "...";

/// A place of a text: its line and its column in characters, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextPlace {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl TextPlace {
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = &text[..floor(text, offset)];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1 }
    }
}

/// The line of a place, and the mark under it.
pub(super) fn frame(text: &str, span: &Range<usize>) -> Vec<String> {
    let start = floor(text, span.start);
    let place = TextPlace::of(text, start);
    let line = text.lines().nth(place.line - 1).unwrap_or_default();
    let shown = without_values(line);
    let shown: String = escaped(&shown).chars().take(CHARS_MAX).collect();
    let meant = text[start..floor(text, span.end.max(start))].lines().next().unwrap_or_default();
    let (column, marks) = if line.is_empty() || shown.chars().count() >= place.column {
        (place.column, meant.chars().count())
    } else {
        // It is in what was left out.
        (shown.chars().count() + 1 - MASK.len().min(shown.chars().count()), MASK.len())
    };
    let marks = marks.clamp(1, (shown.chars().count() + 1).saturating_sub(column).max(1));
    let number = place.line.to_string();
    let (margin, indent) = (" ".repeat(number.len()), " ".repeat(column - 1));
    vec![format!("{number} | {shown}"), format!("{margin} | {indent}{}", "^".repeat(marks))]
}

/// The line up to its value, and the value where it cannot be a secret.
fn without_values(line: &str) -> String {
    let Some((before, value)) = line.split_once('=') else {
        let start = line.trim_start();
        let is_harmless = start.starts_with('[') || start.is_empty();
        // A line of a list, or of a text over several lines.
        return if is_harmless { line.to_owned() } else { MASK.to_owned() };
    };
    let key = Key::from_word(before.trim());
    let can_be_shown = |key: Key| {
        let may_hold_password = matches!(key, Key::Proxy | Key::ApiUrl | Key::AuthorityUrl);
        let is_plain = !matches!(key.shape(), ValueShape::Command | ValueShape::Absent);
        is_plain && !(may_hold_password && value.contains('@'))
    };
    // More than one value, or a comment, may be anything.
    let is_one_value = !value.contains('#')
        && toml::from_str::<toml::Table>(line).is_ok_and(|table| table.len() == 1);
    let is_shown = is_one_value && key.is_some_and(can_be_shown);
    if is_shown { line.to_owned() } else { format!("{before}= {MASK}") }
}

/// The next place at or before an offset where a character begins.
fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
