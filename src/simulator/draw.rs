//! Seeded numbers: what is drawn depends on the seed, on what it is for and on what it is about,
//! never on the order of the draws elsewhere. So a run that is repeated is the same run.
//!
//! Called by everything here that chooses. Deliberately absent: any source of true randomness.

use std::fmt;
use std::ops::RangeInclusive;

use crate::domain::SplitMix;
use crate::domain::text::is_guid;

/// A row of numbers that belongs to one seed, one purpose and one object.
#[derive(Debug, Clone)]
pub(super) struct Draw(SplitMix);

impl Draw {
    /// The row for `purpose`, about the object with these bytes.
    pub(super) fn new(seed: u64, purpose: &str, about: &[u8]) -> Self {
        // FNV-1a over the parts; `number` mixes what is too regular in it.
        let parts = [&seed.to_le_bytes()[..], purpose.as_bytes(), &[0], about];
        let state = parts.into_iter().flatten().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
            (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(SplitMix::new(state))
    }

    pub(super) const fn number(&mut self) -> u64 {
        self.0.number()
    }

    /// A number of the range, both ends included.
    pub(super) fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let count = (range.end() - range.start()).saturating_add(1);
        range.start() + self.number() % count
    }

    /// A share: at least 0, less than 1.
    pub(super) fn share(&mut self) -> f64 {
        let high = u32::try_from(self.number() >> 32).expect("32 of 64 bits are left");
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// One of the words, of which there is at least one.
    pub(super) fn choice(&mut self, choices: &[&'static str]) -> &'static str {
        let count = u64::try_from(choices.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(self.number() % count).unwrap_or_default();
        choices[index]
    }

    pub(super) fn guid(&mut self) -> Guid {
        Guid(u128::from(self.number()) << 64 | u128::from(self.number()))
    }
}

/// What actions and answers are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Guid(u128);

impl Guid {
    /// Reads 32 hexadecimal digits in five groups; none for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = is_guid(text).then(|| text.replace('-', ""))?;
        u128::from_str_radix(&digits, 16).ok().map(Self)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, bits: u32| (self.0 >> shift) & ((1 << bits) - 1);
        write!(f, "{:08x}-{:04x}-{:04x}", part(96, 32), part(80, 16), part(64, 16))?;
        write!(f, "-{:04x}-{:012x}", part(48, 16), part(0, 48))
    }
}
