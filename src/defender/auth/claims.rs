//! What a token says of itself, read without verifying it.
//!
//! The API verifies tokens; this only says before the first POST what that would refuse later. A
//! token that cannot be read (encrypted, opaque) is let through.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::defender::endpoints::{AudienceFit, audience_fit, audience_of};
use crate::defender::secrets::Secrets;
use crate::domain::Timestamp;
use crate::domain::text::{is_guid, word};

/// The year 9999, in seconds since 1970: no later time can be shown.
pub(super) const SECONDS_MAX: i64 = 253_402_300_799;

/// As much as Entra lets clocks differ.
pub(super) const CLOCKS_DIFFER_MAX: Duration = Duration::from_mins(5);

/// Who we are, and what the token may do; none where the token does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// `tid`: the tenant that gave the token.
    pub tenant_id: Option<String>,
    /// `appid`, or `azp` in tokens of the second version: the application.
    pub app_id: Option<String>,
    /// `oid`: the identity in the directory, which is granted roles where there is no registration.
    pub object_id: Option<String>,
    /// `roles` of an application, `scp` of a person. None where the token is opaque; empty where
    /// it can be read and grants nothing (Entra issues such tokens without a warning).
    pub roles: Option<Vec<String>>,
    /// Whether it is a signed-in person's: only `scp` counts then, and what the person may do.
    pub is_delegated: bool,
    /// The name of a claim that is empty or has characters that it cannot have.
    pub odd_claim: Option<&'static str>,
    /// `aud`: the API that the token is for.
    pub audience: Option<String>,
    /// `exp`: when it ends.
    pub expires_at: Option<Timestamp>,
    /// `nbf`: from when on it holds.
    pub not_before: Option<Timestamp>,
    /// The sign-in server's clock, where a token was fetched just now.
    pub server_date: Option<Timestamp>,
    /// When the certificate ends that signed for it.
    pub certificate_ends_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    #[error("the token is for tenant `{found}`, not for `{expected}`")]
    OtherTenant { expected: String, found: String },
    #[error("the token is for `{found}`, not for `{expected}`")]
    OtherAudience { expected: String, found: String },
    #[error("the token ended at {at}; it is {now} by this computer's clock")]
    Expired {
        /// `exp`.
        at: Timestamp,
        now: Timestamp,
    },
    #[error("the token holds from {from} on; it is {now} by this computer's clock")]
    NotYet {
        /// `nbf`.
        from: Timestamp,
        now: Timestamp,
    },
    #[error("the token lacks the permission `{0}`")]
    MissingRole(&'static str),
    /// Of a signed-in person's token.
    #[error("the token lacks the delegated permission `{0}`")]
    MissingScope(&'static str),
    #[error(
        "the token's claim `{0}` is empty, or has line breaks or other characters that it cannot \
         have"
    )]
    OddClaim(&'static str),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims {
    tid: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    oid: Option<String>,
    aud: Value,
    roles: Value,
    scp: Option<String>,
    exp: Value,
    nbf: Value,
}

impl Claims {
    /// The first claim with a character that no ID, address or name of a permission has. An empty
    /// tenant would pass for one.
    fn odd(&self) -> Option<&'static str> {
        if self.tid.as_ref().is_some_and(|tid| tid.trim().is_empty()) {
            return Some("tid");
        }
        let text = |claim: &Option<String>| claim.clone().into_iter().collect();
        let claims: [(&str, Vec<String>); 7] = [
            ("tid", text(&self.tid)),
            ("appid", text(&self.appid)),
            ("azp", text(&self.azp)),
            ("oid", text(&self.oid)),
            ("aud", texts(&self.aud)),
            ("roles", texts(&self.roles)),
            ("scp", text(&self.scp)),
        ];
        let is_odd = |text: &String| text.chars().any(|c| !c.is_ascii_graphic() && c != ' ');
        claims.into_iter().find(|(_, texts)| texts.iter().any(is_odd)).map(|(name, _)| name)
    }
}

impl Identity {
    /// Reads the payload of a JWT; an opaque token says nothing.
    pub fn of_token(token: &str) -> Self {
        let Some(claims) = payload(token) else { return Self::default() };
        let odd_claim = claims.odd();
        let scopes = claims.scp.as_deref();
        let roles = match scopes {
            // The roles of a person's token are those of an app that the person may use.
            Some(scopes) => scopes.split(' ').map(str::to_owned).collect(),
            None => texts(&claims.roles),
        };
        Self {
            is_delegated: scopes.is_some(),
            odd_claim,
            tenant_id: claims.tid,
            app_id: claims.appid.or(claims.azp),
            object_id: claims.oid,
            roles: Some(roles),
            audience: texts(&claims.aud).into_iter().next(),
            expires_at: instant(&claims.exp),
            not_before: instant(&claims.nbf),
            server_date: None,
            certificate_ends_at: None,
        }
    }

    /// Why a token does not hold at `now`, as far as it says; Defender would answer 401.
    ///
    /// `now` is this computer's clock. It may be wrong, and so may the clock of who gave the token,
    /// so a beginning counts only when it is more than five minutes ahead.
    pub fn out_of_time(&self, now: Timestamp) -> Option<Objection> {
        if let Some(at) = self.expires_at.filter(|at| *at <= now) {
            return Some(Objection::Expired { at, now });
        }
        let from = self.not_before.filter(|from| from.since(now) > CLOCKS_DIFFER_MAX)?;
        Some(Objection::NotYet { from, now })
    }

    /// The same, fit to be stored and shown: a token's maker writes into it what they like.
    pub(in crate::defender) fn fit(self, secrets: &Secrets) -> Self {
        /// A tenant's and an application's ID have 36 characters, an audience is a short URL.
        const CLAIM_CHARS_MAX: usize = 200;
        /// Far more than the API knows.
        const ROLES_MAX: usize = 500;
        let fit = |claim: String| word(&secrets.hide(&claim), CLAIM_CHARS_MAX);
        Self {
            tenant_id: self.tenant_id.map(fit),
            app_id: self.app_id.map(fit),
            object_id: self.object_id.map(fit),
            roles: self.roles.map(|roles| roles.into_iter().take(ROLES_MAX).map(fit).collect()),
            audience: self.audience.map(fit),
            ..self
        }
    }

    /// What will be refused later: another tenant than `tenant_id` (a domain name is not compared),
    /// another audience than the one of `scope`, missing permissions. Empty for an opaque token.
    pub fn objections(&self, tenant_id: Option<&str>, scope: &str) -> Vec<Objection> {
        let mut objections: Vec<Objection> =
            self.odd_claim.map(Objection::OddClaim).into_iter().collect();
        if let (Some(expected), Some(found)) = (tenant_id, &self.tenant_id)
            && is_guid(expected)
            && !expected.eq_ignore_ascii_case(found)
        {
            let (expected, found) = (expected.to_owned(), found.clone());
            objections.push(Objection::OtherTenant { expected, found });
        }
        if let Some(found) = self.audience_that_is(AudienceFit::Strange, scope) {
            let (expected, found) = (audience_of(scope).to_owned(), found.to_owned());
            objections.push(Objection::OtherAudience { expected, found });
        }
        let missing = self.roles.as_deref().map(missing_roles).unwrap_or_default();
        objections.extend(missing.into_iter().map(|role| match role {
            "Machine.Read.All" if self.is_delegated => Objection::MissingScope("Machine.Read"),
            role if self.is_delegated => Objection::MissingScope(role),
            role => Objection::MissingRole(role),
        }));
        objections
    }

    /// The token's audience, where it is a name of Defender, but not one that is known to go with
    /// `scope`: Defender decides.
    pub fn doubtful_audience(&self, scope: &str) -> Option<&str> {
        self.audience_that_is(AudienceFit::Doubtful, scope)
    }

    fn audience_that_is(&self, fit: AudienceFit, scope: &str) -> Option<&str> {
        let found = self.audience.as_deref()?;
        (audience_fit(audience_of(scope), found) == fit).then_some(found)
    }
}

/// The permissions that are missing among `roles`: to offboard, and to read machines and actions.
/// The names without `.All` are those of a signed-in person.
fn missing_roles(roles: &[String]) -> Vec<&'static str> {
    let has = |wanted: &[&str]| roles.iter().any(|role| wanted.contains(&role.as_str()));
    let mut missing = Vec::new();
    if !has(&["Machine.Offboard"]) {
        missing.push("Machine.Offboard");
    }
    if !has(&["Machine.Read.All", "Machine.ReadWrite.All", "Machine.Read", "Machine.ReadWrite"]) {
        missing.push("Machine.Read.All");
    }
    missing
}

fn payload(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Seconds since 1970, in years that can be shown; a fraction is dropped.
fn instant(seconds: &Value) -> Option<Timestamp> {
    let whole = match (seconds.as_i64(), seconds.as_f64()) {
        (Some(whole), _) => whole,
        (None, Some(number)) if number > 0.0 => Duration::try_from_secs_f64(number)
            .ok()
            .and_then(|after| i64::try_from(after.as_secs()).ok())
            .unwrap_or(SECONDS_MAX),
        (None, _) => return None,
    };
    Some(Timestamp::from_micros(whole.clamp(-SECONDS_MAX, SECONDS_MAX) * 1_000_000))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
