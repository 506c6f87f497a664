//! The strings of a JSON text, wherever they stand in it.
//!
//! A second reader that knows strings and nothing else: what is between two quotes. Deliberately
//! absent: whether the text is JSON.

/// Every string, without its escapes. One that cannot be read is left out.
pub(super) fn strings(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'"' {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < text.len() && text[end] != b'"' {
            end += if text[end] == b'\\' { 2 } else { 1 };
        }
        let literal = text.get(at..=end).unwrap_or_default();
        found.extend(serde_json::from_slice::<String>(literal));
        at = end + 1;
    }
    found
}
