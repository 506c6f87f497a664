//! Whose voice an answer is: Defender's, with an error code, or a stranger's.

use crate::defender::classify::pause::{quota_window, retry_after};
use crate::defender::http_outcome::{HttpAnswer, TransportFailure};
use crate::defender::wire::{ErrorBody, Object};
use crate::domain::{Detail, Trouble};

pub(super) struct OwnWords {
    /// `error.code`; empty only in a [`complaint`].
    pub(super) code: String,
    /// `error.message`, perhaps empty.
    pub(super) message: String,
}

/// Defender's own refusal, where the answer is one.
pub(super) fn refusal(answered: &HttpAnswer) -> Option<OwnWords> {
    complaint(answered).filter(|refusal| !refusal.code.is_empty())
}

/// The same, also without a code but with words: OData says so that it does not take a query. That
/// is an answer to a list. Of a POST it proves nothing.
pub(super) fn complaint(answered: &HttpAnswer) -> Option<OwnWords> {
    let body: Object<ErrorBody> = serde_json::from_slice(answered.json_body()?).ok()?;
    let (code, message) = body.0.error.0.into_words();
    let code = if code.trim().is_empty() { String::new() } else { code };
    let says = !code.is_empty() || !message.trim().is_empty();
    says.then_some(OwnWords { code, message })
}

/// What is kept of an answer, in Defender's words where it has some.
pub(super) fn detail(answered: &HttpAnswer) -> Detail {
    match complaint(answered) {
        Some(OwnWords { code, message }) => {
            let words =
                if message.trim().is_empty() { "Defender gave no reason" } else { &message };
            let secrets = &answered.secrets;
            let code = (!code.is_empty()).then(|| secrets.hide(&code));
            Detail::new(Some(answered.status), code.as_deref(), &secrets.hide(words))
        }
        None => answered.detail(answered.stranger()),
    }
}

/// 401, 407 and 429: the one that says them has not passed the request on, so the status is enough.
pub(super) fn by_status(answered: &HttpAnswer) -> Option<Trouble> {
    match answered.status {
        401 => Some(Trouble::Unauthorized(detail(answered))),
        407 => Some(Trouble::ProxyAuthentication(answered.proxy_wants())),
        429 => {
            let message = refusal(answered).map(|refusal| refusal.message).unwrap_or_default();
            Some(Trouble::TooMany {
                retry_after: retry_after(answered, &message),
                window: quota_window(&message),
                detail: detail(answered),
            })
        }
        _ => None,
    }
}

/// Of a request of which it is certain that it was not processed.
pub(super) fn not_sent(failure: &TransportFailure) -> Option<Trouble> {
    match failure {
        TransportFailure::NotSent { kind, .. } => {
            Some(Trouble::Unreachable { kind: *kind, detail: failure.detail() })
        }
        TransportFailure::ProxyAuthentication { .. } => {
            Some(Trouble::ProxyAuthentication(failure.detail()))
        }
        TransportFailure::NoAnswer { .. } => None,
    }
}
