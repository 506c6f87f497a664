//! When something was so, in the words of a list.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::Timestamp;

/// The time of a row, in microseconds since 1970-01-01T00:00:00Z; a time without a zone is taken
/// as UTC.
///
/// It only says which of two rows of one list is newer. `03/04/2026` is a day in March or in April:
/// both readings are kept, and a row is newer where it is by either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowTime {
    month_first: i64,
    day_first: i64,
}

/// Which of two rows is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Newer,
    Older,
    Unclear,
}

/// Days from the first day of a spreadsheet to 1970-01-01.
const SPREADSHEET_EPOCH: f64 = 25_569.0;

const DAY_MICROS: f64 = 86_400e6;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl RowTime {
    /// Longest text that may be a time, in bytes.
    const BYTES_MAX: usize = 64;

    /// Reads RFC 3339, `2026-11-20 05:10`, `11/20/2026, 5:10:11.123 AM`, `20.11.2026 05:10`,
    /// `Nov 20, 2026 5:10:11 AM`, what JSON of an older PowerShell has (`/Date(1795151411000)/`),
    /// seconds or milliseconds since 1970, or a spreadsheet's number of days. None for anything
    /// else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::BYTES_MAX {
            return None;
        }
        if text.as_bytes().get(10) == Some(&b'T')
            && let Ok(at) = Timestamp::parse(text)
        {
            return Some(Self::at(at.as_micros()));
        }
        let inside = text.trim_matches(['/', '\\']).strip_prefix("Date(");
        if let Some(millis) = inside.and_then(|rest| rest.split([')', '+']).next()) {
            return millis.parse::<i64>().ok()?.checked_mul(1_000).map(Self::at);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && text.matches('.').count() < 2
        {
            return number(text).map(Self::at);
        }
        Words::read(text)?.time()
    }

    /// From both readings, as [`readings`](Self::readings) gives them.
    pub const fn from_readings(month_first: i64, day_first: i64) -> Self {
        Self { month_first, day_first }
    }

    /// With the month first, and with the day first, where the text leaves that open.
    pub const fn readings(self) -> (i64, i64) {
        (self.month_first, self.day_first)
    }

    /// Whether this is newer than `other`; unclear also where both are the same.
    pub fn order(self, other: Self) -> Order {
        let (month, day) =
            (self.month_first.cmp(&other.month_first), self.day_first.cmp(&other.day_first));
        match (month.is_gt() && day.is_gt(), month.is_lt() && day.is_lt()) {
            (true, _) => Order::Newer,
            (_, true) => Order::Older,
            _ => Order::Unclear,
        }
    }

    #[must_use]
    pub fn latest(self, other: Self) -> Self {
        Self {
            month_first: self.month_first.max(other.month_first),
            day_first: self.day_first.max(other.day_first),
        }
    }

    const fn at(micros: i64) -> Self {
        Self { month_first: micros, day_first: micros }
    }
}

/// A number alone: by its size it says what it counts.
fn number(text: &str) -> Option<i64> {
    let whole: u64 = text.split('.').next()?.parse().ok()?;
    let signed = i64::try_from(whole).ok()?;
    match whole {
        20_000..100_000 => {
            let days = text.parse::<f64>().ok()? - SPREADSHEET_EPOCH;
            #[expect(clippy::cast_possible_truncation, reason = "below a hundred thousand days")]
            Some((days * DAY_MICROS).round() as i64)
        }
        1_000_000_000..10_000_000_000 => Some(signed * 1_000_000),
        1_000_000_000_000..10_000_000_000_000 => Some(signed * 1_000),
        _ => None,
    }
}

/// A time as it is written, cut into words and numbers.
#[derive(Debug, Default)]
struct Words {
    /// Each with its number of digits and the character before it.
    numbers: Vec<(i64, usize, Option<char>)>,
    /// 1 to 12.
    month: Option<i64>,
    afternoon: Option<bool>,
    /// East of UTC, in seconds.
    offset: i64,
}

impl Words {
    fn read(text: &str) -> Option<Self> {
        let mut words = Self::default();
        let (text, offset) = without_offset(text);
        words.offset = offset?;
        let mut before = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let same: fn(char) -> bool = match c {
                '0'..='9' => |c| c.is_ascii_digit(),
                _ if c.is_alphabetic() => char::is_alphabetic,
                _ => {
                    before = Some(c);
                    rest = &rest[c.len_utf8()..];
                    continue;
                }
            };
            let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
            let (word, more) = rest.split_at(end);
            match word.parse::<i64>() {
                Ok(number) => words.numbers.push((number, word.len(), before)),
                Err(_) => words.take(&word.to_lowercase())?,
            }
            (rest, before) = (more, word.chars().next_back());
        }
        Some(words)
    }

    /// A word that may stand in a time; none for any other.
    fn take(&mut self, word: &str) -> Option<()> {
        let begins = |known: &str| word.starts_with(known);
        if let Some(index) = MONTHS.iter().position(|known| begins(known)) {
            self.month = i64::try_from(index + 1).ok();
            return Some(());
        }
        match word {
            "am" | "a" => self.afternoon = Some(false),
            "pm" | "p" => self.afternoon = Some(true),
            "t" | "z" | "utc" | "gmt" | "m" | "at" => {}
            _ if WEEKDAYS.iter().any(|known| begins(known)) => {}
            _ => return None,
        }
        Some(())
    }

    fn time(&self) -> Option<RowTime> {
        let (dates, clock) = self.dates()?;
        let seconds = self.clock(clock)?;
        let micros = |(year, month, day): (i64, i64, i64)| {
            let narrow = |number: i64| i8::try_from(number).ok();
            let date = Date::new(i16::try_from(year).ok()?, narrow(month)?, narrow(day)?).ok()?;
            let midnight = TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()?;
            midnight.as_microsecond().checked_add(seconds)
        };
        let [month_first, day_first] = dates.map(micros);
        let (one, other) = (month_first.or(day_first)?, day_first.or(month_first)?);
        Some(RowTime::from_readings(one, other))
    }

    /// Year, month and day, with the month first and with the day first; and the numbers that
    /// follow.
    #[expect(clippy::type_complexity, reason = "two dates and the rest")]
    fn dates(&self) -> Option<([(i64, i64, i64); 2], &[(i64, usize, Option<char>)])> {
        if let Some(month) = self.month {
            let [(one, digits, _), (other, other_digits, _), clock @ ..] = self.numbers.as_slice()
            else {
                return None;
            };
            let date = match (digits, other_digits) {
                (1..=2, 4) => (*other, month, *one),
                (4, 1..=2) => (*one, month, *other),
                _ => return None,
            };
            return Some(([date; 2], clock));
        }
        let [(one, digits, _), (two, _, sign), (three, last_digits, _), clock @ ..] =
            self.numbers.as_slice()
        else {
            return None;
        };
        let dates = match (digits, last_digits, sign) {
            (4, 1..=2, Some('-' | '/' | '.')) => [(*one, *two, *three); 2],
            (1..=2, 4, Some('.')) => [(*three, *two, *one); 2],
            (1..=2, 4, Some('/' | '-')) => [(*three, *one, *two), (*three, *two, *one)],
            _ => return None,
        };
        Some((dates, clock))
    }

    /// Microseconds since midnight UTC.
    fn clock(&self, numbers: &[(i64, usize, Option<char>)]) -> Option<i64> {
        let (mut hour, minute, second, fraction) = match numbers {
            [] => (0, 0, 0, 0),
            [(hour, ..), (minute, _, Some(':'))] => (*hour, *minute, 0, 0),
            [(hour, ..), (minute, _, Some(':')), (second, _, Some(':')), more @ ..] => {
                let fraction = match more {
                    [] => 0,
                    [(digits, length @ 1..=9, Some('.' | ','))] => {
                        digits * 10_i64.pow(9 - u32::try_from(*length).ok()?) / 1_000
                    }
                    _ => return None,
                };
                (*hour, *minute, *second, fraction)
            }
            _ => return None,
        };
        if let Some(afternoon) = self.afternoon {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let seconds = (hour * 60 + minute) * 60 + second - self.offset;
        Some(seconds * 1_000_000 + fraction)
    }
}

/// The text before `+02:00` or `-0500` at its end, and what that is in seconds; none for an offset
/// that cannot be read.
fn without_offset(text: &str) -> (&str, Option<i64>) {
    let clock = text.find(':').unwrap_or(text.len());
    let Some(at) = text[clock..].rfind(['+', '-']).map(|at| clock + at) else {
        return (text, Some(0));
    };
    let offset = &text[at + 1..];
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let only = offset.chars().all(|c| c.is_ascii_digit() || c == ':');
    let seconds = match (digits.len(), digits.parse::<i64>()) {
        (2, Ok(hours)) if only => Some(hours * 3_600),
        (4, Ok(number)) if only => Some(number / 100 * 3_600 + number % 100 * 60),
        _ => None,
    };
    let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
    (&text[..at], seconds.map(|seconds| sign * seconds))
}
