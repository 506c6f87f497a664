//! A token, and why one cannot be had.

use std::time::Duration;

use secrecy::SecretString;

use crate::defender::classify::retry_after;
use crate::defender::http_outcome::HttpAnswer;
use crate::domain::{Detail, Timestamp, Trouble, Unreachable};

/// No token could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sign-in failed: {detail}")]
pub struct SignInError {
    /// What was seen.
    pub detail: Detail,
    /// Whether the authority said no, or nobody gets through to it (a certificate that is not
    /// trusted, a rule of the proxy); otherwise it could not be reached, or did not answer as an
    /// authority does.
    pub refused: bool,
    /// For how long the server asks to be left alone; until then nobody is asked.
    pub retry_after: Option<Duration>,
}

/// Why no token could be had, in the words of the port.
#[derive(Debug, Clone, thiserror::Error)]
pub(in crate::defender) enum TokenFailure {
    #[error("{0}")]
    Refused(Detail),
    /// The token ended, and nobody here can get another one.
    #[error("{0}")]
    Ended(Detail),
    #[error("{0}")]
    ProxyAuthentication(Detail),
    /// It could not be reached, or the answer proves nothing.
    #[error("{detail}")]
    Unreachable {
        kind: Unreachable,
        detail: Detail,
        /// For how long the server asks to be left alone, within our bound.
        retry_after: Option<Duration>,
    },
}

impl TokenFailure {
    /// A refusal of our own, before anybody was asked.
    pub(super) fn refused(code: &str, words: &str) -> Self {
        Self::Refused(Detail::new(None, Some(code), words))
    }

    /// Nobody was reached, or an answer came that proves nothing.
    pub(super) const fn unreachable(kind: Unreachable, detail: Detail) -> Self {
        Self::Unreachable { kind, detail, retry_after: None }
    }

    /// The same with the wait that an answer asks for, and its end in words. After one of hours it
    /// is tried sooner: a sign-in that works again must not be missed for that long.
    pub(super) fn heeding(self, answered: &HttpAnswer, now: Timestamp) -> Self {
        const WAIT_MAX: Duration = Duration::from_mins(15);
        const SECOND: i64 = 1_000_000;
        let (Self::Unreachable { kind, detail, .. }, Some(wait)) =
            (&self, retry_after(answered, ""))
        else {
            return self;
        };
        let wait = wait.min(WAIT_MAX);
        let until = now.plus(wait).as_micros().div_euclid(SECOND) * SECOND;
        let words = format!(
            "it asks to wait, which is done until {}: {}",
            Timestamp::from_micros(until),
            detail.message
        );
        let message = Detail::new(None, None, &words).message;
        let detail = Detail { message, ..detail.clone() };
        Self::Unreachable { kind: *kind, detail, retry_after: Some(wait) }
    }

    /// How long to leave the server alone.
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unreachable { retry_after, .. } => *retry_after,
            Self::Refused(_) | Self::Ended(_) | Self::ProxyAuthentication(_) => None,
        }
    }
}

impl From<TokenFailure> for Trouble {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Refused(detail) => Self::SignIn(detail),
            TokenFailure::Ended(detail) => Self::TokenEnded(detail),
            TokenFailure::ProxyAuthentication(detail) => Self::ProxyAuthentication(detail),
            TokenFailure::Unreachable { kind, detail, .. } => Self::Unreachable { kind, detail },
        }
    }
}

impl From<TokenFailure> for SignInError {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Refused(detail)
            | TokenFailure::Ended(detail)
            | TokenFailure::ProxyAuthentication(detail) => {
                Self { detail, refused: true, retry_after: None }
            }
            TokenFailure::Unreachable { detail, retry_after, .. } => {
                Self { refused: detail.refuses_access(), detail, retry_after }
            }
        }
    }
}

/// A token as it is handed out.
#[derive(Clone)]
pub(in crate::defender) struct Token {
    pub(in crate::defender) secret: SecretString,
    /// Which one it is of those that the holder fetched.
    pub(super) number: u64,
}

/// A token as it was fetched.
#[derive(Clone)]
pub(super) struct FetchedToken {
    pub(super) secret: SecretString,
    /// For how long it holds; none where nobody knows.
    pub(super) lifetime: Option<Duration>,
    /// The clock of the server that gave it.
    pub(super) server_date: Option<Timestamp>,
    /// With which a signed-in person's next token is fetched.
    pub(super) refresh: Option<SecretString>,
    /// When the certificate ends that was used for it.
    pub(super) certificate_ends_at: Option<Timestamp>,
}
