//! What the token endpoint's answers mean: pure.
//!
//! Entra's documentation asks to decide by `error` and to use the AADSTS codes for diagnosis only;
//! the few codes that mean "not now" are told apart all the same, since a run must not end for
//! them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::token::TokenFailure;
use crate::defender::http_outcome::{HttpAnswer, HttpOutcome, TransportFailure};
use crate::domain::{Detail, Timestamp, Unreachable};

pub(super) struct Granted {
    /// For `azure_identity`, with times that it can add to the present one.
    pub(super) body: Vec<u8>,
    pub(super) server_date: Option<Timestamp>,
}

/// Longest time for which a token is taken to hold, in seconds: two days. The longest that Entra
/// gives hold for 28 hours; a later end would only put off the renewal until the API says 401.
const EXPIRES_IN_MAX: u64 = 2 * 86_400;

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_codes: Vec<i64>,
}

/// The answer, where it has a token in it; else why there is none.
///
/// A token that is found is known as a secret from then on.
pub(super) fn judge(seen: &HttpOutcome) -> Result<Granted, TokenFailure> {
    let answered = match seen {
        HttpOutcome::Answered(answered) => answered,
        HttpOutcome::Failed(failure) => {
            let kind = match failure {
                TransportFailure::ProxyAuthentication { .. } => {
                    return Err(TokenFailure::ProxyAuthentication(failure.detail()));
                }
                TransportFailure::NotSent { kind, .. } => *kind,
                TransportFailure::NoAnswer { .. } => Unreachable::Connect,
            };
            return Err(TokenFailure::Unreachable { kind, detail: failure.detail() });
        }
    };
    match answered.status {
        200 => granted(answered),
        407 => Err(TokenFailure::ProxyAuthentication(strange(answered))),
        400..=499 => Err(refusal(answered)),
        _ => {
            Err(TokenFailure::Unreachable { kind: Unreachable::Connect, detail: strange(answered) })
        }
    }
}

fn granted(answered: &HttpAnswer) -> Result<Granted, TokenFailure> {
    let body = answered.json_body().and_then(|body| serde_json::from_slice(body).ok());
    let mut body: Map<String, Value> = body.unwrap_or_default();
    let token = body.get("access_token").and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        let detail = strange(answered);
        return Err(TokenFailure::Unreachable { kind: Unreachable::Connect, detail });
    }
    if !is_sendable(token) {
        // Waiting changes nothing about it, so it is a refusal.
        let words = "the sign-in server gave a token that is longer than 64 KiB, or has a line \
                     break or another character that no token has; check --authority-url, and \
                     whether a proxy changes answers";
        return Err(TokenFailure::Refused(answered.detail(words)));
    }
    answered.secrets.keep_token(token);
    for name in ["expires_in", "ext_expires_in"] {
        if let Some(seconds) = body.get_mut(name) {
            bound(seconds);
        }
    }
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Ok(Granted { body, server_date: answered.server_date() })
}

/// Whether a token can stand in a header: RFC 6750 knows letters, digits and some signs. No server
/// takes headers of more than some tens of kilobytes.
pub(in crate::defender) fn is_sendable(token: &str) -> bool {
    const BYTES_MAX: usize = 64 << 10;
    (1..=BYTES_MAX).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// `azure_identity` adds any number that stands here to the present time, and panics where the sum
/// is no date. What is no number it refuses by itself.
fn bound(seconds: &mut Value) {
    let Value::Number(number) = &*seconds else { return };
    let bounded = match (number.as_u64(), number.as_f64()) {
        (Some(seconds), _) => seconds.min(EXPIRES_IN_MAX),
        (None, Some(seconds)) if seconds > 0.0 => EXPIRES_IN_MAX,
        (None, _) => 0,
    };
    *seconds = bounded.into();
}

/// The body is not repeated: where it is not what was expected, it might still hold a token.
fn strange(answered: &HttpAnswer) -> Detail {
    let words = match &answered.body {
        Err(cut) => cut.message.clone(),
        Ok(_) => "not an answer from the sign-in server; a proxy may be in between".to_owned(),
    };
    answered.detail(words)
}

fn refusal(answered: &HttpAnswer) -> TokenFailure {
    let body = answered.json_body().and_then(|body| serde_json::from_slice(body).ok());
    let Some(ErrorBody { error, error_description, error_codes }) = body else {
        let detail = strange(answered);
        return TokenFailure::Unreachable { kind: Unreachable::Connect, detail };
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
    let words = match number.and_then(hint) {
        Some(hint) => format!("{said} Hint: {hint}"),
        None => said.to_owned(),
    };
    let detail = Detail::new(Some(answered.status), Some(&code), &words);
    if is_transient(answered.status, &error, number) {
        TokenFailure::Unreachable { kind: Unreachable::Connect, detail }
    } else {
        TokenFailure::Refused(detail)
    }
}

fn is_transient(status: u16, error: &str, number: Option<i64>) -> bool {
    matches!(status, 408 | 429)
        || error == "temporarily_unavailable"
        || matches!(number, Some(90_006 | 90_024 | 90_033 | 90_055))
}

/// What to do about the codes that an administrator meets ("Microsoft Entra authentication and
/// authorization error codes").
fn hint(number: i64) -> Option<&'static str> {
    Some(match number {
        7_000_215 => "use the secret's value, not its ID",
        7_000_222 => "the secret has expired; make a new one",
        700_016 => "check the tenant ID and the client ID",
        7_000_112 | 70_001 => "the application is disabled in this tenant",
        90_002 => "check the tenant ID and --cloud",
        90_038 | 900_382 | 900_432 => "the tenant belongs to another cloud; check --cloud",
        500_011 => "Defender is not set up in this tenant, or --cloud is wrong",
        650_052 => "the tenant has no licence for Defender",
        65_001 | 650_057 => "add the permission and give admin consent",
        53_003 | 530_032 => "a Conditional Access policy blocks the sign-in",
        _ => return None,
    })
}
