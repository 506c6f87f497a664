//! Text of an input file, made fit for a message or a journal.

/// Longest excerpt of a cell in a message, in characters: it leaves room on a line of 100.
const EXCERPT_CHARS_MAX: usize = 60;

/// The text with control characters and characters that cannot be seen written as escapes, so that
/// it can neither drive a terminal nor pass for another text.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.extend(c.escape_default()),
            _ if is_unseen(c) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
    }
    shown
}

/// The escaped beginning of a text, with `…` where it was cut.
pub(super) fn excerpt(text: &str) -> String {
    let beginning: String = text.chars().take(EXCERPT_CHARS_MAX + 1).collect();
    let shown = escaped(&beginning);
    if shown.chars().count() <= EXCERPT_CHARS_MAX {
        return shown;
    }
    let mut cut: String = shown.chars().take(EXCERPT_CHARS_MAX - 1).collect();
    cut.push('…');
    cut
}

/// The text without spaces and tabs around it. Other white space stays: it is a mistake to name.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Control characters, odd spaces, and what Unicode has for joining, hiding and turning text round.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}
