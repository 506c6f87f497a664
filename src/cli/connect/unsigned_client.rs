//! A client that is set up, and what is to be thought of the token that it gets.
//!
//! Used for each sign-in, and by `check`, which tells one thing after the other instead of refusing
//! at the first.

use std::time::Duration;

use crate::defender::{CredentialKind, Defender, Identity, Objection, Settings};
use crate::domain::{Realm, Tenant, Timestamp};

use crate::cli::environment;
use crate::cli::{Exit, Failure};

use super::sign_in_source::SignInSource;
use super::sign_in_words::{
    certificate_ends, doubtful_audience, ends_soon, lacking, unfit, unusable,
};
use super::token_bearer::{BearerKind, MACHINE_OFFBOARD, TokenBearer, missing_permission};

/// Stored as the address of the embedded simulator, whose port changes from run to run.
const SIMULATOR: &str = "simulator";

pub(crate) struct UnsignedClient {
    pub(crate) remote: Defender,
    pub(crate) source: SignInSource,
    /// At which address, as a batch remembers it.
    pub(super) api: String,
    /// How long a request may take.
    pub(super) timeout: Duration,
    /// Whether the token was handed in, so that nobody can renew it.
    was_handed_in: bool,
    realm: Realm,
    host: String,
    is_loopback: bool,
    scope: String,
    asked_tenant: Option<String>,
    asked_client: Option<String>,
    is_managed_identity: bool,
}

/// What a token is worth, as far as it says.
pub(crate) struct TokenVerdict {
    /// Why it cannot be used at all.
    pub(crate) unfit: Option<Failure>,
    /// The permissions that it lacks.
    missing: Vec<Objection>,
    /// Whether it says which permissions it has; an opaque one does not.
    pub(crate) says_permissions: bool,
    /// When it ends, where nobody can renew it.
    pub(crate) ends_at: Option<Timestamp>,
    /// What may go wrong with it later.
    pub(crate) warnings: Vec<String>,
    pub(crate) bearer: TokenBearer,
}

impl TokenVerdict {
    /// Everything that it lacks, with what an administrator does.
    pub(crate) fn lacking(&self) -> Option<Failure> {
        lacking(&self.missing, &self.bearer)
    }

    pub(crate) fn lacks_offboarding(&self) -> bool {
        self.names().any(|name| name == MACHINE_OFFBOARD)
    }

    pub(crate) fn lacks_reading(&self) -> bool {
        self.names().any(|name| name != MACHINE_OFFBOARD)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.missing.iter().filter_map(missing_permission)
    }
}

impl UnsignedClient {
    /// Sets it up; nothing is sent.
    pub(crate) fn set_up(
        settings: Settings,
        realm: Realm,
        source: SignInSource,
    ) -> Result<Self, Failure> {
        let api = match realm {
            Realm::Simulator => SIMULATOR.to_owned(),
            _ => settings.api.as_str().to_owned(),
        };
        let (host, is_loopback) = (settings.api.host().to_owned(), settings.api.is_loopback());
        let (timeout, scope) = (settings.timeout, settings.scope.clone());
        let (asked_tenant, asked_client) = (settings.tenant_id.clone(), settings.client_id.clone());
        let was_handed_in = matches!(settings.credential, CredentialKind::Token(_));
        let is_managed_identity = matches!(settings.credential, CredentialKind::ManagedIdentity(_));
        let remote = Defender::new(settings).map_err(|error| unusable(&error))?;
        for (_, proxy) in environment::proxies() {
            remote.keep_password_of(&proxy);
        }
        Ok(Self {
            remote,
            source,
            api,
            timeout,
            was_handed_in,
            realm,
            host,
            is_loopback,
            scope,
            asked_tenant,
            asked_client,
            is_managed_identity,
        })
    }

    /// The name of the API's host.
    pub(crate) fn api_host(&self) -> &str {
        &self.host
    }

    /// Whether that is this computer.
    pub(crate) const fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    pub(crate) const fn realm(&self) -> Realm {
        self.realm
    }

    /// Judges a token that was had at `now`, by this computer's clock.
    pub(crate) fn judge(&self, identity: &Identity, now: Timestamp) -> TokenVerdict {
        let bearer = self.bearer(identity);
        let objections = identity.objections(self.asked_tenant.as_deref(), &self.scope);
        let (missing, strange): (Vec<_>, Vec<_>) =
            objections.into_iter().partition(|one| missing_permission(one).is_some());
        // One that was fetched just now holds, even if this computer's clock disagrees.
        let ended = identity.out_of_time(now).filter(|_| self.was_handed_in);
        let unfit = ended.iter().chain(&strange).next().map(unfit);
        let doubtful = identity.doubtful_audience(&self.scope);
        let certificate = identity.certificate_ends_at.filter(|at| ends_soon(*at, now));
        let warnings = certificate.map(|at| certificate_ends(at, now)).into_iter();
        let warnings = warnings.chain(doubtful.map(|name| doubtful_audience(name, &self.scope)));
        TokenVerdict {
            unfit,
            missing,
            says_permissions: identity.roles.is_some(),
            ends_at: identity.expires_at.filter(|_| self.was_handed_in),
            warnings: warnings.collect(),
            bearer,
        }
    }

    fn bearer(&self, identity: &Identity) -> TokenBearer {
        let kind = match (identity.is_delegated, self.is_managed_identity) {
            (true, _) => BearerKind::Person,
            (false, true) => BearerKind::ManagedIdentity,
            (false, false) => BearerKind::App,
        };
        let app = identity.app_id.clone().or_else(|| self.asked_client.clone());
        TokenBearer {
            kind,
            app: app.unwrap_or_else(|| "unknown".to_owned()),
            object_id: identity.object_id.clone(),
            realm: self.realm,
        }
    }

    /// The tenant: that of the token, else the one that was asked for.
    pub(crate) fn tenant(&self, named: Option<String>) -> Result<Tenant, Failure> {
        let Some(id) = named.or_else(|| self.asked_tenant.clone()) else {
            return Err(Failure::new(Exit::Usage, "the token does not say which tenant it is for")
                .hint("name it: --tenant-id ID, or AZURE_TENANT_ID"));
        };
        Ok(Tenant { id: id.to_ascii_lowercase(), realm: self.realm })
    }
}
