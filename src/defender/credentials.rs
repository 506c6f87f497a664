//! From settings to the credential that fetches tokens.

use std::sync::Mutex;

use secrecy::ExposeSecret;

use super::auth::{
    AzureCli, ClientCredentials, Credential, DeviceCode, ManagedIdentity, ManagedIdentityPlace,
    Proof, ReadyToken, TokenEndpoint, is_sendable, is_tenant,
};
use super::network::{Bodies, Connection, NetworkRoute};
use super::secrets::Secrets;
use super::settings::{CredentialKind, DefenderError, Settings};

/// `connection` leads to the authority. Secrets that are known already are kept in `secrets`.
pub(super) fn credential(
    settings: &Settings,
    connection: Connection,
    secrets: &Secrets,
) -> Result<Credential, DefenderError> {
    let client = |proof: Proof| {
        if let Proof::Secret(source) = &proof
            && let Some(secret) = source.fixed()
        {
            secrets.keep(secret.expose_secret());
        }
        Ok(Credential::Client(ClientCredentials {
            endpoint: endpoint(settings, connection.clone())?,
            client_id: client_id(settings)?,
            scope: settings.scope.clone(),
            proof,
            secrets: secrets.clone(),
        }))
    };
    match &settings.credential {
        CredentialKind::Token(text) => {
            let ready = ReadyToken::read(text.expose_secret());
            let token = ready.secret.expose_secret();
            secrets.keep(token);
            if is_sendable(token) {
                Ok(Credential::Ready(ready))
            } else {
                Err(DefenderError::Token)
            }
        }
        CredentialKind::ClientSecret(source) => client(Proof::Secret(source.clone())),
        CredentialKind::ClientCertificate(source) => client(Proof::Certificate(source.clone())),
        CredentialKind::FederatedToken(source) => client(Proof::Federated(source.clone())),
        CredentialKind::ManagedIdentity(place) => {
            if let ManagedIdentityPlace::AppService { header, .. } = place {
                secrets.keep(header.expose_secret());
            }
            managed_identity(settings, place, secrets)
        }
        CredentialKind::AzureCli(run) => {
            Ok(Credential::AzureCli(AzureCli { run: run.clone(), secrets: secrets.clone() }))
        }
        CredentialKind::DeviceCode(show) => Ok(Credential::DeviceCode(Box::new(DeviceCode {
            endpoint: endpoint(settings, connection)?,
            client_id: client_id(settings)?,
            scope: settings.scope.clone(),
            show: show.clone(),
            secrets: secrets.clone(),
            refresh: Mutex::default(),
        }))),
    }
}

fn endpoint(settings: &Settings, connection: Connection) -> Result<TokenEndpoint, DefenderError> {
    let tenant_id = settings.tenant_id.clone().ok_or(DefenderError::TenantMissing)?;
    if !is_tenant(&tenant_id) {
        return Err(DefenderError::Tenant(tenant_id));
    }
    Ok(TokenEndpoint::new(connection, settings.authority.clone(), tenant_id))
}

fn client_id(settings: &Settings) -> Result<String, DefenderError> {
    settings.client_id.clone().ok_or(DefenderError::ClientMissing)
}

/// Its address is next to this computer: no proxy stands before it, and TLS is not spoken there.
fn managed_identity(
    settings: &Settings,
    place: &ManagedIdentityPlace,
    secrets: &Secrets,
) -> Result<Credential, DefenderError> {
    let near = NetworkRoute {
        timeout: settings.timeout,
        is_loopback: true,
        proxy: None,
        ca_file: None,
        bodies: Bodies::Secret,
        clock: &settings.clock,
    };
    let connection = Connection::new(near, secrets)?;
    let client_id = settings.client_id.as_deref();
    ManagedIdentity::new(place, &settings.scope, client_id, connection)
        .map(Credential::ManagedIdentity)
        .ok_or(DefenderError::IdentityAddress)
}
