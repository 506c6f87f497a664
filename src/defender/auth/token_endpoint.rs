//! The token endpoint of one tenant: forms go out, answers come back unjudged.

use reqwest::Url;
use reqwest::header::ACCEPT;

use crate::defender::AuthorityUrl;
use crate::defender::http_outcome::HttpOutcome;
use crate::defender::network::Connection;

/// Largest answer of a token endpoint. Tokens of users with many groups reach tens of kilobytes.
pub(super) const BODY_BYTES_MAX: usize = 1 << 20;

pub(in crate::defender) struct TokenEndpoint {
    connection: Connection,
    authority: AuthorityUrl,
    tenant_id: String,
}

impl TokenEndpoint {
    /// `tenant_id` is an ID or a domain, which [`is_tenant`] has seen.
    pub(in crate::defender) fn new(
        connection: Connection,
        authority: AuthorityUrl,
        tenant_id: String,
    ) -> Self {
        Self { connection, authority, tenant_id }
    }

    /// Where tokens are: an assertion names it as its audience.
    pub(super) fn token_url(&self) -> Url {
        self.url("token")
    }

    fn url(&self, what: &str) -> Url {
        self.authority.join(&format!("/{}/oauth2/v2.0/{what}", self.tenant_id))
    }

    /// Asks for a token.
    pub(super) async fn ask(&self, form: &[(&str, &str)]) -> HttpOutcome {
        self.post(self.token_url(), form).await
    }

    /// Asks for a code that a person types elsewhere.
    pub(super) async fn ask_device_code(&self, form: &[(&str, &str)]) -> HttpOutcome {
        self.post(self.url("devicecode"), form).await
    }

    async fn post(&self, url: Url, form: &[(&str, &str)]) -> HttpOutcome {
        let request = self.connection.post(url).header(ACCEPT, "application/json").form(form);
        self.connection.send(request, BODY_BYTES_MAX).await
    }
}

/// Whether a text can be a tenant's ID or domain: it becomes part of an address.
pub(in crate::defender) fn is_tenant(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !text.is_empty() && text.chars().all(fits) && text.chars().any(|c| c != '.')
}
