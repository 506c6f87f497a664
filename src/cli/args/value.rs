//! Texts on the command line → values. Each says what it wants instead of what it got.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{NONE, OrNone};
use crate::defender::{Cloud, Region};
use crate::domain::{DayHours, OpeningHours, Span, Timestamp, Window};
use crate::guard::{Class, FailureLimit, Treatment, Treatments};
use crate::intake::{RowFilter, TextEncoding};
use crate::plan::PlanHash;

/// `30s`, `5m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    Span::parse(text).map(|span| span.0).map_err(|error| error.to_string())
}

/// A duration that must pass: a timeout or an interval of zero would spin.
pub(super) fn duration_above_zero(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("it must be longer than 0s".to_owned()),
        longer => Ok(longer),
    }
}

/// 64 hexadecimal digits.
pub(super) fn plan_hash(text: &str) -> Result<PlanHash, String> {
    PlanHash::parse(text).map_err(|error| error.to_string())
}

/// `100/1m`.
pub(super) fn window(text: &str) -> Result<Window, String> {
    Window::parse(text).map_err(|error| error.to_string())
}

/// `12%` or `0.12`: a share, from none to all.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.strip_suffix('%') {
        Some(percent) => (percent, 100.0),
        None => (text, 1.0),
    };
    let share = number.parse::<f64>().map_err(|_| format!("`{text}` is not a share, like 12%"))?;
    let share = share / scale;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err(format!("`{text}` is not between 0% and 100%"))
    }
}

/// `50%` or `50`: whole per cent, 1 to 100.
pub(super) fn percent(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<u8>();
    let fits = number.ok().filter(|percent| (1..=100).contains(percent));
    fits.ok_or_else(|| format!("`{text}` is not a whole percentage from 1% to 100%"))
}

/// How many times faster, above zero.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        _ => Err(format!("`{text}` is not a number above zero, such as 60")),
    }
}

/// `20ms`, or `5ms-40ms`: the least and the most.
pub(super) fn latency(text: &str) -> Result<(Duration, Duration), String> {
    let (least, most) = match text.split_once('-') {
        Some((least, most)) => (duration(least)?, duration(most)?),
        None => (duration(text)?, duration(text)?),
    };
    if least <= most {
        Ok((least, most))
    } else {
        Err(format!("`{text}`: write the shorter time first"))
    }
}

/// One byte between cells; `tab` and `\t` mean the tabulator.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"' => Ok(*byte),
        _ => Err(format!("`{text}` is not a delimiter; use one of , ; | or tab")),
    }
}

/// `utf-16le`, `windows-1252`.
pub(super) fn encoding(text: &str) -> Result<TextEncoding, String> {
    TextEncoding::parse(text).map_err(|error| error.to_string())
}

/// `10`, `5%`, or `none`.
pub(super) fn failure_limit(text: &str) -> Result<OrNone<FailureLimit>, String> {
    if text == NONE {
        return Ok(OrNone::None);
    }
    FailureLimit::parse(text).map(OrNone::Some).map_err(|error| error.to_string())
}

/// `22:00-06:00`, a zone after it, or `none`. Which zone is the local one is not known here: only
/// whether it can be read is checked.
pub(super) fn day_hours(text: &str) -> Result<String, String> {
    if text != NONE {
        DayHours::parse(text, "UTC").map_err(|error| error.to_string())?;
    }
    Ok(text.to_owned())
}

/// `22:00`, `2026-11-23 22:00`, RFC 3339, or `none`; checked in the same way.
pub(super) fn instant(text: &str) -> Result<String, String> {
    if text != NONE {
        let epoch = Timestamp::from_micros(0);
        OpeningHours::instant(text, "UTC", epoch).map_err(|error| error.to_string())?;
    }
    Ok(text.to_owned())
}

/// `COLUMN=VALUE` or `COLUMN!=VALUE`.
pub(super) fn row_filter(text: &str) -> Result<RowFilter, String> {
    RowFilter::parse(text).map_err(|error| error.to_string())
}

/// `CLASS=send`, `CLASS=skip` or `CLASS=refuse`.
pub(super) fn treatment(text: &str) -> Result<(Class, Treatment), String> {
    Treatments::parse(text).map_err(|error| error.to_string())
}

pub(super) fn cloud() -> impl TypedValueParser<Value = Cloud> {
    PossibleValuesParser::new(Cloud::ALL.map(Cloud::word))
        .map(|word| Cloud::from_word(&word).expect("only the words of clouds are possible"))
}

pub(super) fn region() -> impl TypedValueParser<Value = Region> {
    PossibleValuesParser::new(Region::ALL.map(Region::word))
        .map(|word| Region::from_word(&word).expect("only the words of regions are possible"))
}
