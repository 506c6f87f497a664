//! Names in a row, as messages show them.

use std::fmt::Write as _;

/// Most names in one message.
const LISTED_MAX: usize = 12;

/// Names of columns or sheets, the first of many.
pub(super) fn listed(names: &[String]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().take(LISTED_MAX).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}`{name}`");
    }
    if names.len() > LISTED_MAX {
        let _ = write!(text, " and {} more", names.len() - LISTED_MAX);
    }
    text
}
