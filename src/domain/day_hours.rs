//! The hours of each day in which requests may be sent: `22:00-06:00 Europe/Berlin`.
//!
//! They belong to the day on which they begin. Where a clock skips an hour, a time that it does not
//! show is the instant at which it goes on; where it repeats one, a time is the first of the two
//! (RFC 5545 says the same). So on the days of a time change, too, nothing is sent while a clock
//! on the wall shows a time after the end, and each day has one stretch of hours at most.
//!
//! The zone is looked up by its name in the system's table of zones, once, where the text is read.
//! Deliberately absent: which zone is the local one.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::Timestamp;

/// A time of the day to the minute, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// From a time of the day to another, each day, by the clock of a zone. Never empty: where the end
/// is not later, it is on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayHours {
    from: TimeOfDay,
    to: TimeOfDay,
    zone: TimeZone,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("`{0}` is not a range of hours; write 22:00-06:00, or \"22:00-06:00 Europe/Berlin\"")]
    Form(String),
    #[error("`{0}` is not a time of day from 00:00 to 24:00, such as 22:00")]
    Time(String),
    #[error("no time zone is called `{0}`; write it like Europe/Berlin, or UTC")]
    Zone(String),
    #[error("{0}-{0} is no time at all; for the whole day write 00:00-24:00")]
    Empty(TimeOfDay),
}

impl TimeOfDay {
    const LAST: u16 = 24 * 60;

    /// Reads `HH:MM`; `24:00` is the end of the day.
    ///
    /// # Errors
    /// [`HoursError::Time`] for anything else.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let two = |part: &str| -> Option<u16> {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok())?
        };
        let parts = text.split_once(':').and_then(|(hours, minutes)| {
            Some((two(hours)?, two(minutes).filter(|minutes| *minutes < 60)?))
        });
        let minutes = parts.map(|(hours, minutes)| hours * 60 + minutes);
        let minutes = minutes.filter(|minutes| *minutes <= Self::LAST);
        minutes.map(Self).ok_or_else(|| HoursError::Time(text.to_owned()))
    }

    /// The first instant at which a clock of the zone shows this time of a day, and the last. They
    /// differ where an hour is repeated. None beyond the calendar.
    pub(super) fn on(self, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let (date, minutes) =
            if self.0 == Self::LAST { (date.tomorrow().ok()?, 0) } else { (date, self.0) };
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        let shown = date.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
        let ambiguous = zone.to_ambiguous_timestamp(shown);
        let is_gap = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        let (earlier, later) = (ambiguous.earlier().ok()?, ambiguous.later().ok()?);
        if is_gap {
            // `earlier` lies before the clock is put forward.
            let forward = zone.following(earlier).next()?.timestamp();
            return Some((forward.into(), forward.into()));
        }
        Some((earlier.into(), later.into()))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A zone by its name, and the name as the table of zones spells it.
///
/// # Errors
/// [`HoursError::Zone`] where there is none.
pub(super) fn zone_named(name: &str) -> Result<(TimeZone, String), HoursError> {
    let zone = TimeZone::get(name).map_err(|_| HoursError::Zone(name.to_owned()))?;
    let name = zone.iana_name().unwrap_or(name).to_owned();
    Ok((zone, name))
}

impl DayHours {
    /// Reads `HH:MM-HH:MM`, and a zone's name after a space; `local` is the zone without one.
    ///
    /// # Errors
    /// [`HoursError`] where it is no range, has no length, or there is no such zone.
    pub fn parse(text: &str, local: &str) -> Result<Self, HoursError> {
        let text = text.trim();
        let (range, zone) = text.split_once(' ').unwrap_or((text, local));
        let form = || HoursError::Form(text.to_owned());
        let (from, to) = range.split_once('-').ok_or_else(form)?;
        let (from, to) = (TimeOfDay::parse(from)?, TimeOfDay::parse(to)?);
        if from.0 == TimeOfDay::LAST {
            return Err(HoursError::Time(from.to_string()));
        }
        if from == to {
            return Err(HoursError::Empty(from));
        }
        let (zone, name) = zone_named(zone.trim())?;
        Ok(Self { from, to, zone, name })
    }

    pub const fn bounds(&self) -> (TimeOfDay, TimeOfDay) {
        (self.from, self.to)
    }

    /// The zone's name, as the table of zones has it.
    pub fn zone_name(&self) -> &str {
        &self.name
    }

    /// When the hours that begin on a day begin and end; none where the clock skips all of them, or
    /// beyond the calendar.
    fn on(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let ends_on = if self.to > self.from { date } else { date.tomorrow().ok()? };
        let (from, _) = self.from.on(date, &self.zone)?;
        let (to, _) = self.to.on(ends_on, &self.zone)?;
        (from < to).then_some((from, to))
    }

    /// The hours that an instant is in, or else the next ones; none beyond the calendar.
    pub(super) fn at_or_after(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        // A day may be skipped as a whole, but never a week.
        const DAYS: usize = 8;
        let today = self.zone.to_datetime(at.to_jiff()).date();
        // Those of yesterday may last until today.
        let days = std::iter::successors(Some(today.yesterday().ok()?), |day| day.tomorrow().ok());
        let mut stretches = days.take(DAYS).filter_map(|day| self.on(day));
        stretches.find(|(_, to)| *to > at)
    }
}

/// With its zone, as it is stored: `22:00-06:00 Europe/Berlin`.
impl fmt::Display for DayHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{} {}", self.from, self.to, self.name)
    }
}
