//! The client that is signed in, and what is refused before the first request that counts.

use std::time::Duration;

use crate::defender::{CredentialKind, Defender, Identity, Settings, SignInError};
use crate::domain::{Realm, ServerClock, Tenant, Timestamp};
use crate::engine::{self, Clock};
use crate::reporter::lasting;

use crate::cli::environment;
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

use super::embedded_simulator::EmbeddedSimulator;
use super::sign_in_words::{certificate_ends, ends_soon, not_signed_in, objected, unusable};

/// Stored as the address of the embedded simulator, whose port changes from run to run.
const SIMULATOR: &str = "simulator";

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
    pub(super) async fn for_batch(
        settings: Settings,
        realm: Realm,
        screen: Screen,
    ) -> Result<Self, Failure> {
        let sign_in = async |remote: &Defender| match remote.sign_in().await {
            Err(SignInError { refused: false, .. }) => Ok(Identity::default()),
            other => other,
        };
        Self::with((settings, realm), screen, sign_in).await
    }

    /// For a new list: the sign-in is repeated for as long as `most`, and the screen says so.
    pub(super) async fn for_list(
        settings: Settings,
        realm: Realm,
        screen: Screen,
        most: Option<Duration>,
    ) -> Result<Self, Failure> {
        // A certificate stays what it is; a page may be a hotel's, which goes away.
        let passes = |error: &SignInError| !error.refused && error.detail.code() != "certificate";
        let told = |error: &SignInError, next: Timestamp, end: Timestamp| {
            let now = Clock::new().now().wall;
            let (next, end) = (lasting(next.since(now)), lasting(end.since(now)));
            let tries = format!("next try in {next}, giving up in {end}");
            screen.note(&format!("the sign-in cannot be reached: {}; {tries}\n", error.detail));
        };
        // One process alone signs in here, so nothing needs to be spread.
        let (most, seed) = (most.unwrap_or(SIGN_IN_TRIED), 0);
        let sign_in = async |remote: &Defender| {
            let clock = Clock::new();
            engine::keep_trying((&clock, most, seed), async || remote.sign_in().await, passes, told)
                .await
        };
        Self::with((settings, realm), screen, sign_in).await
    }

    /// Refuses what would be refused later: before the first POST, and naming what is missing.
    async fn with(
        (settings, realm): (Settings, Realm),
        screen: Screen,
        sign_in: impl AsyncFnOnce(&Defender) -> Result<Identity, SignInError>,
    ) -> Result<Self, Failure> {
        let api = match realm {
            Realm::Simulator => SIMULATOR.to_owned(),
            _ => settings.api.as_str().to_owned(),
        };
        let (timeout, scope) = (settings.timeout, settings.scope.clone());
        let (asked_tenant, asked_client) = (settings.tenant_id.clone(), settings.client_id.clone());
        let was_handed_in = matches!(settings.credential, CredentialKind::Token(_));
        let remote = Defender::new(settings).map_err(|error| unusable(&error))?;
        for proxy in environment::proxies() {
            remote.keep_password_of(&proxy);
        }
        let identity = sign_in(&remote).await.map_err(|error| not_signed_in(&error))?;
        let wall = Clock::new().now().wall;
        let server_clock = identity.server_date.map(|date| ServerClock { date, wall });
        let client = identity.app_id.clone().or(asked_client);
        let app = client.unwrap_or_else(|| "unknown".to_owned());
        // One that was fetched just now holds, even if this computer's clock disagrees.
        if let Some(objection) = identity.out_of_time(wall).filter(|_| was_handed_in) {
            return Err(objected(&objection, &app));
        }
        if let Some(at) = identity.certificate_ends_at.filter(|at| ends_soon(*at, wall)) {
            screen.note(&certificate_ends(at, wall));
        }
        if let Some(objection) = identity.objections(asked_tenant.as_deref(), &scope).first() {
            return Err(objected(objection, &app));
        }
        let token_ends_at = identity.expires_at.filter(|_| was_handed_in);
        let Some(id) = identity.tenant_id.or(asked_tenant) else {
            return Err(Failure::new(Exit::Usage, "the token does not say which tenant it is for")
                .hint("name it: --tenant-id ID, or AZURE_TENANT_ID"));
        };
        let tenant = Tenant { id: id.to_ascii_lowercase(), realm };
        let simulator = None;
        Ok(Self { remote, tenant, api, app, timeout, server_clock, token_ends_at, simulator })
    }
}
