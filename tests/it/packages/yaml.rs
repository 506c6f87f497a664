//! YAML as JSON has it.

use serde_json::Value;

/// Fails unless it is one document.
#[track_caller]
pub(super) fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}
