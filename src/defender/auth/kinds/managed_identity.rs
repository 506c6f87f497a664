//! The identity of an Azure computer or app: a token from an address that only it can reach.
//!
//! Two shapes: that of App Service, Functions and Container Apps, whose environment names an
//! address and a header, and that of a virtual machine, at a fixed link-local address. `cli` finds
//! out which one it is, and refuses the others by name.

use std::net::IpAddr;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::defender::auth::token_answer::{answered, error_word, granted, refusal};
use crate::defender::auth::token_endpoint::BODY_BYTES_MAX;
use crate::defender::endpoints::audience_of;
use crate::defender::http_outcome::HttpAnswer;
use crate::defender::network::Connection;
use crate::domain::{Detail, TimeSource, Unreachable};

/// Where the tokens of a managed identity are.
#[derive(Clone)]
pub enum ManagedIdentityPlace {
    /// `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
    AppService { endpoint: String, header: SecretString },
    /// The base address of a virtual machine's metadata.
    Metadata { base: String },
}

pub(in crate::defender) struct ManagedIdentity {
    request: IdentityRequest,
    connection: Connection,
}

/// A `GET` with one header.
struct IdentityRequest {
    url: Url,
    header: (&'static str, SecretString),
}

/// How App Service says no.
#[derive(Deserialize)]
struct AppServiceError {
    message: String,
}

impl ManagedIdentity {
    /// None where the place has no address that can be one: plain http to this computer or to
    /// the network next to it. `client_id` chooses one of several identities.
    pub(in crate::defender) fn new(
        place: &ManagedIdentityPlace,
        scope: &str,
        client_id: Option<&str>,
        connection: Connection,
    ) -> Option<Self> {
        let (address, version, header) = match place {
            ManagedIdentityPlace::AppService { endpoint, header } => {
                (endpoint.clone(), "2019-08-01", ("X-IDENTITY-HEADER", header.clone()))
            }
            ManagedIdentityPlace::Metadata { base } => {
                let base = base.trim_end_matches('/');
                let path = "/metadata/identity/oauth2/token";
                let header = ("Metadata", SecretString::from("true"));
                (format!("{base}{path}"), "2018-02-01", header)
            }
        };
        let mut url = Url::parse(&address).ok().filter(is_near)?;
        let resource = audience_of(scope);
        url.query_pairs_mut()
            .append_pair("api-version", version)
            .append_pair("resource", resource)
            .extend_pairs(client_id.map(|id| ("client_id", id)));
        Some(Self { request: IdentityRequest { url, header }, connection })
    }

    pub(super) async fn fetch(&self, clock: &TimeSource) -> Result<FetchedToken, TokenFailure> {
        let IdentityRequest { url, header: (name, value) } = &self.request;
        let request = self.connection.get(url.clone()).header(*name, value.expose_secret());
        let seen = self.connection.send(request, BODY_BYTES_MAX).await;
        let answered = answered(&seen).map_err(not_here)?;
        let now = clock.now().wall;
        match answered.status {
            200 => granted(answered, now),
            404 | 410 | 429 | 500.. => Err(busy(answered.status).heeding(answered, now)),
            _ => Err(refused(answered)),
        }
    }
}

/// Whether an address is on this computer, or one that no router passes on.
fn is_near(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let near = match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_link_local() || ip.is_private(),
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local()
        }
        Err(_) => bare == "localhost",
    };
    near && url.scheme() == "http" && url.username().is_empty() && url.password().is_none()
}

fn not_here(failure: TokenFailure) -> TokenFailure {
    let TokenFailure::Unreachable { kind, detail, retry_after } = failure else { return failure };
    let words = format!(
        "the address of managed identities does not answer, so this is probably not an Azure \
         computer: {}",
        detail.message
    );
    let detail = Detail { message: Detail::new(None, None, &words).message, ..detail };
    TokenFailure::Unreachable { kind, detail, retry_after }
}

/// What Microsoft's page asks to try again, 410 for 70 seconds: it is busy or being updated. The
/// status is only told, since a 404 of any other server would not change by waiting.
fn busy(status: u16) -> TokenFailure {
    let words = format!(
        "the service for managed identities answers {status}: it is busy or being updated, or this \
         is not an Azure computer"
    );
    let detail = Detail::new(None, Some("identity_busy"), &words);
    TokenFailure::unreachable(Unreachable::Connect, detail)
}

fn refused(answered: &HttpAnswer) -> TokenFailure {
    if error_word(answered).is_some() {
        return refusal(answered);
    }
    let body = answered.json_body().and_then(|body| serde_json::from_slice(body).ok());
    let Some(AppServiceError { message }) = body else {
        return TokenFailure::Refused(answered.detail(
            "the managed identity's address refused the request; if a proxy answers there, leave \
             169.254.169.254 out of it with NO_PROXY; otherwise check that this computer or app \
             has an identity",
        ));
    };
    TokenFailure::Refused(answered.detail(message))
}
