//! What is kept of an answer in words, and what kind of trouble a status can be.
//!
//! Deliberately absent: what was done.

use std::time::Duration;

use mde_offboard::domain::{ActionStatus, Detail, Trouble};

use super::body::Body;
use super::question::Question;

/// Longest code that is kept.
const CODE_CHARS_MAX: usize = 100;

/// What stands for a token in the dictionary and in seeds; a proxy may quote it.
const TOKEN: &str = "eyJ0eXAiOiJKV1Qi";

/// Bounded, without control characters, with the status, and without a token.
pub(super) fn check_detail(question: &Question<'_>, detail: &Detail) {
    let texts = [(&*detail.message, Detail::MESSAGE_CHARS_MAX), (detail.code(), CODE_CHARS_MAX)];
    for (text, most) in texts {
        assert!(!text.contains(char::is_control), "{text:?}");
        assert!(text.chars().count() <= most, "{text:?}");
    }
    assert!(!detail.to_string().contains(char::is_control), "{detail:?}");
    assert_eq!(detail.http_status, Some(question.status), "{detail:?}");
    if matches!(Body::read(question.body), Body::NotJson) && quotes_only_a_header(question.body) {
        assert!(!detail.message.contains(TOKEN), "{detail:?}");
    }
}

/// Whether the token stands only where a proxy's page quotes the request's header. A text with
/// control characters inside its words is no such quotation.
fn quotes_only_a_header(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let mut before: Vec<&str> = text.split(TOKEN).collect();
    before.pop();
    !text.contains(|c: char| c.is_control() && !c.is_whitespace())
        && before.iter().all(|text| text.to_ascii_lowercase().ends_with("bearer "))
}

/// The status, and for a 403 Defender's own words, say what kind of trouble it is.
pub(super) fn check_trouble(question: &Question<'_>, trouble: &Trouble) {
    check_detail(question, trouble.detail());
    let fits = match trouble {
        Trouble::Unauthorized(_) => question.status == 401,
        Trouble::ProxyAuthentication(_) => question.status == 407,
        Trouble::Redirected(_) => (300..=399).contains(&question.status),
        Trouble::Forbidden(_) => question.status == 403 && is_defenders_own(question),
        Trouble::TooMany { retry_after, window, .. } => {
            check_pause(question, *retry_after);
            assert!(window.is_none() || is_defenders_own(question), "{trouble:?}");
            assert_ne!(*window, Some(Duration::ZERO));
            question.status == 429
        }
        // Of a cancel: an action, and another one.
        Trouble::Mismatched(_) => matches!(question.status, 200..=202),
        Trouble::Unreadable(_) => ![401, 407, 429].contains(&question.status),
        // A status line came, so neither of these can be.
        Trouble::Unreachable { .. } | Trouble::TokenEnded(_) | Trouble::SignIn(_) => false,
    };
    assert!(fits, "{}: {trouble:?}", question.status);
}

/// Whole seconds in the header are believed, where Defender's own words do not name a longer time;
/// none are no time. Without a header and without a refusal there is no time.
fn check_pause(question: &Question<'_>, pause: Option<Duration>) {
    match question.retry_after.as_deref().map(str::trim) {
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            if let Ok(seconds) = text.parse() {
                let named = Some(Duration::from_secs(seconds)).filter(|named| !named.is_zero());
                let is_longer = pause > named && is_defenders_own(question);
                assert!(pause == named || is_longer, "{text}: {pause:?}");
            }
        }
        Some(_) => {}
        None => assert!(pause.is_none() || is_defenders_own(question), "{pause:?}"),
    }
}

/// Whether a status is the one that was said. A word that is not known is kept in a form that is
/// fit to be shown.
pub(super) fn is_status(status: &ActionStatus, said: &str) -> bool {
    let plain = said.len() <= 64 && said.bytes().all(|byte| byte.is_ascii_graphic());
    let is_unfit = matches!(status, ActionStatus::Other(_)) && !plain;
    is_unfit || status.word().eq_ignore_ascii_case(said)
}

/// Whether the body is a refusal in Defender's shape. What the second reader cannot read may be.
pub(super) fn is_defenders_own(question: &Question<'_>) -> bool {
    let body = Body::read(question.body);
    question.may_be_json() && (body.refusal().is_some() || matches!(body, Body::Odd))
}

/// Whether the body is a refusal with an empty code and words: OData's, of a query.
pub(super) fn has_words_alone(question: &Question<'_>) -> bool {
    question.may_be_json() && Body::read(question.body).has_words_alone()
}
