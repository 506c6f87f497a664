//! An application that signs in as itself: OAuth's client credentials, by a secret or by an
//! assertion in its place.

use secrecy::{ExposeSecret, SecretString};

use super::certificate_key::CertificateKey;
use crate::defender::SecretSource;
use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::defender::auth::token_answer::judge;
use crate::defender::auth::token_endpoint::TokenEndpoint;
use crate::defender::secret_source::SecretError;
use crate::defender::secrets::Secrets;
use crate::domain::{TimeSource, Timestamp};

pub(in crate::defender) struct ClientCredentials {
    pub(in crate::defender) endpoint: TokenEndpoint,
    pub(in crate::defender) client_id: String,
    pub(in crate::defender) scope: String,
    pub(in crate::defender) proof: Proof,
    pub(in crate::defender) secrets: Secrets,
}

/// By what the application proves that it is itself.
pub(in crate::defender) enum Proof {
    Secret(SecretSource),
    /// Certificate and private key, as PEM.
    Certificate(SecretSource),
    /// A token of another issuer that Entra trusts for this application: workload identity.
    Federated(SecretSource),
}

impl Proof {
    /// Its name in the log, as `--auth` knows it.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Secret(_) => "client-secret",
            Self::Certificate(_) => "client-certificate",
            Self::Federated(_) => "workload-identity",
        }
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl ClientCredentials {
    pub(super) async fn fetch(&self, clock: &TimeSource) -> Result<FetchedToken, TokenFailure> {
        let (proof, certificate_ends_at) = self.proof(clock.now().wall).await?;
        let last = [("grant_type", "client_credentials"), ("scope", self.scope.as_str())];
        let mut form = vec![("client_id", self.client_id.as_str())];
        let proof = proof.expose_secret();
        match self.proof {
            Proof::Secret(_) => form.push(("client_secret", proof)),
            Proof::Certificate(_) | Proof::Federated(_) => form
                .extend([("client_assertion", proof), ("client_assertion_type", ASSERTION_TYPE)]),
        }
        form.extend(last);
        let seen = self.endpoint.ask(&form).await;
        let fetched = judge(&seen, clock.now().wall)?;
        Ok(FetchedToken { certificate_ends_at, ..fetched })
    }

    /// What is sent as the proof, and when the certificate ends that it is made with.
    async fn proof(
        &self,
        now: Timestamp,
    ) -> Result<(SecretString, Option<Timestamp>), TokenFailure> {
        let unread = |error: SecretError| TokenFailure::refused("secret_unreadable", error.words());
        match &self.proof {
            Proof::Secret(source) => {
                let secret = source.read().await.map_err(unread)?;
                if source.fixed().is_none() {
                    self.secrets.keep_token(secret.expose_secret());
                }
                Ok((secret, None))
            }
            Proof::Federated(source) => {
                let token = source.read().await.map_err(unread)?;
                let token = SecretString::from(token.expose_secret().trim());
                self.secrets.keep_token(token.expose_secret());
                Ok((token, None))
            }
            Proof::Certificate(source) => {
                let pem = source.read().await.map_err(unread)?;
                let refused = |words: String| TokenFailure::refused("certificate_unusable", &words);
                let key = CertificateKey::read(pem.expose_secret())
                    .map_err(|error| refused(error.to_string()))?;
                key.check_time(now).map_err(|error| refused(error.to_string()))?;
                let audience = self.endpoint.token_url();
                let assertion = key.assertion(&self.client_id, audience.as_str(), now);
                let assertion = assertion.map_err(|error| refused(error.to_string()))?;
                self.secrets.keep_token(assertion.expose_secret());
                Ok((assertion, Some(key.ends_at())))
            }
        }
    }
}
