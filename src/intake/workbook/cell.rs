//! What a cell holds, in the words of a person who looks at it.

use calamine::{Data, DataRef, ExcelDateTime};

/// Serial numbers from here on lie after the year 9999 and are no dates.
const DATE_MAX: f64 = 2_958_466.0;

/// Whole numbers below this are exact in a float, and Excel keeps all their digits: 15.
const WHOLE_MAX: f64 = 1e15;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::intake) enum SheetCell {
    /// Nothing, or a text without a character.
    Empty,
    Text(String),
    /// A number as Excel shows it in a column without a format: `3`, `2.5`, `1.23457E+39`.
    Number(String),
    /// `TRUE`, a date such as `2026-01-31`, an error such as `#N/A`.
    Other(String),
}

impl SheetCell {
    /// Whether nobody would see it.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// Its length in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Text(text) | Self::Number(text) | Self::Other(text) => text.len(),
        }
    }

    pub(super) fn text(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    pub(super) fn bool(value: bool) -> Self {
        Self::Other(if value { "TRUE" } else { "FALSE" }.to_owned())
    }

    pub(super) fn number(value: f64) -> Self {
        if value.is_finite() { Self::Number(shown(value)) } else { Self::Other(value.to_string()) }
    }
}

impl From<DataRef<'_>> for SheetCell {
    fn from(value: DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => Self::Empty,
            DataRef::Int(number) => Self::Number(number.to_string()),
            DataRef::Float(number) => Self::number(number),
            DataRef::String(text) => Self::text(text),
            DataRef::SharedString(text) => Self::text(text.to_owned()),
            DataRef::Bool(value) => Self::bool(value),
            DataRef::DateTime(time) => Self::Other(time_shown(&time)),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Self::Other(text),
            DataRef::Error(error) => Self::Other(error.to_string()),
        }
    }
}

impl From<&Data> for SheetCell {
    fn from(value: &Data) -> Self {
        match value {
            Data::Empty => Self::Empty,
            Data::Int(number) => Self::Number(number.to_string()),
            Data::Float(number) => Self::number(*number),
            Data::String(text) => Self::text(text.clone()),
            Data::Bool(value) => Self::bool(*value),
            Data::DateTime(time) => Self::Other(time_shown(time)),
            Data::DateTimeIso(text) | Data::DurationIso(text) => Self::Other(text.clone()),
            Data::Error(error) => Self::Other(error.to_string()),
        }
    }
}

/// An ID that Excel took for a number is recognised by this form, so it is the form in which the
/// person sees it. Numbers of up to 15 digits lose nothing.
fn shown(value: f64) -> String {
    let size = value.abs();
    if size < WHOLE_MAX && value.fract() == 0.0 {
        return if size == 0.0 { "0".to_owned() } else { format!("{value:.0}") };
    }
    if (1e-9..WHOLE_MAX).contains(&size) {
        let scientific = format!("{value:.14e}");
        let exponent = scientific.rsplit('e').next().and_then(|text| text.parse::<i64>().ok());
        let decimals = usize::try_from(14 - exponent.unwrap_or(0)).unwrap_or(0);
        return without_zeros(&format!("{value:.decimals$}")).to_owned();
    }
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let sign = if exponent.starts_with('-') { '-' } else { '+' };
    format!("{}E{sign}{:0>2}", without_zeros(digits), exponent.trim_start_matches('-'))
}

/// The digits without needless zeros after the point.
fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// A date, a time of day, or both; a length of time stays the number of days that is stored.
fn time_shown(time: &ExcelDateTime) -> String {
    let days = time.as_f64();
    if time.is_duration() || !(0.0..DATE_MAX).contains(&days) {
        return if days.is_finite() { shown(days) } else { days.to_string() };
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match (days < 1.0, days.fract() == 0.0) {
        (true, _) => clock,
        (_, true) => date,
        _ => format!("{date}T{clock}"),
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers_are_shown_as_a_person_sees_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (-12.0, "-12"),
            (2.5, "2.5"),
            (0.1 + 0.2, "0.3"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1E+15"),
            (1.234_567_89e39, "1.23457E+39"),
            (1e-10, "1E-10"),
            (-1.5e300, "-1.5E+300"),
            (0.000_25, "0.00025"),
        ];
        for (value, wanted) in cases {
            assert_eq!(SheetCell::number(value), SheetCell::Number(wanted.to_owned()), "{value}");
        }
        assert_eq!(SheetCell::number(f64::NAN), SheetCell::Other("NaN".to_owned()));
    }

    #[test]
    fn dates_are_iso_text() {
        let cases = [
            (46053.0, "2026-01-31"),
            (46053.5, "2026-01-31T12:00:00"),
            (0.25, "06:00:00"),
            (1e300, "1E+300"),
            (-1.0, "-1"),
            (f64::INFINITY, "inf"),
        ];
        for (value, wanted) in cases {
            let time = ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false);
            assert_eq!(time_shown(&time), wanted, "{value}");
        }
    }

    #[test]
    fn a_text_without_a_character_is_an_empty_cell() {
        assert!(SheetCell::from(DataRef::String(String::new())).is_empty());
        assert_eq!(SheetCell::from(DataRef::Bool(true)), SheetCell::Other("TRUE".to_owned()));
        let error = DataRef::Error(calamine::CellErrorType::NA);
        assert_eq!(SheetCell::from(error), SheetCell::Other("#N/A".to_owned()));
    }
}
