//! A text as it is compared with our secrets: case, white space and encodings taken away, and where
//! each character that is left stands in the text.
//!
//! A proxy's page writes `&#x41;` for `A`, a form `%41`, a quoted JSON `\u0041`; a mail program
//! breaks the line. Each level of decoding is looked at, since a secret may hold a per cent sign
//! itself. Deliberately absent: which secrets there are (`secrets`).

use std::ops::Range;

use crate::domain::text::is_unseen;

/// One character, and which bytes of the text it stands for.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) c: char,
    pub(super) bytes: Range<usize>,
}

/// Encodings around one another that are looked through: a page quotes a form that quotes a text.
const LEVELS: usize = 4;

/// The text as it is, and then decoded once, twice and so on, as far as there is something to
/// decode; each without case and without what only separates.
pub(super) fn levels(text: &str) -> Vec<Vec<Glyph>> {
    let glyph = |(at, c): (usize, char)| Glyph { c, bytes: at..at + c.len_utf8() };
    let mut level: Vec<Glyph> = text.char_indices().map(glyph).collect();
    let mut levels = vec![folded(&level)];
    for _ in 1..LEVELS {
        let Some(decoded) = decoded(&level) else { break };
        levels.push(folded(&decoded));
        level = decoded;
    }
    levels
}

/// A part of an address without its percent-encoding; what is none stays as it is.
pub(super) fn decoded_text(text: &str) -> String {
    let glyph = |(at, c): (usize, char)| Glyph { c, bytes: at..at + c.len_utf8() };
    let level: Vec<Glyph> = text.char_indices().map(glyph).collect();
    let (mut plain, mut at) = (String::new(), 0);
    while let Some(glyph) = level.get(at) {
        let (text, length) = percent(&level[at..]).unwrap_or_else(|| (glyph.c.to_string(), 1));
        plain.push_str(&text);
        at += length;
    }
    plain
}

fn folded(level: &[Glyph]) -> Vec<Glyph> {
    let keeps = |glyph: &&Glyph| !is_separator(glyph.c);
    // Base64 has two alphabets.
    let same = |c: char| match c {
        '-' => '+',
        '_' => '/',
        other => other.to_ascii_lowercase(),
    };
    let lower = |glyph: &Glyph| Glyph { c: same(glyph.c), ..glyph.clone() };
    level.iter().filter(keeps).map(lower).collect()
}

/// What a secret may be split by without being another one.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_unseen(c) || c == char::REPLACEMENT_CHARACTER
}

/// One level of encodings taken away; none where there is none.
fn decoded(level: &[Glyph]) -> Option<Vec<Glyph>> {
    let mut out = Vec::with_capacity(level.len());
    let (mut at, mut changed) = (0, false);
    while let Some(glyph) = level.get(at) {
        let rest = &level[at..];
        let read = match glyph.c {
            '%' => percent(rest),
            '&' => entity(rest),
            '\\' => backslash(rest),
            '<' => tag(rest),
            _ => None,
        };
        let Some((chars, length)) = read else {
            out.push(glyph.clone());
            at += 1;
            continue;
        };
        let bytes = glyph.bytes.start..level[at + length - 1].bytes.end;
        out.extend(chars.chars().map(|c| Glyph { c, bytes: bytes.clone() }));
        at += length;
        changed = true;
    }
    changed.then_some(out)
}

/// What an encoding at the beginning of `rest` stands for, and how many glyphs it takes.
type Decoding = Option<(String, usize)>;

/// `%41%c3%a9`: as many as follow one another, since several bytes can be one character.
fn percent(rest: &[Glyph]) -> Decoding {
    /// More than one character of UTF-8 has.
    const BYTES_MAX: usize = 4;
    let byte = |three: &[Glyph]| match three {
        [sign, high, low] if sign.c == '%' => {
            u8::try_from(high.c.to_digit(16)? << 4 | low.c.to_digit(16)?).ok()
        }
        _ => None,
    };
    let bytes: Vec<u8> = rest.chunks(3).map_while(byte).take(BYTES_MAX).collect();
    (1..=bytes.len()).find_map(|count| {
        let text = std::str::from_utf8(&bytes[..count]).ok()?;
        Some((text.to_owned(), 3 * count))
    })
}

/// `&amp;`, `&#65;`, `&#x41;`.
fn entity(rest: &[Glyph]) -> Decoding {
    /// `&CloseCurlyDoubleQuote;` is longer; none of that kind stands for part of a secret.
    const GLYPHS_MAX: usize = 12;
    let end = rest.iter().take(GLYPHS_MAX).position(|glyph| glyph.c == ';')?;
    let name: String = rest[1..end].iter().map(|glyph| glyph.c).collect();
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        },
        None => None,
    };
    let c = match (number, name.to_ascii_lowercase().as_str()) {
        (Some(number), _) => char::from_u32(number)?,
        (None, "amp") => '&',
        (None, "lt") => '<',
        (None, "gt") => '>',
        (None, "quot") => '"',
        (None, "apos") => '\'',
        (None, "nbsp" | "shy" | "zwnj" | "zwj" | "newline" | "tab") => ' ',
        (None, "plus") => '+',
        (None, "equals") => '=',
        (None, "sol") => '/',
        (None, "period") => '.',
        (None, "lowbar") => '_',
        (None, "percnt") => '%',
        (None, _) => return None,
    };
    Some((c.to_string(), end + 1))
}

/// `\u0041`, `\x41`, `\n`, `\"`, `\/`.
fn backslash(rest: &[Glyph]) -> Decoding {
    let next = rest.get(1)?.c;
    let hex = |digits: usize| {
        let text: String = rest.get(2..2 + digits)?.iter().map(|glyph| glyph.c).collect();
        let c = char::from_u32(u32::from_str_radix(&text, 16).ok()?)?;
        Some((c.to_string(), 2 + digits))
    };
    match next {
        'u' => hex(4),
        'x' => hex(2),
        'n' | 'r' | 't' => Some((" ".to_owned(), 2)),
        '"' | '\'' | '\\' | '/' => Some((next.to_string(), 2)),
        _ => None,
    }
}

/// `<br>`, `<wbr/>`, `</b>`: a short tag in the middle of a word.
fn tag(rest: &[Glyph]) -> Decoding {
    const GLYPHS_MAX: usize = 10;
    let end = rest.iter().take(GLYPHS_MAX).position(|glyph| glyph.c == '>')?;
    let is_name = |glyph: &Glyph| glyph.c.is_ascii_alphabetic() || matches!(glyph.c, '/' | ' ');
    rest[1..end].iter().all(is_name).then(|| (" ".to_owned(), end + 1))
}
