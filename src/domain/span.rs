//! Durations as people write them.

use std::fmt;
use std::time::Duration;

/// A duration as written on the command line: `500ms`, `30s`, `5m`, `1h`, `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// Why a text is not a [`Span`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a duration: a whole number and a unit expected, like 500ms, 30s, 5m, 1h or 1d"
)]
pub struct SpanError(String);

const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl Span {
    /// Reads a whole number and its unit; `0` needs none.
    ///
    /// # Errors
    /// [`SpanError`] for anything else, and for more than 100 years.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        let wrong = || SpanError(text.to_owned());
        if text == "0" {
            return Ok(Self(Duration::ZERO));
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        let millis = number.checked_mul(*millis).ok_or_else(wrong)?;
        if millis > 100 * 366 * 86_400_000 {
            return Err(wrong());
        }
        Ok(Self(Duration::from_millis(millis)))
    }
}

/// In the largest unit that divides it: what [`Span::parse`] reads back.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if millis == 0 {
            return f.pad("0");
        }
        let largest = UNITS.iter().rev().find(|(_, size)| millis.is_multiple_of(*size));
        let (unit, size) = largest.expect("one millisecond divides every duration");
        f.pad(&format!("{}{unit}", millis / size))
    }
}
