//! Codes that a person types elsewhere (RFC 8628), and the refresh tokens that come of them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::Serialize;

use crate::domain::Timestamp;

use super::answer::Response;
use super::draw::Draw;
use super::options::{DevicePerson, TenantOptions};
use super::token_error::TokenError;

/// How long a code is good.
const LIFETIME: Duration = Duration::from_mins(15);

/// By how much the interval grows when a client asks too soon.
const SLOWER: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Default)]
pub(super) struct DeviceCodes {
    open: HashMap<String, OpenCode>,
    refresh_tokens: HashSet<String>,
    made: u64,
}

#[derive(Debug, Clone)]
struct OpenCode {
    ends_at: Timestamp,
    interval: Duration,
    next_ask_at: Timestamp,
    asked: u32,
}

#[derive(Serialize)]
struct CodeBody<'a> {
    device_code: &'a str,
    user_code: &'a str,
    verification_uri: &'a str,
    expires_in: u64,
    interval: u64,
    message: String,
}

impl DeviceCodes {
    pub(super) fn open(&mut self, now: Timestamp, options: &TenantOptions) -> Response {
        let code = self.name(options.seed, "device");
        let user_code = code[..8].to_uppercase();
        let url = "https://microsoft.com/devicelogin";
        let interval = options.device_interval;
        let body = CodeBody {
            device_code: &code,
            user_code: &user_code,
            verification_uri: url,
            expires_in: LIFETIME.as_secs(),
            interval: interval.as_secs(),
            message: format!("To sign in, open the page {url} and enter the code {user_code}."),
        };
        let response = Response::json(200, &body);
        let (ends_at, next_ask_at) = (now.plus(LIFETIME), now.plus(interval));
        self.open.insert(code, OpenCode { ends_at, interval, next_ask_at, asked: 0 });
        response
    }

    /// Whether the person has signed in.
    pub(super) fn ask(
        &mut self,
        now: Timestamp,
        code: &str,
        person: DevicePerson,
    ) -> Result<(), TokenError> {
        let open = self.open.get_mut(code).ok_or(TokenError::UnknownCode)?;
        if now >= open.ends_at {
            return Err(TokenError::CodeEnded);
        }
        let is_early = now < open.next_ask_at;
        if is_early {
            open.interval += SLOWER;
        }
        open.next_ask_at = now.plus(open.interval);
        if is_early {
            return Err(TokenError::SlowDown);
        }
        open.asked += 1;
        match person {
            DevicePerson::SignsInAfter(asked) if open.asked > asked => {
                self.open.remove(code);
                Ok(())
            }
            DevicePerson::Declines => Err(TokenError::Declined),
            DevicePerson::SignsInAfter(_) | DevicePerson::Never => Err(TokenError::Pending),
        }
    }

    pub(super) fn refresh_token(&mut self, seed: u64) -> String {
        let token = self.name(seed, "refresh");
        self.refresh_tokens.insert(token.clone());
        token
    }

    /// Each is good once.
    pub(super) fn spend(&mut self, refresh_token: &str) -> Result<(), TokenError> {
        let known = self.refresh_tokens.remove(refresh_token);
        if known { Ok(()) } else { Err(TokenError::RefreshEnded) }
    }

    fn name(&mut self, seed: u64, topic: &str) -> String {
        self.made += 1;
        Draw::new(seed, topic, &self.made.to_le_bytes()).guid().to_string()
    }
}
