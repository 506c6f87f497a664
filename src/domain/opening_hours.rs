//! When requests may be sent: in the hours of each day, not before an instant, until another.
//!
//! Pure: the gate's forecast runs it forward, and a run asks it before each request, so that both
//! say the same. Deliberately absent: the rate limits, waiting, and what follows an end.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::day_hours::{DayHours, HoursError, TimeOfDay, zone_named};
use super::{Timestamp, TimestampError};

/// When requests may be sent; by default always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpeningHours {
    /// Each day, from one time to another (`--between`).
    pub between: Option<DayHours>,
    pub not_before: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// Whether a request may be sent at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It may, until then; none: for ever.
    Open { closes_at: Option<Timestamp> },
    /// Not before then.
    Shut { opens_at: Timestamp },
    /// Never again.
    Over,
}

impl OpeningHours {
    pub const fn is_always(&self) -> bool {
        self.between.is_none() && self.not_before.is_none() && self.until.is_none()
    }

    pub fn at(&self, now: Timestamp) -> Opening {
        let from = self.not_before.map_or(now, |at| at.max(now));
        let is_left = |at: Timestamp| self.until.is_none_or(|until| at < until);
        let (opens_at, closes_at) = match &self.between {
            None => (from, None),
            Some(hours) => match hours.at_or_after(from) {
                Some((opens, closes)) => (opens.max(from), Some(closes)),
                None => return Opening::Over,
            },
        };
        if !is_left(opens_at) {
            return Opening::Over;
        }
        if opens_at > now {
            return Opening::Shut { opens_at };
        }
        let closes_at = [closes_at, self.until].into_iter().flatten().min();
        Opening::Open { closes_at }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    #[error("`{0}` is not a time; write 22:00, \"2026-11-23 22:00\" or 2026-11-23T22:00:00+01:00")]
    Form(String),
    #[error(transparent)]
    Hours(#[from] HoursError),
}

impl From<TimestampError> for InstantError {
    fn from(error: TimestampError) -> Self {
        Self::Form(error.text().to_owned())
    }
}

impl OpeningHours {
    /// Reads an instant: `HH:MM` (the next one), `YYYY-MM-DD HH:MM`, both by the clock of the zone
    /// `local` or of one that is named after them, or RFC 3339.
    ///
    /// # Errors
    /// [`InstantError`] for anything else, or where there is no such zone.
    pub fn instant(text: &str, local: &str, now: Timestamp) -> Result<Timestamp, InstantError> {
        let text = text.trim();
        let form = || InstantError::Form(text.to_owned());
        let (shown, zone) = match text.rsplit_once(' ') {
            Some((shown, name)) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                (shown.trim(), name)
            }
            _ => (text, local),
        };
        if let Ok(time) = TimeOfDay::parse(shown) {
            let (zone, _) = zone_named(zone)?;
            return next(time, &zone, now).ok_or_else(form);
        }
        let Some((date, time)) = shown.split_once(' ') else {
            return Ok(Timestamp::parse(text)?);
        };
        let date: Date = date.parse().map_err(|_| form())?;
        let time = TimeOfDay::parse(time.trim()).map_err(|_| form())?;
        let (zone, _) = zone_named(zone)?;
        time.on(date, &zone).map(|(first, _)| first).ok_or_else(form)
    }
}

/// The next instant at which a clock of the zone shows this time.
fn next(time: TimeOfDay, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(now.to_jiff()).date();
    let days = [today.yesterday().ok()?, today, today.tomorrow().ok()?];
    let shown = days.into_iter().filter_map(|day| time.on(day, zone));
    shown.flat_map(|(first, last)| [first, last]).filter(|at| *at > now).min()
}
