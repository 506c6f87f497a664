//! What the answers of a token endpoint mean: pure.
//!
//! Entra's documentation asks to decide by `error` and to use the AADSTS codes for diagnosis only;
//! the few codes that mean "not now" are told apart all the same, since a run must not end for
//! them.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::token::{FetchedToken, TokenFailure};
use crate::defender::http_outcome::{HttpAnswer, HttpOutcome, TransportFailure};
use crate::domain::{Detail, Timestamp, Unreachable};

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_codes: Vec<i64>,
}

/// The token of an answer that came at `now`; else why there is none.
///
/// A token that is found is known as a secret from then on.
pub(super) fn judge(seen: &HttpOutcome, now: Timestamp) -> Result<FetchedToken, TokenFailure> {
    let answered = answered(seen)?;
    let judged = match answered.status {
        200 => granted(answered, now),
        407 => Err(TokenFailure::ProxyAuthentication(answered.proxy_wants())),
        400..=499 => Err(refusal(answered)),
        _ => Err(unusable(answered)),
    };
    judged.map_err(|failure| failure.heeding(answered, now))
}

/// The answer, where one came.
pub(super) fn answered(seen: &HttpOutcome) -> Result<&HttpAnswer, TokenFailure> {
    let failure = match seen {
        HttpOutcome::Answered(answered) => return Ok(answered),
        HttpOutcome::Failed(failure) => failure,
    };
    let kind = match failure {
        TransportFailure::ProxyAuthentication { .. } => {
            return Err(TokenFailure::ProxyAuthentication(failure.detail()));
        }
        TransportFailure::NotSent { kind, .. } => *kind,
        TransportFailure::NoAnswer { .. } => Unreachable::Connect,
    };
    Err(TokenFailure::unreachable(kind, failure.detail()))
}

/// OAuth's word for what is wrong, where the answer has one.
pub(super) fn error_word(answered: &HttpAnswer) -> Option<String> {
    error_body(answered).map(|body| body.error)
}

/// The token in a success.
pub(super) fn granted(answered: &HttpAnswer, now: Timestamp) -> Result<FetchedToken, TokenFailure> {
    let body = answered.json_body().and_then(|body| serde_json::from_slice(body).ok());
    let body: Map<String, Value> = body.unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let token = text("access_token");
    if token.is_empty() {
        return Err(unusable(answered));
    }
    // Waiting changes nothing about what follows, so each is a refusal.
    let refuse = |words: String| TokenFailure::Refused(answered.detail(words));
    if !is_sendable(token) {
        return Err(refuse(UNSENDABLE.to_owned()));
    }
    answered.secrets.keep_token(token);
    let lifetime = lifetime(&body, now).map_err(|found| {
        refuse(format!(
            "the sign-in server says that its token holds for {found}, which cannot be true; \
             check --authority-url, and whether a proxy changes answers"
        ))
    })?;
    let refresh = Some(text("refresh_token")).filter(|refresh| !refresh.is_empty());
    refresh.into_iter().for_each(|refresh| answered.secrets.keep_token(refresh));
    Ok(FetchedToken {
        secret: SecretString::from(token),
        lifetime: Some(lifetime),
        server_date: answered.server_date(),
        refresh: refresh.map(SecretString::from),
        certificate_ends_at: None,
    })
}

const UNSENDABLE: &str = "the sign-in server gave a token that is longer than 64 KiB, or has a \
                          line break or another character that no token has; check \
                          --authority-url, and whether a proxy changes answers";

/// Whether a token can stand in a header: RFC 6750 knows letters, digits and some signs. No server
/// takes headers of more than some tens of kilobytes.
pub(in crate::defender) fn is_sendable(token: &str) -> bool {
    const BYTES_MAX: usize = 64 << 10;
    (1..=BYTES_MAX).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// How long a token holds: `expires_in` in seconds or `expires_on` in seconds since 1970. Entra
/// writes numbers, managed identities write them as text. Otherwise what stands there.
pub(super) fn lifetime(body: &Map<String, Value>, now: Timestamp) -> Result<Duration, String> {
    /// A week. The longest that Entra gives hold for 28 hours.
    const SECONDS_MAX: i64 = 7 * 86_400;
    /// Far more than a number has.
    const SHOWN_CHARS_MAX: usize = 40;
    let of = |name| body.get(name).filter(|value| !value.is_null());
    let (value, from) = match (of("expires_in"), of("expires_on")) {
        (Some(value), _) => (value, 0),
        (None, Some(value)) => (value, now.as_micros().div_euclid(1_000_000)),
        (None, None) => return Err("no time at all".to_owned()),
    };
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    let seconds = number.map(|number| number.saturating_sub(from));
    match seconds.filter(|seconds| (1..=SECONDS_MAX).contains(seconds)) {
        Some(seconds) => Ok(Duration::from_secs(seconds.unsigned_abs())),
        None => {
            let shown = seconds.map_or_else(|| value.to_string(), |seconds| seconds.to_string());
            let shown: String = shown.chars().take(SHOWN_CHARS_MAX).collect();
            Err(format!("{shown} seconds"))
        }
    }
}

/// An answer that proves nothing.
pub(super) fn unusable(answered: &HttpAnswer) -> TokenFailure {
    TokenFailure::unreachable(Unreachable::Connect, strange(answered))
}

/// The body is not repeated: where it is not what was expected, it might still hold a token.
fn strange(answered: &HttpAnswer) -> Detail {
    let words = match &answered.body {
        Err(cut) => cut.message.clone(),
        Ok(_) => answered.redirect().unwrap_or_else(|| {
            "not an answer from the sign-in server; a proxy may be in between".to_owned()
        }),
    };
    answered.detail(words)
}

fn error_body(answered: &HttpAnswer) -> Option<ErrorBody> {
    answered.json_body().and_then(|body| serde_json::from_slice(body).ok())
}

/// A refusal in the server's own words, with its code.
pub(super) fn refusal(answered: &HttpAnswer) -> TokenFailure {
    let Some(ErrorBody { error, error_description, error_codes }) = error_body(answered) else {
        return unusable(answered);
    };
    // Some servers quote the form that was posted, with the secret in it.
    let error = answered.secrets.hide(&error);
    let error_description = answered.secrets.hide(&error_description);
    let number = error_codes.first().copied();
    let code = number.map_or_else(|| error.to_string(), |number| format!("AADSTS{number}"));
    // What follows are IDs for Microsoft's support and a time: too long for a line.
    let cut_at = error_description.find("Trace ID:").unwrap_or(error_description.len());
    let said = error_description[..cut_at].trim();
    let said = if said.is_empty() { &error } else { said };
    let detail = Detail::new(Some(answered.status), Some(&code), said);
    if is_transient(answered.status, &error, number) {
        TokenFailure::unreachable(Unreachable::Connect, detail)
    } else {
        TokenFailure::Refused(detail)
    }
}

fn is_transient(status: u16, error: &str, number: Option<i64>) -> bool {
    matches!(status, 408 | 429)
        || error == "temporarily_unavailable"
        || matches!(number, Some(90_006 | 90_024 | 90_033 | 90_055))
}
