//! Our own secrets, known by their value, so that nobody's words carry them any further.
//!
//! A proxy's page quotes the request's headers, a sign-in error the form that was posted, a server
//! anything it likes. Words are not searched for what looks like a secret, but for the secrets that
//! this process holds: the client secret, the tokens, the proxy's password. Each client has one
//! registry; what came of a request ([`HttpOutcome`](super::HttpOutcome)) carries it, and all that
//! makes words of an answer asks it first.
//!
//! No secret is stored here, only keyed hashes of its pieces, which are worth nothing outside of
//! this process. Deliberately absent: secrets of other people, and what looks like one.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::folded::{Glyph, levels};
use super::fours::Fours;

const PLACEHOLDER: &str = "[secret]";

/// The secrets of one client. Clones share them.
#[derive(Clone, Default)]
pub struct Secrets {
    vault: Arc<RwLock<Vault>>,
}

#[derive(Default)]
struct Vault {
    /// Its keys are drawn when the process starts.
    hasher: RandomState,
    /// Those that never change.
    fixed: Vec<Pieces>,
    /// Tokens, the newest last.
    tokens: VecDeque<Pieces>,
    /// Of every secret that was ever kept: most texts are found to hold none of them by this alone.
    fours: Fours,
}

/// Every run of `length` characters of one secret, as hashes.
struct Pieces {
    length: usize,
    hashes: HashSet<u64>,
}

/// Nothing of a secret in it, not even how many there are.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// What was seen of an answer is the same, whichever secrets must not be repeated from it.
impl PartialEq for Secrets {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Secrets {}

impl Secrets {
    /// A run of this many characters of a secret is as bad as the whole of it. Of a secret that is
    /// shorter than twice as long it is half of it, but no fewer than 8: shorter runs are words.
    pub const RUN_CHARS: usize = 12;

    const RUN_CHARS_MIN: usize = 8;

    /// A shorter secret counts as a whole. Below this length it would be found in every text, and
    /// protects nothing.
    pub const CHARS_MIN: usize = 4;

    /// Old tokens that are still known: an answer may be late, and an old token can still be good.
    const TOKENS_KEPT: usize = 8;

    /// Longest text that is searched, in bytes. What lies beyond is left out: nobody keeps as much.
    const SEARCHED_BYTES_MAX: usize = 32 << 10;

    /// The part of a body that is searched: far more than is shown or logged of it.
    pub(super) fn searched(body: &[u8]) -> Cow<'_, str> {
        String::from_utf8_lossy(&body[..body.len().min(Self::SEARCHED_BYTES_MAX)])
    }

    /// Keeps a secret that stays: a client secret, a token that was handed in, a password.
    pub fn keep(&self, secret: &str) {
        let mut vault = self.vault.write().unwrap_or_else(PoisonError::into_inner);
        let pieces: Vec<Pieces> = vault.pieces(secret).collect();
        vault.fixed.extend(pieces);
        vault.note_fours(secret);
    }

    /// Keeps a token that a sign-in returned, and forgets the oldest of many.
    pub fn keep_token(&self, token: &str) {
        let mut vault = self.vault.write().unwrap_or_else(PoisonError::into_inner);
        let pieces: Vec<Pieces> = vault.pieces(token).take(1).collect();
        vault.tokens.extend(pieces);
        vault.note_fours(token);
        while vault.tokens.len() > Self::TOKENS_KEPT {
            vault.tokens.pop_front();
        }
    }

    /// The text with `[secret]` for each run of at least 12 characters that one of our secrets has
    /// too (of a short secret: half of it, or the whole), in any case, whether or not it is broken
    /// by white space, through percent, HTML and JSON escapes, and in Base64.
    ///
    /// At most the first 32 KiB come back. A text is to be cut to its length after this, never
    /// before: what is left of a secret at a cut would be too short to be recognised.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = &text[..text.floor_char_boundary(Self::SEARCHED_BYTES_MAX)];
        let found = self.found(text, Self::CHARS_MIN);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        let mut end = 0;
        for range in found {
            shown.push_str(&text[end..range.start]);
            shown.push_str(PLACEHOLDER);
            end = range.end;
        }
        shown.push_str(&text[end..]);
        Cow::Owned(shown)
    }

    /// Whether a text that has to stay as it is (an ID that becomes part of a URL) holds a run of
    /// 12 characters of a secret. Short secrets do not count: an ID has such runs by chance.
    pub fn are_in(&self, text: &str) -> bool {
        let found = self.found(text, Self::RUN_CHARS_MIN);
        found.iter().any(|range| range.len() >= Self::RUN_CHARS)
    }

    /// Where pieces of at least `length_min` characters are, in order and apart from one another.
    fn found(&self, text: &str, length_min: usize) -> Vec<Range<usize>> {
        let vault = self.vault.read().unwrap_or_else(PoisonError::into_inner);
        let lengths = || vault.all().map(|pieces| pieces.length).filter(|it| *it >= length_min);
        // Decoding and folding only shorten a text: a text shorter than every piece has none.
        let Some(shortest) = lengths().min() else { return Vec::new() };
        if text.len() < shortest || !vault.fours.may_hold(text, shortest) {
            return Vec::new();
        }
        let lengths: BTreeSet<usize> = lengths().collect();
        let mut found = Vec::new();
        for level in levels(text) {
            for length in &lengths {
                for run in level.windows(*length) {
                    let hash = vault.hash(run);
                    let holds = |pieces: &&Pieces| {
                        pieces.length == *length && pieces.hashes.contains(&hash)
                    };
                    if vault.all().any(|pieces| holds(&pieces)) {
                        found.push(run[0].bytes.start..run[length - 1].bytes.end);
                    }
                }
            }
        }
        joined(found)
    }
}

impl Vault {
    fn all(&self) -> impl Iterator<Item = &Pieces> {
        self.fixed.iter().chain(&self.tokens)
    }

    fn note_fours(&mut self, secret: &str) {
        for level in levels(secret).into_iter().chain(encoded(secret)) {
            self.fours.add(&level);
        }
    }

    /// The pieces of a secret as it is, and of what it decodes to: a proxy's password may be
    /// written percent-encoded in its address.
    fn pieces(&self, secret: &str) -> impl Iterator<Item = Pieces> {
        let of = |level: Vec<Glyph>| {
            let half = (level.len() / 2).clamp(Secrets::RUN_CHARS_MIN, Secrets::RUN_CHARS);
            let length = level.len().min(half);
            let mut hashes: HashSet<u64> =
                level.windows(length.max(1)).map(|run| self.hash(run)).collect();
            if length >= Secrets::RUN_CHARS_MIN {
                for level in encoded(secret) {
                    hashes.extend(level.windows(length).map(|run| self.hash(run)));
                }
            }
            Pieces { length, hashes }
        };
        levels(secret).into_iter().map(of).filter(|pieces| pieces.length >= Secrets::CHARS_MIN)
    }

    fn hash(&self, run: &[Glyph]) -> u64 {
        let mut text = [0_u8; 4 * Secrets::RUN_CHARS];
        let mut end = 0;
        for glyph in run {
            end += glyph.c.encode_utf8(&mut text[end..]).len();
        }
        self.hasher.hash_one(&text[..end])
    }
}

fn encoded(secret: &str) -> impl Iterator<Item = Vec<Glyph>> {
    in_base64(secret).into_iter().flat_map(|text| levels(&text))
}

/// A secret in Base64, wherever in the encoded text it may begin; without the characters that it
/// shares with what stands around it.
fn in_base64(secret: &str) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let text = [&b"  "[..before], secret.as_bytes()].concat();
        let encoded = STANDARD_NO_PAD.encode(&text);
        let from = (before * 8).div_ceil(6);
        let to = text.len() * 8 / 6;
        encoded[from..to.max(from)].to_owned()
    })
}

/// Ranges that touch or overlap, as one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
