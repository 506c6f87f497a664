//! What a client is made of: options, configuration, then what the batch remembers.

use std::path::Path;
use std::time::Duration;

use crate::defender::{
    AddressError, ApiUrl, AuthorityUrl, Cloud, CredentialKind, Endpoints, Region, Settings,
    endpoints, is_proxy_address,
};
use crate::domain::{Realm, TimeSource};
use crate::engine::Clock;
use crate::journal::Batch;

use crate::cli::args::{Auth, ConnectionArguments};
use crate::cli::configuration::Configuration;
use crate::cli::environment;
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

use super::credentials::{Who, credential};
use super::embedded_simulator::EmbeddedSimulator;
use super::secret_file;

const TIMEOUT: Duration = Duration::from_secs(30);

/// How long one may take in a rehearsal: the simulator answers at once, or means not to. A page of
/// 20,000 machines takes seconds where other programs have the processor.
const REHEARSAL_TIMEOUT: Duration = Duration::from_secs(10);

/// For the embedded simulator. Of the connection's options only `--timeout` means something there.
pub(super) fn for_simulator(
    simulator: &EmbeddedSimulator,
    timeout: Option<Duration>,
) -> Result<Settings, Failure> {
    let authority = AuthorityUrl::parse(&simulator.url).map_err(|e| wrong(&e))?;
    Ok(Settings {
        api: ApiUrl::parse(&simulator.url).map_err(|e| wrong(&e))?,
        authority,
        scope: places(Cloud::Public, None)?.scope.to_owned(),
        tenant_id: Some(simulator.tenant_id.clone()),
        client_id: Some(simulator.client_id.clone()),
        credential: CredentialKind::ClientSecret(simulator.client_secret.clone().into()),
        timeout: timeout.unwrap_or(REHEARSAL_TIMEOUT),
        proxy: None,
        ca_file: None,
        clock: clock(),
    })
}

/// For the real Defender, or the server at the given address, and which cloud that is. What
/// nobody says comes from the batch that continues.
pub(super) fn for_defender(
    (given, configuration): (&ConnectionArguments, &Configuration),
    remembered: Option<&Batch>,
    screen: Screen,
) -> Result<(Settings, Realm), Failure> {
    let given = configuration.connection(given);
    let chosen = given.cloud.is_some() || given.region.is_some();
    let api_url = given
        .api_url
        .clone()
        .or_else(|| remembered.filter(|_| !chosen).map(|batch| batch.api.clone()));
    let api_url = api_url.as_deref().map(ApiUrl::parse).transpose().map_err(|e| wrong(&e))?;
    let cloud_there = api_url.as_ref().and_then(Cloud::at);
    let cloud = given.cloud.or(cloud_there).or_else(|| Cloud::of(remembered?.tenant.realm));
    let cloud = cloud.unwrap_or(Cloud::Public);
    let places = places(cloud, given.region)?;
    let api = api_url.unwrap_or(places.api);
    let authority_url = given.authority_url;
    let is_authority_named = authority_url.is_some();
    let authority = match authority_url {
        Some(url) => AuthorityUrl::parse(&url).map_err(|error| wrong(&error))?,
        None => places.authority,
    };
    let tenant_id = given.tenant_id;
    let realm =
        if api.is_loopback() { Realm::Loopback } else { Cloud::at(&api).unwrap_or(cloud).realm() };
    let tenant_id = tenant_id.or_else(|| remembered.map(|batch| batch.tenant.id.clone()));
    let client_id = given.client_id;
    let (tenant, client) = (tenant_id.as_deref(), client_id.as_deref());
    let who = Who { tenant_id: tenant, client_id: client, scope: places.scope };
    if given.proxy.is_none() && !(api.is_loopback() && authority.is_loopback()) {
        check_proxies()?;
    }
    let auth = given.auth.unwrap_or(Auth::Auto);
    let timeout = given.timeout.unwrap_or(TIMEOUT);
    let credential = credential(auth, &who, configuration, (timeout, screen))?;
    if api.is_loopback() && !is_authority_named && credential.is_sent_to_authority() {
        return Err(real_sign_in(&api, &authority));
    }
    let settings = Settings {
        api,
        authority,
        scope: places.scope.to_owned(),
        tenant_id,
        client_id,
        credential,
        timeout,
        proxy: given.proxy,
        ca_file: given.ca_file.as_deref().map(read_certificates).transpose()?,
        clock: clock(),
    };
    Ok((settings, realm))
}

/// Where a cloud is asked.
pub(crate) fn places(cloud: Cloud, region: Option<Region>) -> Result<Endpoints, Failure> {
    endpoints(cloud, region).map_err(|error| {
        Failure::of(Exit::Usage, &error).hint("leave --region out, or the other --cloud")
    })
}

pub(crate) fn is_loopback(url: &str) -> bool {
    ApiUrl::parse(url).is_ok_and(|url| url.is_loopback())
}

/// By which tokens are renewed.
fn clock() -> TimeSource {
    let clock = Clock::new();
    TimeSource::new(move || clock.now())
}

fn read_certificates(path: &Path) -> Result<Vec<u8>, Failure> {
    secret_file::authorities(path).map_err(|why| {
        Failure::new(Exit::Usage, why).hint("name a file of certificates with --ca-file")
    })
}

/// Refuses a variable whose proxy the HTTP client would leave out, or take for another one.
fn check_proxies() -> Result<(), Failure> {
    let wrong = environment::proxies().find(|(_, address)| !is_proxy_address(address));
    let Some((name, _)) = wrong else { return Ok(()) };
    let said = format!("{name} is not the address of a proxy");
    Err(Failure::new(Exit::Usage, said).hint(
        "it is like http://proxy.example:8080; in a user name or a password write `/` as %2F, `#` \
         as %23 and `@` as %40",
    ))
}

/// What is at a loopback address is no Defender, so its credentials are not Entra's to see.
fn real_sign_in(api: &ApiUrl, authority: &AuthorityUrl) -> Failure {
    let said = format!(
        "the API is on this computer ({api}), and the credentials would go to {authority}: no \
         sign-in address was given"
    );
    Failure::new(Exit::Usage, said).hint(format!(
        "a simulator has its sign-in at the same address:\n  --authority-url {api}\n\
         AZURE_AUTHORITY_HOST sets it too; to sign in at the real one, name it: --authority-url \
         {authority}"
    ))
}

fn wrong(error: &AddressError) -> Failure {
    Failure::of(Exit::Usage, error).hint(error.hint())
}
