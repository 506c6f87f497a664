//! Paths as they are shown and understood.

use std::path::Path;

use crate::domain::text::escaped_bytes;

/// Standard input where something is read, standard output where something is written.
const STANDARD_STREAM: &str = "-";

/// A path that is read, for people and for the journal: two different paths never look the same.
pub(crate) fn shown(path: &Path) -> String {
    if is_standard_stream(path) {
        return "standard input".to_owned();
    }
    escaped_bytes(path.as_os_str().as_encoded_bytes())
}

/// A path that is written, for people.
pub(crate) fn shown_output(path: &Path) -> String {
    if is_standard_stream(path) {
        return "standard output".to_owned();
    }
    shown(path)
}

pub(crate) fn is_standard_stream(path: &Path) -> bool {
    path == Path::new(STANDARD_STREAM)
}
