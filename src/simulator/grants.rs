//! The tokens that were given out, and what each is good for.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::domain::Timestamp;

use super::answer::Refusal;
use super::draw::Draw;
use super::options::{TOKEN_END, TenantOptions};

#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// Three parts with dots between, the second one JSON with `aud`, `tid`, `appid`, `exp` and
    /// `roles`.
    pub access_token: String,
    pub expires_in: Duration,
}

/// For whom a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenHolderKind {
    App,
    /// Somebody who signed in.
    Person,
}

/// What a token that was given out is good for.
#[derive(Debug, Clone)]
struct Grant {
    expires_at: Timestamp,
    roles: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Grants {
    by_token: HashMap<String, Grant>,
    issued: u64,
}

/// Who signs in, in the tenant's directory.
const OBJECT_ID: &str = "5e1f0000-0000-4000-8000-0000000000d1";

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    appid: &'a str,
    oid: &'a str,
    idtyp: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    roles: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    scp: Option<String>,
    tid: &'a str,
    ver: &'a str,
}

impl Grants {
    pub(super) fn issue(
        &mut self,
        now: Timestamp,
        audience: &str,
        holder: TokenHolderKind,
        options: &TenantOptions,
    ) -> IssuedToken {
        self.issued += 1;
        let lifetime = options.token_lifetime;
        let expires_at = now.plus(lifetime);
        let iat = now.as_micros().div_euclid(1_000_000);
        let claims = Claims {
            aud: audience,
            iss: format!("https://sts.windows.net/{}/", options.tenant_id),
            iat,
            nbf: iat,
            exp: expires_at.as_micros().div_euclid(1_000_000),
            appid: &options.client_id,
            oid: OBJECT_ID,
            idtyp: if holder == TokenHolderKind::App { "app" } else { "user" },
            roles: if holder == TokenHolderKind::App { &options.roles } else { &[] },
            scp: (holder == TokenHolderKind::Person).then(|| options.scopes.join(" ")),
            tid: &options.tenant_id,
            ver: "1.0",
        };
        let claims = serde_json::to_vec(&claims).expect("claims have text keys only");
        // Not a signature, but what keeps two tokens of one second apart.
        let tail = Draw::new(options.seed, "token", &self.issued.to_le_bytes()).guid().to_string();
        let parts = [&br#"{"typ":"JWT","alg":"none"}"#[..], &claims, tail.as_bytes()];
        let access_token = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".") + TOKEN_END;
        let roles = match holder {
            TokenHolderKind::App => &options.roles,
            TokenHolderKind::Person => &options.scopes,
        };
        let grant = Grant { expires_at, roles: roles.clone() };
        self.by_token.insert(access_token.clone(), grant);
        IssuedToken { access_token, expires_in: lifetime }
    }

    /// Whether the bearer of this header may do what one of `roles` allows: 401, then 403.
    pub(super) fn check(
        &self,
        now: Timestamp,
        authorization: Option<&str>,
        roles: &[&str],
    ) -> Result<(), Refusal> {
        let token = authorization.and_then(|header| header.strip_prefix("Bearer "));
        let Some(grant) = token.and_then(|token| self.by_token.get(token.trim())) else {
            let message = "The authorization header is missing or invalid.";
            return Err(Refusal::new(401, "Unauthorized", message));
        };
        if grant.expires_at <= now {
            let message = "The token of the authorization header has expired.";
            return Err(Refusal::new(401, "Unauthorized", message));
        }
        if grant.roles.iter().any(|role| roles.contains(&role.as_str())) {
            return Ok(());
        }
        let message = format!(
            "The application does not have any of the required application permissions ({}) to \
             access the resource.",
            roles.join(", ")
        );
        Err(Refusal::new(403, "Forbidden", message))
    }
}
