//! Two kinds of time that must never be mixed: what is stored, and what decides.

use std::fmt;
use std::time::Duration;

/// Wall time in microseconds since 1970-01-01T00:00:00Z: what is stored and shown.
///
/// It may jump (a laptop sleeps, a clock is set), so it never decides a wait inside a process;
/// [`Steady`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: RFC 3339 expected, like 2026-11-23T17:40:00Z")]
pub struct TimestampError(String);

impl TimestampError {
    /// What was to be read.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl Timestamp {
    /// Reads RFC 3339 with any offset.
    ///
    /// # Errors
    /// [`TimestampError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let parsed: Result<jiff::Timestamp, _> = text.trim().parse();
        parsed.map(Self::from).map_err(|_| TimestampError(text.to_owned()))
    }

    /// The same instant as jiff's type, for formatting. Clamped to the years jiff knows.
    pub fn to_jiff(self) -> jiff::Timestamp {
        let nearest = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(nearest)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

/// RFC 3339 in UTC to the millisecond, or to the second where no millisecond is left. Read and
/// written again it is the same text.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.0.rem_euclid(1_000_000) < 1_000 { 0 } else { 3 };
        let text = format!("{:.digits$}", self.to_jiff());
        f.pad(&text)
    }
}

/// Monotonic time in microseconds from an origin of the process's own: what decides waits.
///
/// May be negative: a call of an earlier process lies before this process's origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Steady(i64);

impl Steady {
    /// The origin of this process's monotonic time.
    pub const ORIGIN: Self = Self(0);
    /// Later than any instant that is ever reached.
    pub const NEVER: Self = Self(i64::MAX);
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// What both can do, each with its own kind alone. Nothing overflows: the last instant stays.
macro_rules! microseconds {
    ($($name:ident)+) => {$(
        impl $name {
            pub const fn from_micros(micros: i64) -> Self {
                Self(micros)
            }

            pub const fn as_micros(self) -> i64 {
                self.0
            }

            /// How long after `earlier` this is; zero where it is not later.
            pub fn since(self, earlier: Self) -> Duration {
                Duration::from_micros(self.0.saturating_sub(earlier.0).try_into().unwrap_or(0))
            }

            #[must_use]
            pub fn plus(self, duration: Duration) -> Self {
                Self(self.0.saturating_add(micros(duration)))
            }

            #[must_use]
            pub fn minus(self, duration: Duration) -> Self {
                Self(self.0.saturating_sub(micros(duration)))
            }
        }
    )+};
}

microseconds!(Timestamp Steady);
