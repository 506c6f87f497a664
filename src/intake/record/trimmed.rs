//! Spaces around a cell, which are not part of it.

/// The text without spaces and tabs around it. Other white space stays: it is a mistake to name.
pub(in crate::intake) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}
