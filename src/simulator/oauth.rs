//! Sign-in: the token endpoint of Microsoft Entra, as far as one app and one person need it.
//!
//! Called by the shell's token route, and by the tenant for each call's `Authorization`.
//! Deliberately absent: signatures of its own tokens (nobody here checks one).

use serde::Serialize;

use crate::domain::Timestamp;

use super::answer::{Response, wire_time};
use super::assertion::{is_federated, is_signed};
use super::grants::{IssuedToken, TokenHolderKind};
use super::tenant::SimulatedTenant;
use super::token_error::TokenError;

/// What a scope names before `/.default`: the audiences that Defender has in the clouds.
const AUDIENCES: [&str; 5] = [
    "https://api.securitycenter.microsoft.com",
    "https://api.securitycenter.windows.com",
    "https://securitycenter.onmicrosoft.com/windowsatpservice",
    "https://api-gcc.securitycenter.microsoft.us",
    "https://api-gov.securitycenter.microsoft.us",
];

/// What a client posts to the token endpoint.
#[derive(Clone, Default)]
pub struct TokenForm {
    /// `client_credentials`.
    pub grant_type: String,
    pub client_id: String,
    pub client_secret: String,
    /// Audience and `/.default`; for a person others may stand beside it.
    pub scope: String,
    /// What an app hands in instead of a secret.
    pub client_assertion: String,
    pub device_code: String,
    pub refresh_token: String,
}

#[derive(Serialize)]
struct TokenBody<'a> {
    token_type: &'a str,
    expires_in: u64,
    ext_expires_in: u64,
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

#[derive(Serialize)]
struct TokenFailure<'a> {
    error: &'a str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: String,
    correlation_id: String,
    error_uri: String,
}

impl SimulatedTenant {
    /// A token for the app with the roles that it has now.
    ///
    /// # Errors
    /// [`TokenError`] as Entra would refuse it.
    pub fn token(
        &mut self,
        now: Timestamp,
        client_id: &str,
        secret: &str,
        scope: &str,
    ) -> Result<IssuedToken, TokenError> {
        let audience = of_scope(scope)?;
        self.check_client(client_id)?;
        if secret != self.options.client_secret {
            return Err(TokenError::WrongSecret);
        }
        Ok(self.grants.issue(now, audience, TokenHolderKind::App, &self.options))
    }

    fn check_client(&self, client_id: &str) -> Result<(), TokenError> {
        if client_id.eq_ignore_ascii_case(&self.options.client_id) {
            Ok(())
        } else {
            Err(TokenError::UnknownClient(client_id.to_owned()))
        }
    }

    /// The token endpoint's answer to a form posted under a tenant's ID.
    pub fn sign_in(&mut self, now: Timestamp, tenant_id: &str, form: &TokenForm) -> Response {
        let token = if tenant_id.eq_ignore_ascii_case(&self.options.tenant_id) {
            self.grant(now, tenant_id, form)
        } else {
            Err(TokenError::UnknownTenant(tenant_id.to_owned()))
        };
        match token {
            Ok((token, refresh_token)) => {
                let seconds = token.expires_in.as_secs();
                let body = TokenBody {
                    token_type: "Bearer",
                    expires_in: seconds,
                    ext_expires_in: seconds,
                    access_token: &token.access_token,
                    refresh_token,
                };
                Response::json(200, &body)
            }
            Err(error) => self.no_token(now, &error),
        }
    }

    fn grant(
        &mut self,
        now: Timestamp,
        tenant_id: &str,
        form: &TokenForm,
    ) -> Result<(IssuedToken, Option<String>), TokenError> {
        match form.grant_type.as_str() {
            "client_credentials" if !form.client_assertion.is_empty() => {
                self.by_assertion(now, tenant_id, form).map(|token| (token, None))
            }
            "client_credentials" if form.client_secret.is_empty() => Err(TokenError::NoProof),
            "client_credentials" => self
                .token(now, &form.client_id, &form.client_secret, &form.scope)
                .map(|token| (token, None)),
            "urn:ietf:params:oauth:grant-type:device_code" => {
                self.check_client(&form.client_id)?;
                let person = self.options.device_person;
                self.device_codes.ask(now, &form.device_code, person)?;
                Ok(self.for_person(now, AUDIENCES[0]))
            }
            "refresh_token" => {
                self.check_client(&form.client_id)?;
                self.device_codes.spend(&form.refresh_token)?;
                let scope = form.scope.split(' ').next().unwrap_or_default();
                let audience = of_scope(scope)?;
                Ok(self.for_person(now, audience))
            }
            other => Err(TokenError::UnsupportedGrant(other.to_owned())),
        }
    }

    fn by_assertion(
        &mut self,
        now: Timestamp,
        tenant_id: &str,
        form: &TokenForm,
    ) -> Result<IssuedToken, TokenError> {
        let audience = of_scope(&form.scope)?;
        self.check_client(&form.client_id)?;
        let endpoint = format!("{}/{tenant_id}/oauth2/v2.0/token", self.api_url);
        let about = (form.client_id.as_str(), endpoint.as_str());
        let certificate = self.options.certificate.as_deref();
        let is_signed = certificate
            .is_some_and(|certificate| is_signed(&form.client_assertion, certificate, about, now));
        if !is_signed && !is_federated(&form.client_assertion, now) {
            return Err(TokenError::WrongAssertion);
        }
        Ok(self.grants.issue(now, audience, TokenHolderKind::App, &self.options))
    }

    fn for_person(&mut self, now: Timestamp, audience: &str) -> (IssuedToken, Option<String>) {
        let refresh = self.device_codes.refresh_token(self.options.seed);
        let token = self.grants.issue(now, audience, TokenHolderKind::Person, &self.options);
        (token, Some(refresh))
    }

    /// The device endpoint's answer.
    pub fn open_device_code(
        &mut self,
        now: Timestamp,
        tenant_id: &str,
        form: &TokenForm,
    ) -> Response {
        let wrong = if tenant_id.eq_ignore_ascii_case(&self.options.tenant_id) {
            let scope = form.scope.split(' ').next().unwrap_or_default();
            self.check_client(&form.client_id).and_then(|()| of_scope(scope)).err()
        } else {
            Some(TokenError::UnknownTenant(tenant_id.to_owned()))
        };
        match wrong {
            Some(error) => self.no_token(now, &error),
            None => self.device_codes.open(now, &self.options),
        }
    }

    fn no_token(&mut self, now: Timestamp, error: &TokenError) -> Response {
        let (status, word, number) = error.parts();
        let body = TokenFailure {
            error: word,
            error_description: error.to_string(),
            error_codes: [number],
            timestamp: wire_time(now),
            trace_id: self.correlation_id(),
            correlation_id: self.correlation_id(),
            error_uri: format!("https://login.microsoftonline.com/error?code={number}"),
        };
        Response::json(status, &body)
    }
}

/// One of the audiences that Defender has.
pub(super) fn audience(name: &str) -> Option<&'static str> {
    AUDIENCES.into_iter().find(|known| *known == name)
}

fn of_scope(scope: &str) -> Result<&'static str, TokenError> {
    let Some(name) = scope.strip_suffix("/.default") else {
        return Err(TokenError::WrongScope(scope.to_owned()));
    };
    audience(name).ok_or_else(|| TokenError::UnknownResource(name.to_owned()))
}
