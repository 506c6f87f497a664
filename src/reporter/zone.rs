//! Times as people read them: on their own clock, with the day where it is another one.

use std::borrow::Cow;

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

use crate::domain::Timestamp;

/// The zone in which people read times. Given by the caller; nothing here reads a clock.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    pub const fn new(zone: TimeZone) -> Self {
        Self(zone)
    }

    /// The zone's name in the table of zones; UTC where it has none, as on a computer that does not
    /// say where it is.
    pub fn iana_name(&self) -> Option<&str> {
        if self.0.is_unknown() { Some("UTC") } else { self.0.iana_name() }
    }

    /// Whether this computer says where it is; times are in UTC where it does not.
    pub fn is_known(&self) -> bool {
        !self.0.is_unknown()
    }

    /// Hours as they are read here: without their zone where it is this one.
    pub fn without<'h>(&self, hours: &'h str) -> &'h str {
        match hours.split_once(' ') {
            Some((range, zone)) if self.iana_name() == Some(zone) => range,
            _ => hours,
        }
    }

    /// The day of an instant that is now or to come, as the end of a sentence: `now`, `today`,
    /// `tonight`, `tomorrow`, `on Wed`, `on Wed 2 Dec`.
    pub fn day(&self, at: Timestamp, now: Timestamp) -> String {
        const EVENING: i8 = 18;
        if at <= now {
            return "now".to_owned();
        }
        let (local, today) = (self.zoned(at), self.zoned(now));
        match local.date().duration_since(today.date()).as_hours() / 24 {
            0 if local.hour() >= EVENING => "tonight".to_owned(),
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            2..=6 => format!("on {}", local.strftime("%a")),
            _ => format!("on {}", day_words(&local)),
        }
    }

    /// `02:00:12`.
    pub fn clock(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// `02:00:12` on the day of `now`, else with its day.
    pub fn near(&self, at: Timestamp, now: Timestamp) -> String {
        self.beside(at, now, "%H:%M:%S")
    }

    /// Like [`Self::near`], to the minute: `23:03`, `Tue 23:03`.
    pub fn near_minute(&self, at: Timestamp, now: Timestamp) -> String {
        self.beside(at, now, "%H:%M")
    }

    /// [`Self::near`] as the end of a sentence: `at 02:00:12`, `on Tue 02:00:12`.
    pub fn when(&self, at: Timestamp, now: Timestamp) -> String {
        with_preposition(&self.near(at, now))
    }

    /// [`Self::near_minute`] as the end of a sentence: `at 23:03`, `on Tue 23:03`.
    pub fn when_minute(&self, at: Timestamp, now: Timestamp) -> String {
        with_preposition(&self.near_minute(at, now))
    }

    /// `Tue 24 Nov 01:26:00`.
    pub fn full(&self, at: Timestamp) -> String {
        let local = self.zoned(at);
        format!("{} {}", day_words(&local), local.strftime("%H:%M:%S"))
    }

    /// `2026-11-24T01:26:00+01:00`.
    pub fn rfc3339(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The same to the millisecond.
    pub fn rfc3339_millis(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// The zone's short name at an instant: `CET`, `UTC`, `+03`.
    pub fn name(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Z").to_string()
    }

    /// [`Self::full`] with the zone's name: `Tue 24 Nov 01:26:00 CET`.
    pub fn full_with_name(&self, at: Timestamp) -> String {
        format!("{} {}", self.full(at), self.name(at))
    }

    /// Why a run ended, with the instant of its `--until` as people read it here. It is kept in
    /// UTC, since a journal may be read in another zone.
    pub fn until_here<'w>(&self, why: &'w str) -> Cow<'w, str> {
        const OPTION: &str = "--until ";
        let here = || {
            let at = why.find(OPTION)? + OPTION.len();
            let instant = why[at..].split(' ').next()?;
            let local = self.full_with_name(Timestamp::parse(instant).ok()?);
            Some(format!("{}{local}{}", &why[..at], &why[at + instant.len()..]))
        };
        here().map_or(Cow::Borrowed(why), Cow::Owned)
    }

    /// `2026-11-24 01:26:00`.
    pub fn dated(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `Tue 24 Nov`.
    pub fn date(&self, at: Timestamp) -> String {
        day_words(&self.zoned(at))
    }

    /// `23:03`.
    pub fn minute(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%H:%M").to_string()
    }

    /// Instants within a span for the marks of an axis: at most `most`, all of them round on the
    /// clock on the wall, also where it is set to summer time.
    pub fn round_instants(&self, from: Timestamp, to: Timestamp, most: usize) -> Vec<Timestamp> {
        const DAY: i64 = 86_400;
        /// In seconds: what divides a minute, an hour or a day; then days.
        const STEPS: [i64; 18] = [
            1,
            5,
            15,
            30,
            60,
            2 * 60,
            5 * 60,
            10 * 60,
            15 * 60,
            30 * 60,
            3_600,
            2 * 3_600,
            3 * 3_600,
            6 * 3_600,
            12 * 3_600,
            DAY,
            2 * DAY,
            7 * DAY,
        ];
        let seconds = i64::try_from(to.since(from).as_secs()).unwrap_or(i64::MAX);
        let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let fits = |step: &&i64| seconds / **step < most;
        // Beyond weeks, as many days as are needed.
        let days = seconds / most / DAY + 1;
        let step = STEPS.iter().find(fits).copied().unwrap_or(days * DAY);
        let Ok(midnight) = self.zoned(from).start_of_day() else { return Vec::new() };
        let midnight = midnight.datetime();
        let after = self.zoned(from).datetime().duration_since(midnight).as_secs();
        let first = after.div_euclid(step);
        let mut found: Vec<Timestamp> = Vec::new();
        for number in first..=first.saturating_add(most + 1) {
            let away = jiff::SignedDuration::from_secs(number.saturating_mul(step));
            let Ok(local) = midnight.checked_add(away) else { break };
            let Ok(at) = self.0.to_timestamp(local) else { break };
            let at = Timestamp::from(at);
            if at >= from && at <= to && found.last().is_none_or(|last| *last < at) {
                found.push(at);
            }
        }
        found
    }

    fn zoned(&self, at: Timestamp) -> ZonedDateTime {
        at.to_jiff().to_zoned_datetime(self.0.clone())
    }

    fn beside(&self, at: Timestamp, now: Timestamp, clock: &str) -> String {
        let (at, now) = (self.zoned(at), self.zoned(now));
        let clock = at.strftime(clock).to_string();
        let days_apart = at.date().duration_since(now.date()).as_hours().abs() / 24;
        match days_apart {
            0 => clock,
            // Within a week the day of the week says which day is meant.
            1..=6 => format!("{} {clock}", at.strftime("%a")),
            _ => format!("{} {clock}", day_words(&at)),
        }
    }
}

/// A time alone is *at*, one with its day is *on*.
fn with_preposition(near: &str) -> String {
    let word = if near.starts_with(|c: char| c.is_ascii_digit()) { "at" } else { "on" };
    format!("{word} {near}")
}

fn day_words(local: &ZonedDateTime) -> String {
    local.strftime("%a %-d %b").to_string()
}
