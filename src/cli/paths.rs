//! Paths as they are shown and understood.

use std::path::Path;

use crate::domain::text::escaped_bytes;

const STANDARD_INPUT: &str = "-";

/// A path for people, and for the journal: two different paths never look the same.
pub(crate) fn shown(path: &Path) -> String {
    if is_standard_input(path) {
        return "standard input".to_owned();
    }
    escaped_bytes(path.as_os_str().as_encoded_bytes())
}

pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
}
