//! What a request came back with. Answers are data: a 404, a 429 and a timeout are variants.

use std::fmt;
use std::time::Duration;

use super::{Action, MachineId, Timestamp, text};

/// What is kept of an answer for people and for the report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// HTTP status; none where no status line came.
    pub http_status: Option<u16>,
    /// `error.code` of Defender's body, or a word of our own (`timeout`, `connection_refused`).
    pub code: Option<String>,
    /// In words, fit to be shown ([`text::prose`]), at most [`Self::MESSAGE_CHARS_MAX`] characters.
    pub message: String,
}

impl Detail {
    /// Longest message that is kept: a proxy's page must not fill the journal.
    pub const MESSAGE_CHARS_MAX: usize = 500;

    /// Longest code that is kept, in characters.
    pub const CODE_CHARS_MAX: usize = 100;

    /// Words for what happened, made fit to be stored and shown, and cut to length.
    pub fn new(http_status: Option<u16>, code: Option<&str>, message: &str) -> Self {
        Self {
            http_status,
            code: code.map(|code| text::prose(code, Self::CODE_CHARS_MAX)),
            message: text::prose(message, Self::MESSAGE_CHARS_MAX),
        }
    }

    /// Whether an answer like this one may be another by itself, after a while: no whole answer, a
    /// server that is busy, broken or being restarted. A list, an address, an app or a certificate
    /// that is wrong stays so.
    pub fn changes_by_waiting(&self) -> bool {
        const CUT: [&str; 3] = ["timeout", "connection_reset", "unreadable_body"];
        match self.http_status {
            Some(401 | 408 | 425 | 429) => true,
            Some(200..=499) => CUT.contains(&self.code()),
            Some(_) => true,
            None => !self.refuses_access(),
        }
    }

    /// Whether the way to the server is barred: by its certificate, by TLS that does not fit, by a
    /// rule of the proxy. Waiting does not change it, and no request gets through.
    pub fn refuses_access(&self) -> bool {
        const BARRED: [&str; 3] = ["certificate", "tls_refused", "proxy_refused"];
        self.http_status.is_none() && BARRED.contains(&self.code())
    }

    /// What a sign-in came to that gave no token: refused by the one who was asked, or nobody could
    /// be asked, since there is no secret, no way there, or no token that holds.
    pub fn sign_in_failed(&self) -> &'static str {
        let was_asked = match self.http_status {
            // A proxy's word.
            Some(407) => false,
            Some(_) => true,
            None => self.code().starts_with("device_code"),
        };
        if was_asked { "sign-in was refused" } else { "no sign-in was possible" }
    }

    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }
}

/// `words (code)`, `words (HTTP status)`, or the words alone.
impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (&self.code, self.http_status) {
            (Some(code), Some(status)) => write!(f, " ({code}, HTTP {status})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(status)) => write!(f, " (HTTP {status})"),
            (None, None) => Ok(()),
        }
    }
}

/// The answer to one `POST .../offboard`, by what it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Accepted {
        action: Action,
        /// Whether it carries another comment than ours: an existing action was returned.
        adopted: bool,
        /// 200 or 201.
        http_status: u16,
    },
    /// An action is active on the machine (`ActiveRequestAlreadyExists`): whose and which kind has
    /// to be looked up. This request had no effect.
    Busy(Detail),
    /// No effect, and none ever: unsupported system, bad request ...
    Refused(Detail),
    /// No effect: 404 `ResourceNotFound` or `NotFound`. False ones are reported, so it is asked
    /// again.
    Absent(Detail),
    /// No effect, and nothing that is about this machine.
    Trouble(Trouble),
    /// It is not known whether the request took effect.
    Doubtful { doubt: Doubt, detail: Detail },
}

/// Why it is not known whether a request took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// No whole answer: a timeout, a reset, an end of file after a byte was written.
    NoAnswer,
    /// A success status without a machine action in it, of another type, or unreadable.
    WrongShape,
    /// Any other status, or a body that is not Defender's.
    OtherAnswer,
    /// A redirect, which is never followed: the address or a proxy is wrong.
    Redirected,
    WrongMachine(MachineId),
    /// The process ended between the intent and the answer.
    ProcessEnded,
    /// `ActiveRequestAlreadyExists`: this request had no effect, an earlier one may have.
    Busy,
}

/// A reason for which nothing happened at the server, and which is not about one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No byte of the request was written, or the server turned it away unprocessed.
    Unreachable { kind: Unreachable, detail: Detail },
    /// The sign-in was refused.
    SignIn(Detail),
    /// The token ended, and nobody here can get another one.
    TokenEnded(Detail),
    /// 401: the token is not taken. The next request comes with a new one.
    Unauthorized(Detail),
    /// 403, with Defender's code.
    Forbidden(Detail),
    /// 407: the proxy wants credentials.
    ProxyAuthentication(Detail),
    /// 429.
    TooMany {
        /// How long to wait, counted from the receipt; none where the server did not say.
        retry_after: Option<Duration>,
        /// Length of the window that is full, where the body tells it.
        window: Option<Duration>,
        detail: Detail,
    },
    /// Reads and cancels only: an answer that proves nothing (5xx, a proxy's page, a timeout).
    Unreadable(Detail),
    /// Reads and cancels only: an answer about something else than was asked about.
    Mismatched(Detail),
    /// Reads and cancels only: a redirect, which is never followed.
    Redirected(Detail),
}

impl Trouble {
    pub const fn detail(&self) -> &Detail {
        match self {
            Self::Unreachable { detail, .. } | Self::TooMany { detail, .. } => detail,
            Self::SignIn(detail)
            | Self::TokenEnded(detail)
            | Self::Unauthorized(detail)
            | Self::Forbidden(detail)
            | Self::ProxyAuthentication(detail)
            | Self::Unreadable(detail)
            | Self::Mismatched(detail)
            | Self::Redirected(detail) => detail,
        }
    }
}

/// Where a request ended that was certainly not processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unreachable {
    /// The name could not be resolved: often a VPN that is off.
    Name,
    /// Refused, no route, or no connection in time; or the server turned the request away, as one
    /// does that is being restarted.
    Connect,
    /// The TLS handshake failed: often an inspecting proxy whose certificate is not trusted.
    Tls,
    Proxy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadAnswer<T> {
    Read(T),
    /// 404, or a refusal that is about this one object, in the server's words.
    Refused(Detail),
    /// Nothing was learned.
    Trouble(Trouble),
}

/// One page of a list, in the order of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What could be read.
    pub items: Vec<T>,
    /// How many rows the server sent, readable or not.
    pub rows: usize,
    /// Whether the server links to a next page. The link is never followed; that it is there says
    /// that this page is not the last one, however short it is.
    pub has_next: bool,
}

/// How much a page has, without its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageExtent {
    /// Items, of which there may be fewer than rows.
    pub items: usize,
    pub rows: usize,
    pub has_next: bool,
}

impl<T> Page<T> {
    pub const fn extent(&self) -> PageExtent {
        PageExtent { items: self.items.len(), rows: self.rows, has_next: self.has_next }
    }
}

/// What came back for any call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    pub what: T,
    /// Whether a status line came: the call's receipt is certain. Without one, bytes may still be
    /// under way, and the limiter adds its margin.
    pub heard: bool,
    /// The server's clock, from its `Date` header.
    pub server_date: Option<Timestamp>,
}
