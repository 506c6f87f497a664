//! Whether a text may hold a piece of a secret at all: a filter before the exact search.
//!
//! A page of a tenant's inventory has a hundred thousand short texts, and next to none holds a
//! secret. A piece of `n` characters has `n - 3` runs of four characters, one after the other. A
//! text with fewer known runs in a row holds no piece. What is noted of a run is a bit at a keyed
//! place, so that no secret can be read from it. Deliberately absent: what is found (`secrets`).

use std::hash::{BuildHasher, RandomState};

use super::folded::{Glyph, folded_char};

/// Places for a run: a token has a thousand runs or two, so that few are taken.
const BITS: usize = 1 << 16;

/// The runs of four ASCII characters of all secrets, folded.
pub(super) struct Fours {
    /// Odd, and another one in each process.
    key: u64,
    bits: Vec<u64>,
}

impl Default for Fours {
    fn default() -> Self {
        Self { key: RandomState::new().hash_one(BITS) | 1, bits: vec![0; BITS / 64] }
    }
}

impl Fours {
    /// Adds the runs of a secret, or of another shape of it, folded.
    pub(super) fn add(&mut self, level: &[Glyph]) {
        for run in level.windows(4) {
            let byte = |at: usize| u8::try_from(run[at].c).ok().filter(u8::is_ascii);
            if let [Some(a), Some(b), Some(c), Some(d)] = [byte(0), byte(1), byte(2), byte(3)] {
                let place = self.place(u32::from_be_bytes([a, b, c, d]));
                self.bits[place / 64] |= 1 << (place % 64);
            }
        }
    }

    /// Whether the text may hold a piece of at least this many characters, four or more. False is
    /// certain; what is encoded, or not ASCII, is not looked at here.
    pub(super) fn may_hold(&self, text: &str, characters: usize) -> bool {
        let (mut four, mut length, mut row) = (0_u32, 0_usize, 0_usize);
        for byte in text.bytes() {
            match byte {
                b'%' | b'&' | b'\\' | b'<' => return true,
                // What only separates is skipped, as in the search.
                0..=b' ' | 0x7f => continue,
                _ if !byte.is_ascii() => return true,
                _ => {}
            }
            four = four << 8 | u32::from(folded_char(char::from(byte)));
            length += 1;
            if length < 4 {
                continue;
            }
            let place = self.place(four);
            row = if self.bits[place / 64] >> (place % 64) & 1 == 1 { row + 1 } else { 0 };
            if row + 3 >= characters {
                return true;
            }
        }
        false
    }

    const fn place(&self, four: u32) -> usize {
        ((four as u64).wrapping_mul(self.key) >> 48) as usize
    }
}
