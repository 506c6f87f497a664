//! One rate limit.

use std::fmt;
use std::time::Duration;

use super::Span;

/// One rate limit: at most `limit` calls in any half-open span of `duration`, whatever its start.
///
/// Written `COUNT/WINDOW`: `100/1m`, `1500/1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    limit: u32,
    duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a limit: {why}; like 100/1m or 1500/1h")]
pub struct WindowError {
    text: String,
    why: &'static str,
}

impl Window {
    /// Most calls a limit may name. The ledger keeps one entry a call in a window: 8 MB here.
    pub const LIMIT_MAX: u32 = 1_000_000;

    /// The two documented limits of the offboard call: 100 a minute and 1,500 an hour
    /// (Microsoft's page "Offboard machine API", section "Limitations").
    pub const DEFENDER: [Self; 2] = [
        Self { limit: 100, duration: Duration::from_mins(1) },
        Self { limit: 1_500, duration: Duration::from_hours(1) },
    ];

    /// A limit of `limit` calls in `duration`.
    ///
    /// # Errors
    /// A count of zero or above [`Self::LIMIT_MAX`]; a duration below 1 ms or above 31 days.
    pub fn new(limit: u32, duration: Duration) -> Result<Self, WindowError> {
        let wrong = |why| WindowError { text: format!("{limit}/{}", Span(duration)), why };
        if limit == 0 || limit > Self::LIMIT_MAX {
            return Err(wrong("the count must be 1 to 1,000,000"));
        }
        if duration < Duration::from_millis(1) || duration > Duration::from_hours(31 * 24) {
            return Err(wrong("the window must be 1ms to 31d"));
        }
        Ok(Self { limit, duration })
    }

    /// Reads `COUNT/WINDOW`.
    ///
    /// # Errors
    /// [`WindowError`] says which half is wrong.
    pub fn parse(text: &str) -> Result<Self, WindowError> {
        let wrong = |why| WindowError { text: text.to_owned(), why };
        let (count, span) = text.split_once('/').ok_or_else(|| wrong("the `/` is missing"))?;
        let count = count.parse().map_err(|_| wrong("the count is no whole number"))?;
        let span = Span::parse(span).map_err(|_| wrong("the window is no duration"))?;
        Self::new(count, span.0).map_err(|error| wrong(error.why))
    }

    /// The same window with this many per cent of the calls, at least one. More than 100 is 100.
    #[must_use]
    pub fn share(&self, percent: u8) -> Self {
        let share = u64::from(self.limit) * u64::from(percent.min(100)) / 100;
        let limit = u32::try_from(share).unwrap_or(self.limit).max(1);
        Self { limit, ..*self }
    }

    /// The same window with this many calls; none for 0 calls.
    pub fn of_limit(&self, limit: u32) -> Option<Self> {
        Self::new(limit, self.duration).ok()
    }

    pub const fn limit(&self) -> u32 {
        self.limit
    }

    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// Extra time for which a slot stays taken: a server that truncates to whole seconds, a clock
    /// slewed by 500 ppm, and windows that include both ends. One second for a minute, three for an
    /// hour, `min(W/60, 1 s + W/1800)` in general, so that scaled-down windows have scaled-down
    /// guards.
    pub fn guard(&self) -> Duration {
        (self.duration / 60).min(Duration::from_secs(1) + self.duration / 1_800)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.limit, Span(self.duration)))
    }
}
