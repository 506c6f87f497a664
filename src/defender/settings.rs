//! What a client is made of, resolved by `cli`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::auth::{DeviceCodePrompt, ManagedIdentityPlace};
use super::network::{CaFileError, RouteError};
use super::{ApiUrl, AuthorityUrl, SecretSource};
use crate::domain::{Advice, TimeSource};

pub struct Settings {
    pub api: ApiUrl,
    pub authority: AuthorityUrl,
    /// What a token is asked for: the API's audience with `/.default`.
    pub scope: String,
    /// Tenant, by ID or domain; needed where the token is asked for at its token endpoint.
    pub tenant_id: Option<String>,
    /// Application; needed likewise. Of a managed identity: which one of several.
    pub client_id: Option<String>,
    pub credential: CredentialKind,
    /// For one request as a whole; above zero.
    pub timeout: Duration,
    /// Address of a proxy; none: the system's. Never used for loopback addresses.
    pub proxy: Option<String>,
    /// Certificates that are trusted beside the system's: PEM or DER, as a file has them.
    pub ca_file: Option<Vec<u8>>,
    /// By which tokens are renewed.
    pub clock: TimeSource,
}

/// How to sign in.
pub enum CredentialKind {
    /// A bearer token that was handed in, with what people paste around it; it cannot be renewed.
    Token(SecretString),
    ClientSecret(SecretSource),
    /// Certificate and private key in one text, as PEM.
    ClientCertificate(SecretSource),
    /// Workload identity: a token of another issuer.
    FederatedToken(SecretSource),
    ManagedIdentity(ManagedIdentityPlace),
    /// What the Azure CLI prints.
    AzureCli(SecretSource),
    /// A person signs in elsewhere; the function shows where, and the code.
    DeviceCode(Arc<dyn Fn(&DeviceCodePrompt) + Send + Sync>),
}

impl CredentialKind {
    /// Whether the sign-in address is asked with it: it gets to see the secret, or the person.
    pub const fn is_sent_to_authority(&self) -> bool {
        match self {
            Self::ClientSecret(_)
            | Self::ClientCertificate(_)
            | Self::FederatedToken(_)
            | Self::DeviceCode(_) => true,
            Self::Token(_) | Self::ManagedIdentity(_) | Self::AzureCli(_) => false,
        }
    }
}

/// The secrets are left out, and so is the proxy's address, which may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("api", &self.api)
            .field("authority", &self.authority)
            .field("scope", &self.scope)
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .field("credential", &self.credential)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token([REDACTED])",
            Self::ClientSecret(_) => "ClientSecret([REDACTED])",
            Self::ClientCertificate(_) => "ClientCertificate([REDACTED])",
            Self::FederatedToken(_) => "FederatedToken([REDACTED])",
            Self::ManagedIdentity(_) => "ManagedIdentity",
            Self::AzureCli(_) => "AzureCli",
            Self::DeviceCode(_) => "DeviceCode",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefenderError {
    #[error("this way to sign in needs a tenant")]
    TenantMissing,
    #[error("`{0}` is neither the ID of a tenant nor its domain")]
    Tenant(String),
    #[error("this way to sign in needs an application")]
    ClientMissing,
    #[error(
        "the address of the managed identity is not one that it can have: plain http to this \
         computer or to the network next to it"
    )]
    IdentityAddress,
    /// The token has characters that no header may have.
    #[error(
        "the token is empty or longer than 64 KiB, or has spaces, line breaks or other \
         characters that no token has"
    )]
    Token,
    #[error(transparent)]
    CaFile(#[from] CaFileError),
    #[error("{0}")]
    Connection(String),
}

impl DefenderError {
    /// What to do about it.
    pub fn hint(&self) -> Advice {
        let advice = match self {
            Self::TenantMissing => "give --tenant-id or AZURE_TENANT_ID",
            Self::Tenant(_) => "a tenant is a GUID, or a domain such as contoso.onmicrosoft.com",
            Self::ClientMissing => "give --client-id or AZURE_CLIENT_ID",
            Self::IdentityAddress => {
                "check IDENTITY_ENDPOINT and AZURE_POD_IDENTITY_AUTHORITY_HOST"
            }
            Self::Token => {
                "set MDE_OFFBOARD_TOKEN to the token, or to what `az account get-access-token` \
                 prints"
            }
            Self::CaFile(error) => error.advice(),
            Self::Connection(_) => "check --proxy and --ca-file, and the variables of proxies",
        };
        advice.into()
    }
}

impl From<RouteError> for DefenderError {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::CaFile(error) => Self::CaFile(error),
            other => Self::Connection(other.to_string()),
        }
    }
}
