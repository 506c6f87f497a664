//! What the log says of requests and answers: a line each, and at the most detailed level headers
//! and bodies.
//!
//! A word of a server's is logged only after our own secrets are taken out of it, and a header that
//! carries one never. On the way to a sign-in no body is logged unless it is a refusal: what is
//! posted there proves who we are, and what comes back is a token. Deliberately absent: what an
//! answer means (`classify`), and where the log is written (`cli`).

use std::borrow::Cow;

use reqwest::header::HeaderMap;
use reqwest::{Request, Url};
use tracing::Level;

use super::proxies::{Hop, Way};
use crate::defender::http_outcome::{HttpAnswer, TransportFailure, without_token};
use crate::defender::secrets::Secrets;
use crate::domain::text::{in_line, word};
use crate::domain::{Steady, TimeSource};

/// The names under which lines of the log are found.
const HTTP: &str = "mde_offboard::http";

/// Parameters of an address whose values are no secrets. Of any other only the name is logged.
const OPEN_PARAMETERS: [&str; 5] = ["$filter", "$top", "$skip", "api-version", "resource"];

/// Headers whose values are or may be secrets.
const SECRET_HEADERS: [&str; 5] =
    ["authorization", "cookie", "proxy-authorization", "set-cookie", "x-identity-header"];

/// Headers that name a request on the server's side, the first of which is told.
const ID_HEADERS: [&str; 3] = ["request-id", "x-ms-request-id", "x-request-id"];

/// Most of a body that is logged, in characters: an action and an error are whole. A page of a list
/// is not, of which a run reads many.
const BODY_CHARS: usize = 2_000;

/// Longest value of a header that is logged, in characters.
const HEADER_CHARS: usize = 500;

/// Longest ID of a request, in characters. A GUID has 36.
const ID_CHARS: usize = 80;

/// What bodies on a way hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::defender) enum Bodies {
    /// Machines, actions, comments.
    Data,
    /// What one signs in with, and tokens.
    Secret,
}

/// One request, until its answer is there.
pub(super) struct Exchange<'a> {
    method: String,
    host: String,
    target: String,
    proxy: Option<String>,
    began: Steady,
    clock: &'a TimeSource,
    secrets: &'a Secrets,
    bodies: Bodies,
}

impl<'a> Exchange<'a> {
    /// Logs what is about to be sent.
    pub(super) fn begin(
        request: &Request,
        way: &Way,
        (clock, secrets, bodies): (&'a TimeSource, &'a Secrets, Bodies),
    ) -> Self {
        let exchange = Self {
            method: request.method().to_string(),
            host: way.host.clone(),
            target: target(request.url(), secrets),
            proxy: way.hop.as_ref().map(Hop::place),
            began: clock.now().steady,
            clock,
            secrets,
            bodies,
        };
        if tracing::enabled!(target: HTTP, Level::TRACE) {
            let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
            let body = match bodies {
                Bodies::Data => exchange.shown(body),
                Bodies::Secret => left_out(body),
            };
            let Self { method, target, .. } = &exchange;
            tracing::trace!(
                target: HTTP, headers = headers(request.headers(), secrets), body,
                "sending {method} {target}"
            );
        }
        exchange
    }

    /// Logs the headers of an answer; gives the ID that the server has for the request.
    pub(super) fn answered(&self, headers_of: &HeaderMap) -> Option<String> {
        if tracing::enabled!(target: HTTP, Level::TRACE) {
            let Self { method, target, .. } = self;
            tracing::trace!(
                target: HTTP, headers = headers(headers_of, self.secrets),
                "answer to {method} {target}"
            );
        }
        let id = ID_HEADERS.iter().find_map(|name| headers_of.get(*name))?;
        let id = String::from_utf8_lossy(id.as_bytes());
        Some(word(&self.secrets.hide(&id), ID_CHARS))
    }

    /// Logs an answer, once it is read.
    pub(super) fn read(&self, answer: &HttpAnswer, request_id: Option<&str>) {
        let Self { method, target, host, proxy, .. } = self;
        let bytes = answer.body.as_ref().map(Vec::len).ok();
        let broken = answer.body.as_ref().err().map(|broken| broken.code);
        tracing::debug!(
            target: HTTP, status = answer.status, ms = self.ms(), bytes, broken, request_id,
            host, proxy, "{method} {target}"
        );
        let Ok(body) = &answer.body else { return };
        if tracing::enabled!(target: HTTP, Level::TRACE) {
            let body = match self.bodies {
                Bodies::Secret if answer.status < 300 => left_out(body),
                _ => self.shown(body),
            };
            tracing::trace!(target: HTTP, body, "body of {method} {target}");
        }
    }

    /// Logs that no answer came.
    pub(super) fn failed(&self, failure: &TransportFailure) {
        let Self { method, target, host, proxy, .. } = self;
        let detail = failure.detail();
        tracing::warn!(
            target: HTTP, ms = self.ms(), error_code = detail.code(), error = detail.message,
            host, proxy, "{method} {target} was not answered"
        );
    }

    fn ms(&self) -> u64 {
        let took = self.clock.now().steady.since(self.began).as_millis();
        u64::try_from(took).unwrap_or(u64::MAX)
    }

    /// A body, without our secrets and what else signs in, cut to length only after that.
    fn shown(&self, body: &[u8]) -> String {
        let text = Secrets::searched(body);
        cut(&without_token(&self.secrets.hide(&text)), BODY_CHARS)
    }
}

fn left_out(body: &[u8]) -> String {
    format!("({} bytes that may hold a secret)", body.len())
}

fn cut(text: &str, chars_max: usize) -> String {
    let text = in_line(text);
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Path and query. Of a parameter that may be secret only the name.
fn target(url: &Url, secrets: &Secrets) -> String {
    let Some(query) = url.query() else { return secrets.hide(url.path()).into_owned() };
    let parameters = query.split('&').map(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        if OPEN_PARAMETERS.contains(&name) {
            Cow::Borrowed(parameter)
        } else {
            Cow::Owned(format!("{name}=[secret]"))
        }
    });
    let query: Vec<_> = parameters.collect();
    secrets.hide(&format!("{}?{}", url.path(), query.join("&"))).into_owned()
}

/// `name: value; name: value`, without the values that are secret.
fn headers(headers: &HeaderMap, secrets: &Secrets) -> String {
    let shown = headers.iter().map(|(name, value)| {
        let name = name.as_str();
        if value.is_sensitive() || SECRET_HEADERS.contains(&name) {
            return format!("{name}: [secret]");
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = without_token(&secrets.hide(&value));
        format!("{name}: {}", cut(&value, HEADER_CHARS))
    });
    shown.collect::<Vec<_>>().join("; ")
}
