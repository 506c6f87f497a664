//! A token that was handed in: what people paste, and what it is good for.
//!
//! Read from `MDE_OFFBOARD_TOKEN` and from what the Azure CLI prints.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::defender::auth::Identity;
use crate::defender::auth::claims::SECONDS_MAX;
use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::domain::{Detail, Timestamp};

pub(in crate::defender) struct ReadyToken {
    pub(in crate::defender) secret: SecretString,
    /// When it ends; none where neither it nor what stood around it says so.
    ends_at: Option<Timestamp>,
}

impl ReadyToken {
    /// Takes a token as it is, in quotes, after `Bearer`, or in the JSON that
    /// `az account get-access-token` and a token endpoint give.
    pub(in crate::defender) fn read(text: &str) -> Self {
        let text = bare(text);
        Self::of_document(text).unwrap_or_else(|| Self::new(text, None))
    }

    /// The token of such a JSON document; none where it is none.
    pub(super) fn of_document(text: &str) -> Option<Self> {
        let document: Map<String, Value> = serde_json::from_str(text.trim()).ok()?;
        let of = |names: [&str; 2]| names.into_iter().find_map(|name| document.get(name));
        let token = of(["accessToken", "access_token"]).and_then(Value::as_str);
        let ends_on = document.get("expires_on");
        let ends_on = ends_on.and_then(|on| on.as_i64().or_else(|| on.as_str()?.parse().ok()));
        Some(Self::new(bare(token.unwrap_or_default()), ends_on))
    }

    fn new(token: &str, ends_on: Option<i64>) -> Self {
        let ends_on = ends_on.filter(|seconds| (0..=SECONDS_MAX).contains(seconds));
        let ends_on = ends_on.map(|seconds| Timestamp::from_micros(seconds * 1_000_000));
        let ends_at = Identity::of_token(token).expires_at.or(ends_on);
        Self { secret: SecretString::from(token), ends_at }
    }

    pub(in crate::defender::auth) fn identity(&self) -> Identity {
        let identity = Identity::of_token(self.secret.expose_secret());
        Identity { expires_at: self.ends_at, ..identity }
    }

    /// The token, where it has not ended.
    pub(in crate::defender::auth) fn fetch(
        &self,
        now: Timestamp,
    ) -> Result<FetchedToken, TokenFailure> {
        if let Some(at) = self.ends_at.filter(|at| *at <= now) {
            let words = format!(
                "the token ended at {at}; it is {now} by this computer's clock, and nobody can \
                 renew a token from MDE_OFFBOARD_TOKEN"
            );
            return Err(TokenFailure::Ended(Detail::new(None, Some("token_ended"), &words)));
        }
        Ok(FetchedToken {
            secret: self.secret.clone(),
            lifetime: self.ends_at.map(|at| at.since(now)),
            server_date: None,
            refresh: None,
            certificate_ends_at: None,
        })
    }
}

/// Without white space, quotes, and the words of a header before it.
fn bare(text: &str) -> &str {
    const BEFORE: [&str; 2] = ["authorization:", "bearer"];
    let outside = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"' | '\'' | '`');
    let mut text = text.trim_matches(outside);
    for before in BEFORE {
        let is_there = text.get(..before.len()).is_some_and(|it| it.eq_ignore_ascii_case(before));
        let rest = if is_there { &text[before.len()..] } else { text };
        // A token that begins with these letters goes on without a space.
        if rest.starts_with(outside) || before.ends_with(':') {
            text = rest.trim_matches(outside);
        }
    }
    text
}
