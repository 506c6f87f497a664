//! Text from outside, made fit to be stored and shown.
//!
//! A server, a file, the environment or a person may send characters that drive a terminal, turn
//! the text around, or cannot be seen. There is one rule for all of it, in two strengths. A *name*
//! ([`escaped`]) keeps every difference: two names that differ never look the same. *Prose*
//! ([`prose`], [`word`]) only has to be read: what cannot be shown becomes U+FFFD, and it is cut to
//! length. [`on_screen`] is the last resort before a terminal.
//!
//! Deliberately absent: secrets (`defender` knows them), and what a text means.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Longest excerpt of a name or a cell in a message, in characters: it leaves room on a line of
/// 100.
const EXCERPT_CHARS_MAX: usize = 60;

/// The text with each character that cannot be seen written as an escape (`\u{202e}`).
///
/// Two different texts never give the same one: a backslash that would begin such an escape is
/// escaped itself. Line breaks and tabs count as unseen, since a name has none.
pub fn escaped(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if is_unseen(c) || begins_escape(&text[at..]) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// [`escaped`] for bytes that need not be UTF-8, as in names of files: other bytes are written as
/// `\x{ff}`.
pub fn escaped_bytes(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        shown += &escaped(chunk.valid());
        for byte in chunk.invalid() {
            write!(shown, "\\x{{{byte:x}}}").expect("a text takes every write");
        }
    }
    shown
}

/// Whether a text is visible ASCII and spaces, without a backslash: what nearly all names are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'[' | b']'..=b'~'))
}

fn begins_escape(rest: &str) -> bool {
    rest.starts_with("\\u{") || rest.starts_with("\\x{")
}

/// The escaped beginning of a text, at most 60 characters, with `…` where it was cut.
pub fn excerpt(text: &str) -> String {
    let beginning: String = text.chars().take(EXCERPT_CHARS_MAX + 1).collect();
    cut(escaped(&beginning), EXCERPT_CHARS_MAX)
}

/// Words to be read: white space becomes one space, what cannot be shown becomes U+FFFD, and at
/// most `chars_max` characters are kept, with `…` where it was cut.
pub fn prose(text: &str, chars_max: usize) -> String {
    let shown = |(before, c, after)| {
        let is_fit = !is_unseen(c) || joins(before, c, after);
        if is_fit { c } else { char::REPLACEMENT_CHARACTER }
    };
    let spaced = |word| std::iter::once(' ').chain(with_neighbours(word).map(shown));
    // No text ends with a space here, so that one that is too long is cut, and says so.
    let said = text.split_whitespace().flat_map(spaced).skip(1);
    cut(said.take(chars_max + 1).collect(), chars_max)
}

/// One word of a server's, such as a status: like [`prose`], without any character that cannot be
/// seen. Doing it twice changes nothing, so that a stored word is the word that was heard.
pub fn word(text: &str, chars_max: usize) -> String {
    if text.len() <= chars_max && is_plain(text) {
        return text.to_owned();
    }
    let shown = |c| if is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c };
    cut(text.chars().take(chars_max + 1).map(shown).collect(), chars_max)
}

/// A whole text for a terminal: line breaks stay, every other character that cannot be seen is
/// escaped. Wide spaces stay as well, and joiners in emoji and in scripts that need them.
pub fn on_screen(text: &str) -> Cow<'_, str> {
    shown(text, |c| c == '\n')
}

/// The same for a text in a line of ours, which its own line breaks must not end.
pub fn in_line(text: &str) -> Cow<'_, str> {
    shown(text, |_| false)
}

fn shown(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let unfit = |(before, c, after)| {
        is_unseen(c) && !stays(c) && !is_wide_space(c) && !joins(before, c, after)
    };
    if !with_neighbours(text).any(unfit) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for (before, c, after) in with_neighbours(text) {
        if unfit((before, c, after)) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The first character that may not stand in a line of prose, with its place counted from 1.
/// Spaces of any width may; joiners may where they join something.
pub(super) fn first_unfit(text: &str) -> Option<(usize, char)> {
    let unfit = |(before, c, after)| is_unseen(c) && !is_wide_space(c) && !joins(before, c, after);
    let place = with_neighbours(text).position(unfit)?;
    Some((place + 1, text.chars().nth(place)?))
}

/// Control characters, spaces other than the usual one, and what Unicode has for joining, hiding,
/// tagging and turning text around.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// A space that is only wider, narrower or unbreakable; not what begins a line or a paragraph.
fn is_wide_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether an unseen character does its ordinary work between its neighbours: it joins emoji,
/// chooses their picture, or joins letters of a script that is written with joiners.
fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    let (Some(before), after) = (before, after.unwrap_or(' ')) else { return false };
    match c {
        '\u{fe0e}' | '\u{fe0f}' => {
            is_picture(before)
                || (after == KEYCAP && (before.is_ascii_digit() || "#*".contains(before)))
        }
        '\u{200d}' if is_picture(before) || before == '\u{fe0f}' => is_picture(after),
        '\u{200c}' | '\u{200d}' => is_joined_script(before) && is_joined_script(after),
        _ => false,
    }
}

const KEYCAP: char = '\u{20e3}';

/// Roughly what emoji are made of.
const fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Arabic and its kin, and the scripts of India.
const fn is_joined_script(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{8ff}' | '\u{900}'..='\u{dff}')
}

/// Each character between its neighbours.
fn with_neighbours(text: &str) -> impl Iterator<Item = (Option<char>, char, Option<char>)> + '_ {
    let mut before = None;
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let seen = (before, c, rest.peek().copied());
        before = Some(c);
        Some(seen)
    })
}

/// Whether a text is a GUID: 8, 4, 4, 4 and 12 hexadecimal digits, with dashes between.
pub fn is_guid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

pub fn plural<'a, N: From<u8> + PartialEq>(count: N, one: &'a str, more: &'a str) -> &'a str {
    if count == N::from(1) { one } else { more }
}

fn cut(text: String, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text;
    }
    let mut cut: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
