//! Where tokens come from.

use secrecy::{ExposeSecret, SecretString};

use super::token::{Token, TokenFailure};
use super::{ClientSecret, Identity};
use crate::domain::Timestamp;

pub(in crate::defender) enum TokenSource {
    /// Handed in (`MDE_OFFBOARD_TOKEN`): it cannot be renewed.
    Given(SecretString),
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

    /// The API refused this token: the next one is fetched again. A token that was handed in cannot
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
