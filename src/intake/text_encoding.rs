//! An encoding by its name.

use encoding_rs::Encoding;

/// An encoding of text that a person named (`--encoding`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(pub(super) &'static Encoding);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no encoding `{0}` is known; usual are utf-8, utf-16le, utf-16be and windows-1252")]
pub struct TextEncodingError(String);

impl TextEncoding {
    /// From a name of the WHATWG's list, in any case: `utf-8`, `utf-16le`, `windows-1252`,
    /// `latin1` ...
    ///
    /// # Errors
    /// [`TextEncodingError`] for a name that is not on the list.
    pub fn parse(name: &str) -> Result<Self, TextEncodingError> {
        let unknown = || TextEncodingError(name.escape_debug().to_string());
        Encoding::for_label_no_replacement(name.as_bytes()).map(Self).ok_or_else(unknown)
    }
}
