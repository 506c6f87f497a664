//! The one token that a client works with, around the credential that fetches it.
//!
//! It hands out a token for as long as it holds. Ahead of its end one request fetches the next one
//! while the others go on with the old one; where that fails, the old one serves on and it is tried
//! again soon. Many requests that find no token share one try, and its failure. A 401 takes the
//! token away that it was about, so that of many 401s one renewal comes. A server that asks to be
//! left alone is not asked before that time is over. Deliberately absent: how a token is fetched
//! (`kinds`), and waiting.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::Identity;
use super::kinds::Credential;
use super::token::{FetchedToken, Token, TokenFailure};
use crate::domain::{Now, Steady, TimeSource, Timestamp};

/// How long before its end a token is renewed, unless it lives for less than twice that.
const AHEAD_MAX: Duration = Duration::from_mins(5);

/// How long before its end a token is sent no more, unless it lives for less than ten times that:
/// its server began to count before its answer was here, and a request takes time, too. One that
/// arrives too late is refused, and has taken its place in the limits.
const UNUSED_MAX: Duration = Duration::from_secs(5);

/// After how long an early renewal that failed is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

pub(in crate::defender) struct TokenHolder {
    credential: Credential,
    clock: TimeSource,
    held: Mutex<Held>,
    /// Held while a token is fetched.
    renewal: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    token: Option<HeldToken>,
    /// How often a token was asked for, which numbers the tokens.
    tries: u64,
    /// What the last try came to, where it failed.
    failure: Option<TokenFailure>,
    /// Until when the sign-in server asks to be left alone.
    not_before: Option<Steady>,
    server_date: Option<Timestamp>,
    certificate_ends_at: Option<Timestamp>,
}

struct HeldToken {
    token: Token,
    renew_at: Steady,
    /// Until when it is sent, by both clocks: the monotonic one stands still while a computer
    /// sleeps.
    ends: (Steady, Timestamp),
}

impl HeldToken {
    fn new(secret: SecretString, number: u64, lifetime: Option<Duration>, now: Now) -> Self {
        /// Of which nobody says when it ends: until it is refused.
        const UNKNOWN: Duration = Duration::from_hours(24 * 365);
        let lifetime = lifetime.unwrap_or(UNKNOWN);
        let renew_at = now.steady.plus(lifetime.saturating_sub(AHEAD_MAX.min(lifetime / 2)));
        let used = lifetime.saturating_sub(UNUSED_MAX.min(lifetime / 10));
        let ends = (now.steady.plus(used), now.wall.plus(used));
        Self { token: Token { secret, number }, renew_at, ends }
    }

    fn holds(&self, now: Now) -> bool {
        now.steady < self.ends.0 && now.wall < self.ends.1
    }
}

/// What a request finds.
enum Found {
    Fresh(Token),
    /// It holds, and should be renewed.
    Aging(Token),
    /// Nothing that holds; the number of tries so far.
    Nothing(u64),
}

impl TokenHolder {
    pub(in crate::defender) fn new(credential: Credential, clock: TimeSource) -> Self {
        let (held, renewal) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { credential, clock, held, renewal }
    }

    /// A token that holds.
    pub(in crate::defender) async fn token(&self) -> Result<Token, TokenFailure> {
        let seen = match self.find() {
            Found::Fresh(token) => return Ok(token),
            Found::Aging(token) => {
                let Ok(_alone) = self.renewal.try_lock() else { return Ok(token) };
                return Ok(match self.find() {
                    Found::Fresh(newer) => newer,
                    _ => self.renew().await.unwrap_or(token),
                });
            }
            Found::Nothing(tries) => tries,
        };
        let _alone = self.renewal.lock().await;
        match self.find() {
            Found::Fresh(token) | Found::Aging(token) => Ok(token),
            Found::Nothing(tries) => {
                // Somebody else tried while this request waited: their answer is this one's too.
                match self.last_failure(tries > seen) {
                    Some(failure) => Err(failure),
                    None => self.renew().await,
                }
            }
        }
    }

    /// The API refused this token: the next one is fetched again, where there is another one.
    pub(in crate::defender) fn forget(&self, token: &Token) {
        if self.credential.renews() {
            self.held().token.take_if(|held| held.token.number == token.number);
        }
    }

    /// Gets a token now, and reads who we are.
    pub(in crate::defender) async fn sign_in(&self) -> Result<Identity, TokenFailure> {
        if let Credential::Ready(ready) = &self.credential {
            return Ok(ready.identity());
        }
        // A date that is left from an earlier fetch would pass for the present time.
        self.held().server_date = None;
        let token = self.token().await?;
        let identity = Identity::of_token(token.secret.expose_secret());
        let mut held = self.held();
        Ok(Identity {
            server_date: held.server_date.take(),
            certificate_ends_at: held.certificate_ends_at,
            ..identity
        })
    }

    /// What the last try came to, where it `is_recent` or the server asks to be left alone.
    fn last_failure(&self, is_recent: bool) -> Option<TokenFailure> {
        let now = self.clock.now().steady;
        let held = self.held();
        let waits = held.not_before.is_some_and(|at| now < at);
        held.failure.clone().filter(|_| is_recent || waits)
    }

    fn find(&self) -> Found {
        let now = self.clock.now();
        let held = self.held();
        match &held.token {
            Some(token) if !token.holds(now) => Found::Nothing(held.tries),
            Some(HeldToken { token, renew_at, .. }) if now.steady < *renew_at => {
                Found::Fresh(token.clone())
            }
            Some(HeldToken { token, .. }) => Found::Aging(token.clone()),
            None => Found::Nothing(held.tries),
        }
    }

    async fn renew(&self) -> Result<Token, TokenFailure> {
        let fetched = self.credential.fetch(&self.clock).await;
        let now = self.clock.now();
        self.log(&fetched, now.wall);
        let mut held = self.held();
        held.tries += 1;
        let number = held.tries;
        match fetched {
            Ok(FetchedToken { secret, lifetime, server_date, certificate_ends_at, .. }) => {
                held.server_date = server_date;
                held.certificate_ends_at = certificate_ends_at;
                held.failure = None;
                held.not_before = None;
                let new = HeldToken::new(secret, number, lifetime, now);
                let token = new.token.clone();
                held.token = Some(new);
                Ok(token)
            }
            Err(failure) => {
                let wait = failure.retry_after();
                if let Some(old) = &mut held.token {
                    old.renew_at = now.steady.plus(wait.unwrap_or_default().max(AGAIN_AFTER));
                }
                held.not_before = wait.map(|wait| now.steady.plus(wait));
                held.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    /// Which way a token was had and until when it holds; of the token itself nothing.
    fn log(&self, fetched: &Result<FetchedToken, TokenFailure>, now: Timestamp) {
        let credential = self.credential.word();
        match fetched {
            Ok(FetchedToken { lifetime, .. }) => {
                let ends_at = lifetime.map(|lifetime| now.plus(lifetime).to_string());
                tracing::info!(target: "mde_offboard::sign_in", credential, ends_at, "signed in");
            }
            Err(failure) => {
                let error = failure.to_string();
                tracing::warn!(target: "mde_offboard::sign_in", credential, error, "not signed in");
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
