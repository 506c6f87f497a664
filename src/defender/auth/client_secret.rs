//! An application that signs in with a secret, by `azure_identity`.
//!
//! Its cache renews a token 300 seconds ahead of its end, by the system's clock, one renewal at a
//! time. The cache cannot be told to forget: after a 401 the credential is made again.

use std::error::Error;
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};

use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{self, ClientOptions, RetryOptions};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use secrecy::{ExposeSecret, SecretString};

use super::token::{Token, TokenFailure};
use super::transport::Transport;
use crate::defender::AuthorityUrl;
use crate::defender::connection::Connection;
use crate::domain::{Detail, Timestamp, Unreachable};

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(in crate::defender) struct ClientSecretError(String);

pub(in crate::defender) struct ClientSecret {
    recipe: Recipe,
    scope: String,
    current: Mutex<Arc<dyn TokenCredential>>,
}

struct Recipe {
    tenant_id: String,
    client_id: String,
    secret: SecretString,
    authority: AuthorityUrl,
    transport: Arc<Transport>,
}

impl Recipe {
    fn make(&self) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let mut cloud = CustomConfiguration::default();
        // Named here, so that it does not look for `AZURE_AUTHORITY_HOST` itself.
        cloud.authority_host = self.authority.as_https_host();
        let options = ClientSecretCredentialOptions {
            client_options: ClientOptions {
                transport: Some(http::Transport::new(self.transport.clone())),
                retry: RetryOptions::none(),
                cloud: Some(Arc::new(cloud.into())),
                ..ClientOptions::default()
            },
        };
        let secret = Secret::new(self.secret.expose_secret().to_owned());
        let credential = ClientSecretCredential::new(
            &self.tenant_id,
            self.client_id.clone(),
            secret,
            Some(options),
        )?;
        Ok(credential)
    }
}

impl ClientSecret {
    pub(in crate::defender) fn new(
        tenant_id: String,
        client_id: String,
        secret: SecretString,
        scope: String,
        authority: AuthorityUrl,
        connection: Connection,
    ) -> Result<Self, ClientSecretError> {
        let transport = Arc::new(Transport::new(connection, authority.clone()));
        let recipe = Recipe { tenant_id, client_id, secret, authority, transport };
        let current = recipe.make().map_err(|error| ClientSecretError(error.to_string()))?;
        Ok(Self { recipe, scope, current: Mutex::new(current) })
    }

    pub(super) async fn token(&self) -> Result<Token, TokenFailure> {
        let giver = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match giver.get_token(&[&self.scope], None).await {
            Ok(token) => {
                let secret = SecretString::from(token.token.secret().to_owned());
                Ok(Token { secret, giver: Some(giver) })
            }
            Err(error) => Err(why(&error)),
        }
    }

    /// Makes the credential again, unless that has happened since `giver` gave its token: of many
    /// requests that were refused at once, the first one renews.
    pub(super) fn forget(&self, giver: &Arc<dyn TokenCredential>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, giver) {
            *current = self.recipe.make().expect("the same parts have made a credential before");
        }
    }

    pub(super) fn take_server_date(&self) -> Option<Timestamp> {
        self.recipe.transport.take_server_date()
    }
}

/// Our own words, which the transport handed in and `azure_identity` wrapped. Without them the
/// answer had a token, yet not one that it could read.
fn why(error: &azure_core::Error) -> TokenFailure {
    let mut causes = iter::successors(error.source(), |&cause| cause.source());
    causes.find_map(|cause| cause.downcast_ref::<TokenFailure>().cloned()).unwrap_or_else(|| {
        let words = "the sign-in server's answer has no readable token";
        let detail = Detail::new(None, Some("unreadable_body"), words);
        TokenFailure::Unreachable { kind: Unreachable::Connect, detail }
    })
}
