//! A person who signs in elsewhere, with a code (RFC 8628, "OAuth 2.0 Device Authorization Grant").
//!
//! The person is asked once. Later tokens come by the refresh token. Where that is refused, the
//! sign-in is over: no second code is shown in the middle of a run, where nobody may be looking.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::sleep;

use super::device_poll::{DevicePoll, PollStep};
use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::defender::auth::token_answer::{answered, judge, refusal, unusable};
use crate::defender::auth::token_endpoint::TokenEndpoint;
use crate::defender::http_outcome::{HttpAnswer, HttpOutcome};
use crate::defender::secrets::Secrets;
use crate::domain::text::word;
use crate::domain::{TimeSource, Timestamp};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(in crate::defender) struct DeviceCode {
    pub(in crate::defender) endpoint: TokenEndpoint,
    pub(in crate::defender) client_id: String,
    /// The API's audience with `/.default`.
    pub(in crate::defender) scope: String,
    pub(in crate::defender) show: Arc<dyn Fn(&DeviceCodePrompt) + Send + Sync>,
    pub(in crate::defender) secrets: Secrets,
    pub(in crate::defender) refresh: Mutex<Option<SecretString>>,
}

/// What a person has to be told, fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCodePrompt {
    /// The page to open.
    pub url: String,
    /// The code to type there.
    pub user_code: String,
    /// For how long the code is good.
    pub lifetime: Duration,
}

/// The answer of the device endpoint.
#[derive(Deserialize)]
struct DeviceBody {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    expires_in: u64,
    #[serde(default = "default_interval")]
    interval: u64,
}

/// What the RFC says of a server that names none.
const fn default_interval() -> u64 {
    5
}

struct Asked {
    device_code: SecretString,
    prompt: DeviceCodePrompt,
    interval: Duration,
}

impl DeviceCode {
    pub(super) async fn fetch(&self, clock: &TimeSource) -> Result<FetchedToken, TokenFailure> {
        let refresh = self.refresh.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let scope = format!("{} offline_access", self.scope);
        let fetched = match refresh {
            Some(refresh) => {
                let form = [
                    ("client_id", self.client_id.as_str()),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", refresh.expose_secret()),
                    ("scope", &scope),
                ];
                judge(&self.endpoint.ask(&form).await, clock.now().wall)?
            }
            None => self.ask_person(&scope, clock).await?,
        };
        if let Some(refresh) = &fetched.refresh {
            let mut kept = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Some(refresh.clone());
        }
        Ok(fetched)
    }

    async fn ask_person(
        &self,
        scope: &str,
        clock: &TimeSource,
    ) -> Result<FetchedToken, TokenFailure> {
        let form = [("client_id", self.client_id.as_str()), ("scope", scope)];
        let seen = self.endpoint.ask_device_code(&form).await;
        let Asked { device_code, prompt, interval } = asked(&seen, clock.now().wall)?;
        self.secrets.keep_token(device_code.expose_secret());
        let mut poll = DevicePoll::new(interval, prompt.lifetime, clock.now());
        (self.show)(&prompt);
        let form = [
            ("client_id", self.client_id.as_str()),
            ("device_code", device_code.expose_secret()),
            ("grant_type", GRANT),
        ];
        let mut wait = poll.first();
        loop {
            sleep(wait).await;
            let seen = self.endpoint.ask(&form).await;
            match poll.absorb(&seen, clock.now()) {
                PollStep::Wait(longer) => wait = longer,
                PollStep::Done(judged) => return *judged,
            }
        }
    }
}

fn asked(seen: &HttpOutcome, now: Timestamp) -> Result<Asked, TokenFailure> {
    let answered = answered(seen)?;
    let asked = match answered.status {
        200 => code(answered),
        400..=499 => Err(refusal(answered)),
        _ => Err(unusable(answered)),
    };
    asked.map_err(|failure| failure.heeding(answered, now))
}

fn code(answered: &HttpAnswer) -> Result<Asked, TokenFailure> {
    /// Codes have 9 characters, addresses some tens.
    const SHOWN_CHARS_MAX: usize = 200;
    /// Entra's codes are good for 15 minutes, and nobody waits for days.
    const SECONDS_MAX: u64 = 86_400;
    let body = answered.json_body().and_then(|body| serde_json::from_slice(body).ok());
    let Some(body) = body else { return Err(unusable(answered)) };
    let DeviceBody { device_code, user_code, verification_uri, expires_in, interval } = body;
    if expires_in == 0 || expires_in > SECONDS_MAX || interval > SECONDS_MAX {
        let words = "the sign-in server gave a code with a lifetime or an interval that cannot be \
                     true; check --authority-url, and whether a proxy changes answers";
        return Err(TokenFailure::Refused(answered.detail(words)));
    }
    Ok(Asked {
        device_code: SecretString::from(device_code),
        prompt: DeviceCodePrompt {
            url: word(&verification_uri, SHOWN_CHARS_MAX),
            user_code: word(&user_code, SHOWN_CHARS_MAX),
            lifetime: Duration::from_secs(expires_in),
        },
        interval: Duration::from_secs(interval),
    })
}
