//! A token, and why one cannot be had.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use secrecy::SecretString;

use crate::domain::{Detail, Trouble, Unreachable};

/// No token could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sign-in failed: {detail}")]
pub struct SignInError {
    /// What was seen.
    pub detail: Detail,
    /// Whether the authority said no; otherwise it could not be reached, or did not answer as an
    /// authority does.
    pub refused: bool,
}

/// Why no token could be had, in the words of the port.
#[derive(Debug, Clone, thiserror::Error)]
pub(in crate::defender) enum TokenFailure {
    #[error("{0}")]
    Refused(Detail),
    #[error("{0}")]
    ProxyAuthentication(Detail),
    /// It could not be reached, or the answer proves nothing.
    #[error("{detail}")]
    Unreachable { kind: Unreachable, detail: Detail },
}

impl From<TokenFailure> for Trouble {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Refused(detail) => Self::SignIn(detail),
            TokenFailure::ProxyAuthentication(detail) => Self::ProxyAuthentication(detail),
            TokenFailure::Unreachable { kind, detail } => Self::Unreachable { kind, detail },
        }
    }
}

impl From<TokenFailure> for SignInError {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Refused(detail) | TokenFailure::ProxyAuthentication(detail) => {
                Self { detail, refused: true }
            }
            TokenFailure::Unreachable { detail, .. } => Self { detail, refused: false },
        }
    }
}

#[derive(Clone)]
pub(in crate::defender) struct Token {
    pub(in crate::defender) secret: SecretString,
    /// None for a token that was handed in.
    pub(super) giver: Option<Arc<dyn TokenCredential>>,
}
