//! The client that is signed in, and what is refused before the first request that counts.

use std::time::Duration;

use crate::defender::{Defender, Identity, SignInError};
use crate::domain::{ServerClock, Tenant, Timestamp};
use crate::engine::{self, Clock};
use crate::reporter::lasting;

use crate::cli::Failure;
use crate::cli::terminal::Screen;

use super::embedded_simulator::EmbeddedSimulator;
use super::sign_in_words::not_signed_in;
use super::unsigned_client::UnsignedClient;

/// How long a sign-in for a new list is repeated: as long as a run waits for its first answer.
const SIGN_IN_TRIED: Duration = Duration::from_mins(2);

pub(crate) struct SignedIn {
    pub(crate) remote: Defender,
    /// Whose machines it reaches.
    pub(crate) tenant: Tenant,
    /// At which address, as a batch remembers it.
    pub(crate) api: String,
    /// The app, or what is known of who asks.
    pub(crate) app: String,
    /// How long a request may take.
    pub(crate) timeout: Duration,
    /// The server's clock and ours, as the sign-in showed them.
    pub(crate) server_clock: Option<ServerClock>,
    /// When the token ends, where it was handed in and cannot be renewed.
    pub(crate) token_ends_at: Option<Timestamp>,
    /// What it talks to in a rehearsal.
    #[expect(dead_code, reason = "the simulator ends when this is dropped")]
    pub(super) simulator: Option<EmbeddedSimulator>,
}

impl SignedIn {
    /// For a batch, whose tenant is known: where the sign-in cannot be reached, the run begins all
    /// the same, since waiting for a network is the engine's.
    pub(super) async fn for_batch(client: UnsignedClient, screen: Screen) -> Result<Self, Failure> {
        let sign_in = async |remote: &Defender| match remote.sign_in().await {
            Err(SignInError { refused: false, .. }) => Ok(Identity::default()),
            other => other,
        };
        Self::with(client, screen, sign_in).await
    }

    /// For a new list: the sign-in is repeated for as long as `most`, and the screen says so.
    pub(super) async fn for_list(
        client: UnsignedClient,
        screen: Screen,
        most: Option<Duration>,
    ) -> Result<Self, Failure> {
        // A certificate stays what it is; a page may be a hotel's, which goes away.
        let passes = |error: &SignInError| {
            let stays = error.refused || error.detail.code() == "certificate";
            (!stays).then(|| error.retry_after.unwrap_or_default())
        };
        let told = |error: &SignInError, next: Timestamp, end: Timestamp| {
            let now = Clock::new().now().wall;
            let until = next.to_string();
            tracing::debug!(target: "mde_offboard::run", reason = "sign_in", until, "waiting");
            let (next, end) = (lasting(next.since(now)), lasting(end.since(now)));
            let tries = format!("next try in {next}, giving up in {end}");
            screen.note(&format!("the sign-in cannot be reached: {}; {tries}\n", error.detail));
        };
        let most = most.unwrap_or(SIGN_IN_TRIED);
        let sign_in = async |remote: &Defender| {
            let clock = Clock::new();
            engine::keep_trying((&clock, most), async || remote.sign_in().await, passes, told).await
        };
        Self::with(client, screen, sign_in).await
    }

    /// Refuses what would be refused later: before the first POST, and naming what is missing.
    async fn with(
        client: UnsignedClient,
        screen: Screen,
        sign_in: impl AsyncFnOnce(&Defender) -> Result<Identity, SignInError>,
    ) -> Result<Self, Failure> {
        let identity = sign_in(&client.remote).await;
        let identity = identity.map_err(|error| not_signed_in(&error, &client.source))?;
        let wall = Clock::new().now().wall;
        let server_clock = identity.server_date.map(|date| ServerClock { date, wall });
        let verdict = client.judge(&identity, wall);
        for warning in &verdict.warnings {
            screen.note(&format!("warning: {warning}\n"));
        }
        let (lacking, token_ends_at) = (verdict.lacking(), verdict.ends_at);
        if let Some(refusal) = verdict.unfit.or(lacking) {
            return Err(refusal);
        }
        let tenant = client.tenant(identity.tenant_id)?;
        let UnsignedClient { remote, api, timeout, .. } = client;
        let (app, simulator) = (verdict.bearer.app, None);
        Ok(Self { remote, tenant, api, app, timeout, server_clock, token_ends_at, simulator })
    }
}
