//! What is written beside a request, and the token that it is found by.

use std::fmt;

use super::{MachineNumber, text};

/// A person's words for the record, required by Defender for each offboarding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Comment(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommentError {
    /// Nothing but white space: Defender answers 400.
    #[error("the comment is empty; Defender requires one")]
    Empty,
    #[error("the comment has {0} characters, at most {max} are sent", max = Comment::CHARS_MAX)]
    TooLong(usize),
    /// A character that cannot be seen, or that changes how what follows is shown.
    #[error(
        "character {place} of the comment is U+{:04X}, {}; take it out",
        u32::from(*.found),
        what_it_does(*.found)
    )]
    Unfit {
        /// Its position, counted from 1.
        place: usize,
        found: char,
    },
}

/// What a person would not see of a character that is not taken.
fn what_it_does(c: char) -> &'static str {
    match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
        '\t' => "a tab",
        _ if c.is_control() => "a control character",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "which turns text around"
        }
        _ => "which cannot be seen",
    }
}

impl Comment {
    /// Longest comment that is taken. Defender documents no limit; this one keeps a request and the
    /// journal's rows small and leaves room for the marker.
    pub const CHARS_MAX: usize = 1_000;

    /// Reads a comment; white space around it is dropped. Letters of every script and emoji are
    /// taken, with the joiners inside them.
    ///
    /// # Errors
    /// [`CommentError`] where it is empty, too long, or has a character that cannot be seen: it
    /// goes to Defender, and from there onto other people's screens.
    pub fn parse(text: &str) -> Result<Self, CommentError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CommentError::Empty);
        }
        let chars = text.chars().count();
        if chars > Self::CHARS_MAX {
            return Err(CommentError::TooLong(chars));
        }
        if let Some((place, found)) = text::first_unfit(text) {
            return Err(CommentError::Unfit { place, found });
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes back what a journal holds: one of an earlier version may have characters that
    /// [`Self::parse`] refuses by now, and still has to be read.
    ///
    /// # Errors
    /// [`CommentError`] where it is empty or too long: no version wrote that.
    pub fn restored(text: &str) -> Result<Self, CommentError> {
        match Self::parse(text) {
            Err(CommentError::Unfit { .. }) => Ok(Self(text.to_owned())),
            read => read,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is sent: the words, a space and the marker in brackets.
    pub fn marked(&self, marker: &Marker) -> String {
        format!("{} [{marker}]", self.0)
    }
}

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The part that all markers of one batch share: eight letters and digits, drawn with the batch.
///
/// Batch 1 exists in every journal, so the batch's number alone would not tell two journals apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MarkerSeed([u8; 8]);

const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

impl MarkerSeed {
    /// From random bits; 41 of them matter.
    pub fn from_random(mut bits: u64) -> Self {
        let mut letters = [0_u8; 8];
        for letter in &mut letters {
            *letter = ALPHABET[usize::try_from(bits % 36).expect("below 36")];
            bits /= 36;
        }
        Self(letters)
    }

    /// Reads eight letters and digits, as [`Display`](fmt::Display) writes them.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 8] = text.as_bytes().try_into().ok()?;
        letters.iter().all(|letter| ALPHABET.contains(letter)).then_some(Self(letters))
    }

    pub const fn marker(self, number: MachineNumber) -> Marker {
        Marker { seed: self, number }
    }
}

impl fmt::Display for MarkerSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// A token unique to one machine of one batch, like `mo-9f3kq7tz-2k9`: at most 19 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Marker {
    pub seed: MarkerSeed,
    /// The machine's number in the batch, written in base 36.
    pub number: MachineNumber,
}

impl Marker {
    /// The marker at the end of a comment that came back from the server, if there is one.
    pub fn find_in(comment: &str) -> Option<Self> {
        let inside = comment.trim_end().strip_suffix(']')?;
        let (_, token) = inside.rsplit_once('[')?;
        let (seed, number) = token.strip_prefix("mo-")?.split_once('-')?;
        let number = u32::from_str_radix(number, 36).ok()?;
        let marker = MarkerSeed::parse(seed)?.marker(MachineNumber(number));
        (marker.to_string() == token).then_some(marker)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = Vec::with_capacity(7);
        let mut rest = self.number.0;
        loop {
            digits.push(ALPHABET[usize::try_from(rest % 36).expect("below 36")]);
            rest /= 36;
            if rest == 0 {
                break;
            }
        }
        digits.reverse();
        let digits = String::from_utf8(digits).expect("the alphabet is ASCII");
        write!(f, "mo-{}-{digits}", self.seed)
    }
}
