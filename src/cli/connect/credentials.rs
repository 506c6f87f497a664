//! How to sign in: one way, which is named, or the first of those that are set up.
//!
//! Never another one behind a person's back: what `auto` takes is the only one that is tried, and
//! where there are two, the screen says which. Identities that nobody set up for this
//! program (of the computer, of the Azure CLI, of a person) are used only when they are named.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::defender::{CredentialKind, DeviceCodePrompt, ManagedIdentityPlace, SecretSource};
use crate::domain::text::{escaped, is_guid};
use crate::domain::{Advice, Span};

use crate::cli::args::Auth;
use crate::cli::configuration::{Configuration, Key, SignInProof, named};
use crate::cli::environment;
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

use super::azure_cli;
use super::secret_command;
use super::secret_file;

/// Who signs in to what, as far as anybody said.
pub(super) struct Who<'a> {
    pub(super) tenant_id: Option<&'a str>,
    pub(super) client_id: Option<&'a str>,
    /// The API's audience with `/.default`.
    pub(super) scope: &'a str,
}

/// What to sign in with. Everything that is missing for it is named at once. A program that is
/// asked for a secret has `timeout`.
pub(super) fn credential(
    auth: Auth,
    who: &Who<'_>,
    configuration: &Configuration,
    (timeout, screen): (Duration, Screen),
) -> Result<CredentialKind, Failure> {
    let proofs = configuration.proofs();
    let found = |wanted: Auth| proofs.iter().find(|proof| proof.auth == wanted);
    let (taken, proof) = match auth {
        Auth::Auto => {
            let proof = proofs.first();
            let other = |taken: &SignInProof| proofs.iter().find(|it| it.auth != taken.auth);
            if let Some((taken, other)) = proof.and_then(|taken| Some((taken, other(taken)?))) {
                screen.note(&both(taken, other));
            }
            (proof.map(|proof| proof.auth), proof)
        }
        named => (Some(named), found(named)),
    };
    let missing = missing(taken, proof, who);
    let Some(taken) = taken.filter(|_| missing.is_empty()) else {
        let has_proof = |taken: &Auth| variable(*taken).is_none() || proof.is_some();
        let said = match taken.filter(has_proof) {
            Some(taken) => format!("{} is not enough to sign in", words(taken)),
            None => "no credentials".to_owned(),
        };
        return Err(incomplete(&said, &missing, configuration));
    };
    check_tenant(taken, who.tenant_id)?;
    kind((taken, proof), who, (timeout, screen))
}

/// Where the tenant is not part of the sign-in's address, only its ID can be compared with what the
/// token says: anything else would be no check at all.
fn check_tenant(taken: Auth, tenant: Option<&str>) -> Result<(), Failure> {
    let is_in_address = !matches!(taken, Auth::Token | Auth::ManagedIdentity | Auth::AzureCli);
    let Some(tenant) = tenant.filter(|tenant| !is_in_address && !is_guid(tenant)) else {
        return Ok(());
    };
    let said = format!("`{}` is not the ID of a tenant", escaped(tenant));
    Err(Failure::new(Exit::Usage, said).hint(format!(
        "give the ID that the portal shows, 32 hexadecimal digits in five groups: with {} nothing \
         else can be compared with the token",
        words(taken)
    )))
}

fn kind(
    (auth, proof): (Auth, Option<&SignInProof>),
    who: &Who<'_>,
    (timeout, screen): (Duration, Screen),
) -> Result<CredentialKind, Failure> {
    let path = || proof.and_then(|proof| proof.texts.first()).cloned().unwrap_or_default().into();
    Ok(match auth {
        Auth::Auto | Auth::Token => {
            let token = environment::text(environment::TOKEN).unwrap_or_default();
            CredentialKind::Token(SecretString::from(token))
        }
        Auth::ClientSecret => CredentialKind::ClientSecret(client_secret(proof, (timeout, screen))),
        Auth::ClientCertificate => {
            CredentialKind::ClientCertificate(secret_file::certificate(path()))
        }
        Auth::WorkloadIdentity => CredentialKind::FederatedToken(secret_file::token(path())),
        Auth::ManagedIdentity => CredentialKind::ManagedIdentity(managed_identity()?),
        Auth::AzureCli => {
            let resource = who.scope.trim_end_matches("/.default");
            CredentialKind::AzureCli(azure_cli::token((resource, who.tenant_id), (timeout, screen)))
        }
        Auth::DeviceCode => {
            CredentialKind::DeviceCode(Arc::new(move |prompt| show_code(screen, prompt)))
        }
    })
}

fn client_secret(proof: Option<&SignInProof>, time: (Duration, Screen)) -> SecretSource {
    match proof {
        Some(SignInProof { key: Key::SecretFile, texts, .. }) => {
            secret_file::client_secret(texts.first().into_iter().collect())
        }
        Some(SignInProof { key: Key::SecretCommand, texts, .. }) => {
            secret_command::client_secret(texts.clone(), time)
        }
        _ => environment::text(environment::CLIENT_SECRET).unwrap_or_default().into(),
    }
}

/// The variable that holds a credential, or says where it is.
const fn variable(auth: Auth) -> Option<&'static str> {
    match auth {
        Auth::Token => Some(environment::TOKEN),
        Auth::ClientSecret => Some(environment::CLIENT_SECRET),
        Auth::ClientCertificate => Some(environment::CERTIFICATE),
        Auth::WorkloadIdentity => Some(environment::FEDERATED_TOKEN),
        Auth::Auto | Auth::ManagedIdentity | Auth::AzureCli | Auth::DeviceCode => None,
    }
}

const fn words(auth: Auth) -> &'static str {
    match auth {
        Auth::Auto | Auth::Token => "a token",
        Auth::ClientSecret => "a client secret",
        Auth::ClientCertificate => "a certificate",
        Auth::WorkloadIdentity => "a workload identity",
        Auth::ManagedIdentity => "a managed identity",
        Auth::AzureCli => "the Azure CLI",
        Auth::DeviceCode => "a device code",
    }
}

fn both(taken: &SignInProof, other: &SignInProof) -> String {
    let option = clap::ValueEnum::to_possible_value(&other.auth);
    let option = option.map(|value| value.get_name().to_owned()).unwrap_or_default();
    format!(
        "signing in with {} ({}); {} is set too, and --auth {option} would use it\n",
        words(taken.auth),
        taken.name(),
        other.name()
    )
}

fn missing(taken: Option<Auth>, proof: Option<&SignInProof>, who: &Who<'_>) -> Vec<&'static str> {
    let proof = match taken {
        Some(taken) => variable(taken).filter(|_| proof.is_none()),
        None => Some("AZURE_CLIENT_SECRET or MDE_OFFBOARD_TOKEN"),
    };
    // The others say themselves whose they are.
    let needs_app = !matches!(taken, Some(Auth::Token | Auth::ManagedIdentity | Auth::AzureCli));
    let ids = [(who.tenant_id, "AZURE_TENANT_ID"), (who.client_id, "AZURE_CLIENT_ID")];
    let ids = ids.into_iter().filter(|(id, _)| needs_app && id.is_none()).map(|(_, name)| name);
    proof.into_iter().chain(ids).collect()
}

/// The settings of a profile in place of variables. A secret itself is none.
fn settings(variables: &[&str]) -> String {
    let setting = |variable: &&str| match *variable {
        environment::TENANT_ID => Some("tenant_id"),
        environment::CLIENT_ID => Some("client_id"),
        environment::CERTIFICATE => Some("certificate"),
        name if name.starts_with(environment::CLIENT_SECRET) => {
            Some("secret_file or secret_command")
        }
        _ => None,
    };
    listed(&variables.iter().filter_map(setting).collect::<Vec<_>>())
}

fn listed(names: &[&str]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{}, and {last}", all.join(", ")),
        names => names.join(", "),
    }
}

fn incomplete(said: &str, missing: &[&str], configuration: &Configuration) -> Failure {
    let names = listed(missing);
    let options =
        if names.contains("_ID") { "; --tenant-id and --client-id also work" } else { "" };
    let set = Advice::from(format!("set {names} in the environment{options}"));
    let only_there = [environment::TOKEN, environment::FEDERATED_TOKEN];
    let hint = match (configuration.profile(), configuration.profiles()) {
        _ if missing.iter().all(|name| only_there.contains(name)) => set,
        (Some(_), _) => set.then(format!("; or write {} into the profile", settings(missing))),
        (None, []) => set.then("; or write a profile: ").then_command("config init"),
        (None, known) => set.then(format!("; or name a profile with --profile: {}", named(known))),
    };
    Failure::new(Exit::Usage, said).hint(hint.then("; --simulate needs none of them"))
}

/// Where the identity of this computer or app is; the sources that are not supported are named.
fn managed_identity() -> Result<ManagedIdentityPlace, Failure> {
    const OTHERS: &str = "use --auth client-certificate or --auth workload-identity there";
    /// The link-local address of a virtual machine's metadata.
    const METADATA: &str = "http://169.254.169.254";
    let set = environment::is_set;
    let refused = |source: &str, hint: &str| {
        let said = format!("the managed identity of {source} is not supported");
        Err(Failure::new(Exit::Usage, said).hint(hint.to_owned()))
    };
    if let Some(endpoint) = environment::text(environment::IDENTITY_ENDPOINT) {
        if set("IDENTITY_SERVER_THUMBPRINT") {
            return refused("Service Fabric", OTHERS);
        }
        return match environment::text(environment::IDENTITY_HEADER) {
            Some(header) => {
                Ok(ManagedIdentityPlace::AppService { endpoint, header: header.into() })
            }
            None if set("IMDS_ENDPOINT") => refused("Azure Arc", OTHERS),
            None => refused("a source with IDENTITY_ENDPOINT and no IDENTITY_HEADER", OTHERS),
        };
    }
    if set("MSI_ENDPOINT") {
        return if set("MSI_SECRET") {
            refused("Azure Machine Learning (MSI_ENDPOINT and MSI_SECRET)", OTHERS)
        } else {
            refused("Cloud Shell", "use --auth azure-cli there: Cloud Shell is signed in to `az`")
        };
    }
    let base = environment::text(environment::METADATA_HOST);
    Ok(ManagedIdentityPlace::Metadata { base: base.unwrap_or_else(|| METADATA.to_owned()) })
}

/// On standard error, also when quiet: nothing goes on before somebody has read it.
fn show_code(screen: Screen, prompt: &DeviceCodePrompt) {
    let DeviceCodePrompt { url, user_code, lifetime } = prompt;
    let lifetime = Span(*lifetime);
    screen.ask(&format!(
        "To sign in, open this page in any browser:\n  {url}\nand enter this code, which is good \
         for {lifetime}:\n  {user_code}\nCtrl-C cancels.\n"
    ));
}
