//! Where Defender is and who asks: options, environment, then what the batch remembers.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;

use crate::defender::{
    ApiUrl, AuthorityUrl, Cloud, CredentialKind, Defender, DefenderError, Identity, Objection,
    Secrets, Settings, SignInError, endpoints,
};
use crate::domain::{Comment, Realm, ServerClock, Tenant};
use crate::engine::{self, Clock};
use crate::journal::Batch;

use crate::cli::args::{Auth, ConnectionArguments};
use crate::cli::connect::simulation::Simulation;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::options::Law;
use crate::cli::paths::shown;
use crate::cli::terminal::screen::Screen;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What stands for the address of the embedded simulator, whose port changes from run to run.
const SIMULATOR: &str = "simulator";

/// How long one may take in a rehearsal: the simulator answers at once, or means not to.
const REHEARSAL_TIMEOUT: Duration = Duration::from_secs(2);

/// A client that is signed in.
pub(crate) struct Signed {
    /// The client.
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
}

/// For how long a sign-in that cannot be reached is tried again, and who is told so.
pub(crate) struct Patience {
    /// Who is told.
    pub(crate) screen: Screen,
    /// How long; none: two minutes, as for a run that has not had an answer yet.
    pub(crate) most: Option<Duration>,
}

impl Patience {
    /// As long as a run waits for its first answer.
    const MOST: Duration = Duration::from_mins(2);

    async fn sign_in(&self, remote: &Defender) -> Result<Identity, SignInError> {
        let most = self.most.unwrap_or(Self::MOST);
        let passes = |error: &SignInError| {
            // A certificate stays what it is; a page may be a hotel's, which goes away.
            let may_pass = !error.refused && error.detail.code() != "certificate";
            if may_pass {
                let detail = &error.detail;
                let said = format!("the sign-in cannot be reached: {detail}; it is tried again\n");
                self.screen.note(&said);
            }
            may_pass
        };
        // One process alone signs in here, so nothing needs to be spread.
        let seed = 0;
        engine::keep_trying((&Clock::new(), most, seed), async || remote.sign_in().await, passes)
            .await
    }
}

/// What a client is to be made of.
pub(crate) struct Target {
    settings: Settings,
    /// What stands for the address in the journal.
    api: String,
    realm: Realm,
}

impl Target {
    /// The embedded simulator, with whatever of the options still means something.
    pub(crate) fn simulation(
        simulation: &Simulation,
        given: &ConnectionArguments,
    ) -> Result<Self, Failure> {
        let authority = AuthorityUrl::parse(&simulation.url).map_err(|e| wrong(&e))?;
        let settings = Settings {
            api: ApiUrl::parse(&simulation.url).map_err(|e| wrong(&e))?,
            authority,
            scope: endpoints(Cloud::Public, None).map_err(|e| wrong(&e))?.scope.to_owned(),
            tenant_id: Some(simulation.tenant_id.clone()),
            client_id: Some(simulation.client_id.clone()),
            credential: CredentialKind::ClientSecret(simulation.client_secret.clone().into()),
            timeout: given.timeout.unwrap_or(REHEARSAL_TIMEOUT),
            proxy: None,
            ca_file: None,
        };
        Ok(Self { settings, api: SIMULATOR.to_owned(), realm: Realm::Simulator })
    }

    /// The real Defender, or whatever answers at the address that was given. What neither an option
    /// nor the environment says comes from the batch that goes on.
    pub(crate) fn defender(
        given: &ConnectionArguments,
        remembered: Option<&Batch>,
    ) -> Result<Self, Failure> {
        let chosen = given.cloud.is_some() || given.region.is_some();
        let api_url = given
            .api_url
            .clone()
            .or_else(environment::api_url)
            .or_else(|| remembered.filter(|_| !chosen).map(|batch| batch.api.clone()));
        let api_url = api_url.as_deref().map(ApiUrl::parse).transpose().map_err(|e| wrong(&e))?;
        let cloud_there = api_url.as_ref().and_then(Cloud::at);
        let cloud = given.cloud.or(cloud_there).or_else(|| Cloud::of(remembered?.tenant.realm));
        let cloud = cloud.unwrap_or(Cloud::Public);
        let places = endpoints(cloud, given.region).map_err(|error| wrong(&error))?;
        let api = api_url.unwrap_or(places.api);
        let authority_url = given.authority_url.clone().or_else(environment::authority_url);
        let authority = match authority_url {
            Some(url) => AuthorityUrl::parse(&url).map_err(|error| wrong(&error))?,
            None => places.authority,
        };
        let tenant_id = given.tenant_id.clone().or_else(environment::tenant_id);
        let realm = if api.is_loopback() {
            Realm::Loopback
        } else {
            Cloud::at(&api).unwrap_or(cloud).realm()
        };
        let stored = api.as_str().to_owned();
        let tenant_id = tenant_id.or_else(|| remembered.map(|batch| batch.tenant.id.clone()));
        let client_id = given.client_id.clone().or_else(environment::client_id);
        let who = Who { tenant_id: tenant_id.as_deref(), client_id: client_id.as_deref() };
        let credential = credential(given.auth.unwrap_or(Auth::Auto), &who)?;
        let settings = Settings {
            api,
            authority,
            scope: places.scope.to_owned(),
            tenant_id,
            client_id,
            credential,
            timeout: given.timeout.unwrap_or(TIMEOUT),
            proxy: given.proxy.clone(),
            ca_file: given.ca_file.as_deref().map(read_certificates).transpose()?,
        };
        Ok(Self { settings, api: stored, realm })
    }

    /// Which limits can be loosened there.
    pub(crate) fn law(&self) -> Law {
        if self.settings.api.is_loopback() { Law::Loopback } else { Law::Defender }
    }

    /// Signs in, and refuses what would be refused later: before the first POST, and naming what
    /// is missing.
    ///
    /// Where the sign-in cannot be reached and a batch says whose it is, the run begins all the
    /// same: waiting for a network is the engine's. For a new list it is tried again for a while.
    pub(crate) async fn sign_in(
        self,
        remembered: Option<&Batch>,
        patience: Option<Patience>,
    ) -> Result<Signed, Failure> {
        let Self { settings, api, realm } = self;
        let (timeout, scope) = (settings.timeout, settings.scope.clone());
        let (asked_tenant, asked_client) = (settings.tenant_id.clone(), settings.client_id.clone());
        let was_handed_in = matches!(settings.credential, CredentialKind::Token(_));
        let remote = Defender::new(settings).map_err(|error| unusable(&error))?;
        for proxy in environment::proxies() {
            remote.keep_password_of(&proxy);
        }
        let signed_in = match patience {
            Some(patience) => patience.sign_in(&remote).await,
            None => remote.sign_in().await,
        };
        let identity = match (signed_in, remembered) {
            (Ok(identity), _) => identity,
            (Err(SignInError { refused: false, .. }), Some(_)) => Identity::default(),
            (Err(error), _) => return Err(not_signed_in(&error)),
        };
        let wall = Clock::new().now().wall;
        let server_clock = identity.server_date.map(|date| ServerClock { date, wall });
        let client = identity.app_id.clone().or(asked_client);
        let app = client.unwrap_or_else(|| "unknown".to_owned());
        // One that was fetched just now holds, even if this computer's clock disagrees.
        if let Some(objection) = identity.out_of_time(wall).filter(|_| was_handed_in) {
            return Err(objected(&objection, &app));
        }
        if let Some(objection) = identity.objections(asked_tenant.as_deref(), &scope).first() {
            return Err(objected(objection, &app));
        }
        let Some(id) = identity.tenant_id.or(asked_tenant) else {
            return Err(Failure::new(Exit::Usage, "the token does not say which tenant it is for")
                .hint("name it: --tenant-id ID, or AZURE_TENANT_ID"));
        };
        let tenant = Tenant { id: id.to_ascii_lowercase(), realm };
        Ok(Signed { remote, tenant, api, app, timeout, server_clock })
    }
}

/// Refuses comments with a piece of the secret or the token in them, as a slip of the clipboard
/// leaves it: a comment stays in Defender and in the journal for good.
pub(crate) struct CommentCheck(Secrets);

impl CommentCheck {
    /// With the secrets of the environment.
    pub(crate) fn new() -> Self {
        let secrets = Secrets::default();
        for secret in environment::client_secret().into_iter().chain(environment::token()) {
            secrets.keep(&secret);
        }
        Self(secrets)
    }

    /// The comment of `--comment`.
    pub(crate) fn check(&self, comment: &Comment) -> Result<(), Failure> {
        self.refuse(comment, || Failure::new(Exit::Usage, format!("the comment {HOLDS_SECRET}")))
    }

    /// A row's own comment; `place` says in words which row of which file it is.
    pub(crate) fn check_row(
        &self,
        comment: &Comment,
        place: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        self.refuse(comment, || {
            let said = format!("{}: its comment {HOLDS_SECRET}; nothing was queued", place());
            Failure::new(Exit::Input, said)
        })
    }

    fn refuse(&self, comment: &Comment, why: impl FnOnce() -> Failure) -> Result<(), Failure> {
        if !self.0.are_in(comment.as_str()) {
            return Ok(());
        }
        Err(why().hint("write another comment; if others could read this one, renew the secret"))
    }
}

const HOLDS_SECRET: &str = "holds a piece of the client secret or the token";

/// Whether an address is this computer.
pub(crate) fn is_loopback(url: &str) -> bool {
    ApiUrl::parse(url).is_ok_and(|url| url.is_loopback())
}

/// Whose app signs in, as far as anybody said.
struct Who<'a> {
    tenant_id: Option<&'a str>,
    client_id: Option<&'a str>,
}

/// What to sign in with. Everything that is missing for it is named at once.
fn credential(auth: Auth, who: &Who<'_>) -> Result<CredentialKind, Failure> {
    let token = || environment::token().map(|text| CredentialKind::Token(SecretString::from(text)));
    let secret = || {
        let text = environment::client_secret()?;
        Some(CredentialKind::ClientSecret(SecretString::from(text)))
    };
    let (found, wanted) = match auth {
        Auth::Auto => (token().or_else(secret), "AZURE_CLIENT_SECRET or MDE_OFFBOARD_TOKEN"),
        Auth::Token => (token(), "MDE_OFFBOARD_TOKEN"),
        Auth::ClientSecret => (secret(), "AZURE_CLIENT_SECRET"),
    };
    // A token says itself whose it is.
    let needs_app = match &found {
        Some(kind) => matches!(kind, CredentialKind::ClientSecret(_)),
        None => auth != Auth::Token,
    };
    let ids = [(who.tenant_id, "AZURE_TENANT_ID"), (who.client_id, "AZURE_CLIENT_ID")];
    let ids = ids.into_iter().filter(|(id, _)| needs_app && id.is_none()).map(|(_, name)| name);
    let missing: Vec<&str> = found.is_none().then_some(wanted).into_iter().chain(ids).collect();
    match found {
        Some(found) if missing.is_empty() => Ok(found),
        Some(_) => Err(incomplete("a client secret does not say whose it is", &missing)),
        None => Err(incomplete("there is nothing to sign in with", &missing)),
    }
}

fn incomplete(said: &str, missing: &[&str]) -> Failure {
    let names = match missing {
        [all @ .., last] if !all.is_empty() => format!("{}, and {last}", all.join(", ")),
        names => names.join(", "),
    };
    let options =
        if names.contains("_ID") { "; --tenant-id and --client-id do as well" } else { "" };
    Failure::new(Exit::Usage, said)
        .hint(format!("set {names} in the environment{options}; --simulate needs none of them"))
}

fn read_certificates(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(Exit::Usage, format!("{} cannot be read", shown(path))).caused_by(&error)
    })
}

fn wrong(error: &dyn std::error::Error) -> Failure {
    Failure::of(Exit::Usage, error)
}

fn unusable(error: &DefenderError) -> Failure {
    match error {
        DefenderError::Token => Failure::of(Exit::NoAccess, error),
        _ => Failure::of(Exit::Usage, error),
    }
}

fn not_signed_in(SignInError { detail, refused }: &SignInError) -> Failure {
    if *refused {
        Failure::new(Exit::NoAccess, format!("sign-in was refused: {detail}"))
    } else if !detail.changes_by_waiting() {
        Failure::new(Exit::Guard, format!("the sign-in cannot be used: {detail}")).hint(
            "nothing was queued or sent; check --authority-url, --ca-file and the proxy, since \
             starting again changes nothing",
        )
    } else {
        Failure::new(Exit::Unfinished, format!("the sign-in cannot be reached: {detail}"))
            .hint("nothing was queued or sent; start again once there is a connection")
    }
}

fn objected(objection: &Objection, app: &str) -> Failure {
    match objection {
        Objection::MissingRole(role) => {
            let said = match *role {
                "Machine.Offboard" => "the app may not offboard machines",
                _ => "the app may not read machines and their actions",
            };
            Failure::new(Exit::NoAccess, said).caused_by(objection).hint(format!(
                "an administrator adds the application permission `{role}` of the API\n\
                 WindowsDefenderATP to the app {app} and grants consent; it can take a minute"
            ))
        }
        Objection::Expired { .. } => Failure::of(Exit::NoAccess, objection).hint(
            "nothing was queued or sent; put a new token into MDE_OFFBOARD_TOKEN, or sign in with \
             AZURE_CLIENT_SECRET, which renews its tokens",
        ),
        Objection::NotYet { .. } => Failure::of(Exit::NoAccess, objection).hint(
            "nothing was queued or sent; set this computer's clock right, or get a token that \
             holds now",
        ),
        Objection::OtherTenant { .. } | Objection::OtherAudience { .. } => {
            Failure::of(Exit::NoAccess, objection)
        }
    }
}
