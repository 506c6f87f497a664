//! The identity that Azure gives to what runs on it: App Service's address, and that of a virtual
//! machine's metadata.

use serde::Serialize;

use crate::domain::Timestamp;

use super::answer::Response;
use super::grants::TokenHolderKind;
use super::oauth::audience;
use super::tenant::SimulatedTenant;

/// Which of the two addresses was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityShape {
    AppService,
    Metadata,
}

/// What a client asks there.
#[derive(Debug, Clone, Default)]
pub struct IdentityQuery {
    pub api_version: String,
    pub resource: String,
    /// One of several identities.
    pub client_id: Option<String>,
    /// `X-IDENTITY-HEADER`, or `Metadata`.
    pub header: Option<String>,
}

/// Both write their numbers as text.
#[derive(Serialize)]
struct IdentityBody<'a> {
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    expires_on: String,
    resource: &'a str,
    token_type: &'a str,
    client_id: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum IdentityError<'a> {
    AppService {
        #[serde(rename = "statusCode")]
        status_code: u16,
        message: &'a str,
    },
    Metadata {
        error: &'a str,
        error_description: &'a str,
    },
}

impl SimulatedTenant {
    /// The answer to a request for the identity's token.
    pub fn identity_token(
        &mut self,
        now: Timestamp,
        shape: IdentityShape,
        query: &IdentityQuery,
    ) -> Response {
        let (version, header) = match shape {
            IdentityShape::AppService => ("2019-08-01", self.options.identity_header.as_str()),
            IdentityShape::Metadata => ("2018-02-01", "true"),
        };
        if query.header.as_deref() != Some(header) {
            return refused(shape, 401, "Required header was not specified or is wrong");
        }
        if query.api_version != version {
            return refused(shape, 400, "The api-version is not supported");
        }
        let own = |id: &String| id.eq_ignore_ascii_case(&self.options.client_id);
        if !query.client_id.as_ref().is_none_or(own) {
            return refused(shape, 400, "Identity not found");
        }
        let Some(resource) = audience(&query.resource) else {
            return refused(shape, 400, "The resource is not valid");
        };
        let token = self.grants.issue(now, resource, TokenHolderKind::App, &self.options);
        let ends_at = now.plus(token.expires_in).as_micros().div_euclid(1_000_000);
        let seconds = token.expires_in.as_secs().to_string();
        let body = IdentityBody {
            access_token: &token.access_token,
            expires_in: Some(seconds).filter(|_| shape == IdentityShape::Metadata),
            expires_on: ends_at.to_string(),
            resource,
            token_type: "Bearer",
            client_id: &self.options.client_id,
        };
        Response::json(200, &body)
    }
}

fn refused(shape: IdentityShape, status: u16, words: &str) -> Response {
    let body = match shape {
        IdentityShape::AppService => {
            IdentityError::AppService { status_code: status, message: words }
        }
        IdentityShape::Metadata => {
            IdentityError::Metadata { error: "invalid_request", error_description: words }
        }
    };
    Response::json(status, &body)
}
