//! How the cells of the sheets look, and what they are to Excel.

use rust_xlsxwriter::{Color, Format, FormatAlign};

use crate::domain::Timestamp;

/// Days from Excel's first day to 1970-01-01.
const DAYS_BEFORE_1970: f64 = 25_569.0;
const MICROS_PER_DAY: f64 = 86_400_000_000.0;
/// 1900-03-01, before which Excel counts a day that was none, and the end of 9999.
const DAYS: std::ops::Range<f64> = 61.0..2_958_466.0;

#[derive(Debug)]
pub(super) struct CellFormats {
    pub(super) head: Format,
    pub(super) title: Format,
    /// Stays text, also when somebody edits the cell: `=` begins no formula.
    pub(super) text: Format,
    pub(super) number: Format,
    /// Says that it is UTC: a date in Excel has no zone.
    pub(super) time: Format,
}

impl CellFormats {
    pub(super) fn new() -> Self {
        let grey = Color::RGB(0x00E7_E6E6);
        Self {
            head: Format::new().set_bold().set_background_color(grey),
            title: Format::new().set_bold().set_font_size(14),
            text: Format::new().set_num_format("@"),
            number: Format::new().set_num_format("#,##0").set_align(FormatAlign::Right),
            time: Format::new()
                .set_num_format("yyyy-mm-dd hh:mm:ss\" UTC\"")
                .set_align(FormatAlign::Left),
        }
    }
}

/// An instant as Excel counts, in days; none where it knows no such day.
pub(super) fn excel_days(at: Timestamp) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
    let days = at.as_micros() as f64 / MICROS_PER_DAY + DAYS_BEFORE_1970;
    DAYS.contains(&days).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_excel_does() {
        let days = |text| excel_days(Timestamp::parse(text).unwrap());
        assert_eq!(days("1970-01-01T00:00:00Z"), Some(25_569.0));
        assert_eq!(days("2026-11-23T18:00:00Z"), Some(46_349.75));
        assert_eq!(days("1900-03-01T00:00:00Z"), Some(61.0));
        assert_eq!(days("1900-02-28T23:59:59Z"), None);
        assert_eq!(excel_days(Timestamp::from_micros(i64::MAX)), None);
    }
}
