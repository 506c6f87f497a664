//! Where tokens come from, and why one cannot be had.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use secrecy::{ExposeSecret, SecretString};

use super::{ClientSecret, Identity};
use crate::domain::{Detail, Timestamp, Trouble, Unreachable};

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
    /// The authority said no.
    #[error("{0}")]
    Refused(Detail),
    /// The proxy wants credentials.
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

/// A token, and who gave it.
#[derive(Clone)]
pub(in crate::defender) struct Token {
    pub(in crate::defender) secret: SecretString,
    /// None for a token that was handed in.
    pub(super) giver: Option<Arc<dyn TokenCredential>>,
}

/// Where tokens come from.
pub(in crate::defender) enum TokenSource {
    /// Handed in (`MDE_OFFBOARD_TOKEN`): it cannot be renewed.
    Given(SecretString),
    /// An application with a secret.
    ClientSecret(Box<ClientSecret>),
}

impl TokenSource {
    /// A token that is good for some minutes at least, where it can be renewed.
    pub(in crate::defender) async fn token(&self) -> Result<Token, TokenFailure> {
        match self {
            Self::Given(secret) => Ok(Token { secret: secret.clone(), giver: None }),
            Self::ClientSecret(source) => source.token().await,
        }
    }

    /// The API refused this token: the next one is fetched anew. A token that was handed in cannot
    /// be.
    pub(in crate::defender) fn forget(&self, token: &Token) {
        if let (Self::ClientSecret(source), Some(giver)) = (self, &token.giver) {
            source.forget(giver);
        }
    }

    /// Gets a token now, and reads who we are.
    pub(in crate::defender) async fn sign_in(&self) -> Result<Identity, TokenFailure> {
        // A date that is left from an earlier fetch would pass for the present time.
        self.take_server_date();
        let token = self.token().await?;
        let identity = Identity::of_token(token.secret.expose_secret());
        Ok(Identity { server_date: self.take_server_date(), ..identity })
    }

    fn take_server_date(&self) -> Option<Timestamp> {
        match self {
            Self::Given(_) => None,
            Self::ClientSecret(source) => source.take_server_date(),
        }
    }
}
