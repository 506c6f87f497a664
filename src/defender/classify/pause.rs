//! How long a 429 asks to wait, and which window is full.
//!
//! What was seen: a message like "API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the
//! key Destination+TenantID+AppID. You can send requests again in 8 seconds."; the documentation
//! speaks of a `Retry-After` header.

use std::time::Duration;

use crate::defender::http_outcome::{HttpAnswer, http_date};

/// How long to wait from the receipt on: the longer of `Retry-After`, in either form, and the
/// message's "in N seconds"; none where neither names a time.
///
/// A date counts from the response's own `Date`, so that only the server's clock matters. Zero, a
/// date that is past and what cannot be read name no time.
pub fn retry_after(answered: &HttpAnswer, message: &str) -> Option<Duration> {
    let named = [from_header(answered), from_message(message)];
    named.into_iter().flatten().filter(|wait| !wait.is_zero()).max()
}

fn from_header(answered: &HttpAnswer) -> Option<Duration> {
    let text = answered.retry_after.as_deref()?.trim();
    if let Some(seconds) = whole_number(text) {
        return Some(Duration::from_secs(seconds));
    }
    Some(http_date(text)?.since(answered.server_date()?))
}

fn from_message(message: &str) -> Option<Duration> {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.windows(3).find_map(|three| {
        let [before, number, unit] = three else { return None };
        let fits = before.eq_ignore_ascii_case("in") && unit.starts_with("second");
        fits.then(|| whole_number(number).map(Duration::from_secs))?
    })
}

/// Length of the window that is full, where the message names it: `per HH:MM:SS`.
pub fn quota_window(message: &str) -> Option<Duration> {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.windows(2).find_map(|two| {
        let [before, span] = two else { return None };
        before.eq_ignore_ascii_case("per").then(|| clock_span(span))?
    })
}

/// `HH:MM:SS`, perhaps with a full stop after it; zero is no window.
fn clock_span(text: &str) -> Option<Duration> {
    let parts: Vec<&str> = text.trim_end_matches(['.', ',', ';']).split(':').collect();
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    let (hours, minutes, seconds) =
        (whole_number(hours)?, whole_number(minutes)?, whole_number(seconds)?);
    if hours > 10_000 || minutes > 59 || seconds > 59 {
        return None;
    }
    let whole = hours * 3_600 + minutes * 60 + seconds;
    (whole > 0).then(|| Duration::from_secs(whole))
}

/// Digits only: `u64`'s own parser takes a plus sign. More than fit are the most that fit.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}
