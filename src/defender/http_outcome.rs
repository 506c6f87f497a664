//! What was seen of one request, before anyone judges it.
//!
//! `connection` makes it from reqwest's words, `classify` judges it. Pure data: no reqwest here, so
//! that every case can be written down in a test.

use std::borrow::Cow;
use std::fmt;

use crate::defender::page;
use crate::defender::secrets::Secrets;
use crate::domain::text::prose;
use crate::domain::{Detail, Timestamp, Unreachable};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpOutcome {
    /// A status line came; the body may not be whole.
    Answered(HttpAnswer),
    Failed(TransportFailure),
}

/// A status line, the headers that matter, and the body.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// HTTP status, 100 to 599 (and anything else that a server makes up).
    pub status: u16,
    pub content_type: Option<String>,
    pub retry_after: Option<String>,
    pub date: Option<String>,
    /// The host to which a redirect leads; nothing else of the address, which may hold what was
    /// asked.
    pub redirect_host: Option<String>,
    /// The whole body after decoding, or why it is not whole.
    pub body: Result<Vec<u8>, BrokenBody>,
    pub secrets: Secrets,
}

/// Without the body, which may hold a token, and without words of the server's.
impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.body.as_ref().map(Vec::len);
        f.debug_struct("HttpAnswer")
            .field("status", &self.status)
            .field("body_bytes", &bytes)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenBody {
    /// `timeout`, `connection_reset`, `unreadable_body` or `body_too_large`.
    pub code: &'static str,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportFailure {
    /// It is certain that the request was not processed: no byte of it was written, or the server
    /// said so over HTTP/2.
    NotSent {
        kind: Unreachable,
        /// `name_not_resolved`, `name_unknown`, `connection_refused`, `no_route`,
        /// `connection_reset`, `timeout`, `tls`, `tls_refused`, `certificate`, `proxy`,
        /// `proxy_refused` or `going_away`.
        code: &'static str,
        message: String,
    },
    /// The proxy wants credentials before it opens a tunnel: no byte of the request was written.
    ProxyAuthentication { message: String },
    /// Everything else: the request may have been processed.
    NoAnswer {
        /// `timeout` or `connection_reset`.
        code: &'static str,
        message: String,
    },
}

impl HttpOutcome {
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(answered) => Some(answered.status),
            Self::Failed(_) => None,
        }
    }

    pub fn server_date(&self) -> Option<Timestamp> {
        match self {
            Self::Answered(answered) => answered.server_date(),
            Self::Failed(_) => None,
        }
    }
}

impl TransportFailure {
    /// The same without our secrets: a library may quote an address or a header.
    pub(super) fn without(self, secrets: &Secrets) -> Self {
        let hidden = |message: String| secrets.hide(&message).into_owned();
        match self {
            Self::NotSent { kind, code, message } => {
                Self::NotSent { kind, code, message: hidden(message) }
            }
            Self::ProxyAuthentication { message } => {
                Self::ProxyAuthentication { message: hidden(message) }
            }
            Self::NoAnswer { code, message } => Self::NoAnswer { code, message: hidden(message) },
        }
    }

    pub fn detail(&self) -> Detail {
        match self {
            Self::NotSent { code, message, .. } | Self::NoAnswer { code, message } => {
                Detail::new(None, Some(code), message)
            }
            Self::ProxyAuthentication { message } => Detail::new(Some(407), Some("proxy"), message),
        }
    }
}

impl HttpAnswer {
    /// The server's clock, from `Date`.
    pub fn server_date(&self) -> Option<Timestamp> {
        self.date.as_deref().and_then(http_date)
    }

    /// The body, where it is whole and says to be JSON (or does not say what it is).
    pub(super) fn json_body(&self) -> Option<&[u8]> {
        let body = self.body.as_ref().ok()?;
        let is_json = match &self.content_type {
            None => true,
            Some(kind) => {
                let media = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                media == "application/json" || media == "text/json" || media.ends_with("+json")
            }
        };
        is_json.then_some(body)
    }

    /// Words for an answer that is not Defender's own: a page's title and text, or its beginning,
    /// so that the proxy that gave it can be found. Behind a 404, what that says of the address.
    pub(super) fn stranger(&self) -> String {
        if let Some(redirect) = self.redirect() {
            return redirect;
        }
        let quoted = self.quoted();
        if self.status == 404 && self.body.is_ok() {
            format!(
                "{quoted}; Defender's API is not at this address: check --api-url and the proxy"
            )
        } else {
            quoted
        }
    }

    /// Words for a redirect: where to, and what to do; none for another answer.
    pub(super) fn redirect(&self) -> Option<String> {
        if !matches!(self.status, 301..=303 | 307 | 308) {
            return None;
        }
        let to = self.redirect_host.as_ref().map(|host| format!(" to `{host}`"));
        Some(format!(
            "a redirect{}, which is never followed; if this network has a sign-in page, open it \
             in a browser, otherwise check the address and the proxy",
            to.unwrap_or_default()
        ))
    }

    /// Of a 407, which only a proxy says: what it is, and what to do.
    pub(super) fn proxy_wants(&self) -> Detail {
        let words = format!(
            "a proxy wants a user name and a password; set \
             HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT; it said: {}",
            self.quoted()
        );
        self.detail(words)
    }

    fn quoted(&self) -> String {
        /// Enough for the title of a proxy's page.
        const EXCERPT_CHARS: usize = 300;
        /// The media types that are registered have at most 127 and a parameter.
        const KIND_CHARS: usize = 150;
        let kind = self.content_type.as_deref().unwrap_or("no content type");
        let kind = prose(&self.secrets.hide(kind), KIND_CHARS);
        match &self.body {
            Err(cut) => cut.message.clone(),
            Ok(body) if body.is_empty() => "an empty answer".to_owned(),
            Ok(body) => {
                let text = Secrets::searched(body);
                let text = self.shown(&without_token(&self.secrets.hide(&text)));
                format!("not an answer from Defender ({kind}): {}", prose(&text, EXCERPT_CHARS))
            }
        }
    }

    /// A page's words; of anything else, and of a page without words, the text as it is.
    fn shown(&self, text: &str) -> String {
        let kind = self.content_type.as_deref();
        let words = if page::is_page(kind, text) { page::words(text) } else { String::new() };
        // Without the markup, pieces of a secret may stand side by side.
        let words = self.secrets.hide(&words).into_owned();
        if words.is_empty() { text.to_owned() } else { words }
    }

    /// What is kept of an answer without Defender's code in it.
    pub(super) fn detail(&self, words: impl Into<Cow<'static, str>>) -> Detail {
        let code = self.body.as_ref().err().map(|cut| cut.code);
        Detail::new(Some(self.status), code, &self.secrets.hide(&words.into()))
    }
}

/// Some proxies quote the request's headers in their page: what follows `Bearer` is a secret, also
/// where it is not one of ours.
pub(super) fn without_token(text: &str) -> String {
    let mut is_secret = false;
    let words = text.split_whitespace().map(|word| {
        let shown = if is_secret { "[REDACTED]" } else { word };
        is_secret = word.to_ascii_lowercase().ends_with("bearer");
        shown
    });
    words.collect::<Vec<_>>().join(" ")
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of RFC 9110 that servers still send.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text.trim()).ok().map(Timestamp::from)
}
