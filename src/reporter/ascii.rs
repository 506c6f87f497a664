//! JSON in plain ASCII, so that Windows PowerShell 5.1 reads it under any code page.

use serde::Serialize;
use std::fmt::Write;

/// One line of JSON in which every character beyond ASCII is an escape (`\u00fc`).
///
/// Outside of texts JSON is ASCII anyway, so escaping the finished line is the same as escaping
/// each text in it.
///
/// # Panics
/// Never for the shapes of this crate: their keys are texts, and none of them can refuse.
pub fn ascii_json<T: Serialize + ?Sized>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("keys are texts and no shape refuses");
    // DEL is the one control character that JSON leaves as it is.
    let is_plain = |letter: char| letter.is_ascii() && letter != '\u{7f}';
    if json.chars().all(is_plain) {
        return json;
    }
    let mut ascii = String::with_capacity(json.len() + 32);
    let mut units = [0_u16; 2];
    for letter in json.chars() {
        if is_plain(letter) {
            ascii.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut units) {
                write!(ascii, "\\u{unit:04x}").expect("a text takes every write");
            }
        }
    }
    ascii
}
