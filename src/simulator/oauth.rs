//! Sign-in: the client credentials flow of Microsoft Entra, as far as one app needs it.
//!
//! Called by the shell's token route, and by the tenant for each call's `Authorization`.
//! Deliberately absent: certificates, users, signatures (nobody here checks one).

use serde::Serialize;

use crate::domain::Timestamp;

use super::answer::{Response, wire_time};
use super::grants::IssuedToken;
use super::tenant::SimulatedTenant;

/// What a scope names before `/.default`: the audiences that Defender has in the clouds.
const AUDIENCES: [&str; 5] = [
    "https://api.securitycenter.microsoft.com",
    "https://api.securitycenter.windows.com",
    "https://securitycenter.onmicrosoft.com/windowsatpservice",
    "https://api-gcc.securitycenter.microsoft.us",
    "https://api-gov.securitycenter.microsoft.us",
];

/// Why there is no token, in Entra's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("AADSTS90002: Tenant '{0}' not found.")]
    UnknownTenant(String),
    #[error("AADSTS700016: Application with identifier '{0}' was not found in the directory.")]
    UnknownClient(String),
    #[error(
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the \
         request is the client secret value, not the client secret ID."
    )]
    WrongSecret,
    #[error(
        "AADSTS70011: The provided request must include a 'scope' input parameter. The \
         scope '{0}' is not valid."
    )]
    WrongScope(String),
    #[error("AADSTS500011: The resource principal named '{0}' was not found in the tenant.")]
    UnknownResource(String),
    #[error("AADSTS70003: The app requested an unsupported grant type '{0}'.")]
    UnsupportedGrant(String),
}

/// What a client posts to the token endpoint.
#[derive(Clone, Default)]
pub struct TokenForm {
    /// `client_credentials`.
    pub grant_type: String,
    pub client_id: String,
    pub client_secret: String,
    /// Audience and `/.default`.
    pub scope: String,
}

#[derive(Serialize)]
struct TokenBody<'a> {
    token_type: &'a str,
    expires_in: u64,
    ext_expires_in: u64,
    access_token: &'a str,
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

impl TokenError {
    /// HTTP status, OAuth's `error` and Entra's number.
    const fn parts(&self) -> (u16, &'static str, u32) {
        match self {
            Self::UnknownTenant(_) => (400, "invalid_request", 90_002),
            Self::UnknownClient(_) => (400, "unauthorized_client", 700_016),
            Self::WrongSecret => (401, "invalid_client", 7_000_215),
            Self::WrongScope(_) => (400, "invalid_scope", 70_011),
            Self::UnknownResource(_) => (400, "invalid_resource", 500_011),
            Self::UnsupportedGrant(_) => (400, "unsupported_grant_type", 70_003),
        }
    }
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
        let Some(audience) = scope.strip_suffix("/.default") else {
            return Err(TokenError::WrongScope(scope.to_owned()));
        };
        let Some(audience) = AUDIENCES.into_iter().find(|known| *known == audience) else {
            return Err(TokenError::UnknownResource(audience.to_owned()));
        };
        if !client_id.eq_ignore_ascii_case(&self.options.client_id) {
            return Err(TokenError::UnknownClient(client_id.to_owned()));
        }
        if secret != self.options.client_secret {
            return Err(TokenError::WrongSecret);
        }
        Ok(self.grants.issue(now, audience, &self.options))
    }

    /// The token endpoint's answer to a form posted under a tenant's ID.
    pub fn sign_in(&mut self, now: Timestamp, tenant_id: &str, form: &TokenForm) -> Response {
        let token = if !tenant_id.eq_ignore_ascii_case(&self.options.tenant_id) {
            Err(TokenError::UnknownTenant(tenant_id.to_owned()))
        } else if form.grant_type != "client_credentials" {
            Err(TokenError::UnsupportedGrant(form.grant_type.clone()))
        } else {
            self.token(now, &form.client_id, &form.client_secret, &form.scope)
        };
        match token {
            Ok(token) => {
                let seconds = token.expires_in.as_secs();
                let body = TokenBody {
                    token_type: "Bearer",
                    expires_in: seconds,
                    ext_expires_in: seconds,
                    access_token: &token.access_token,
                };
                Response::json(200, &body)
            }
            Err(error) => self.no_token(now, &error),
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
