//! One of the kinds.

use super::{AzureCli, ClientCredentials, DeviceCode, ManagedIdentity, ReadyToken};
use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::domain::TimeSource;

pub(in crate::defender) enum Credential {
    /// Handed in: it cannot be renewed.
    Ready(ReadyToken),
    Client(ClientCredentials),
    ManagedIdentity(ManagedIdentity),
    AzureCli(AzureCli),
    DeviceCode(Box<DeviceCode>),
}

impl Credential {
    /// Whether another token can be had than the one that was.
    pub(in crate::defender::auth) const fn renews(&self) -> bool {
        !matches!(self, Self::Ready(_))
    }

    /// Its name in the log, as `--auth` knows it.
    pub(in crate::defender::auth) const fn word(&self) -> &'static str {
        match self {
            Self::Ready(_) => "token",
            Self::Client(client) => client.proof.word(),
            Self::ManagedIdentity(_) => "managed-identity",
            Self::AzureCli(_) => "azure-cli",
            Self::DeviceCode(_) => "device-code",
        }
    }

    /// Asks for a token, once.
    pub(in crate::defender::auth) async fn fetch(
        &self,
        clock: &TimeSource,
    ) -> Result<FetchedToken, TokenFailure> {
        match self {
            Self::Ready(ready) => ready.fetch(clock.now().wall),
            Self::Client(client) => client.fetch(clock).await,
            Self::ManagedIdentity(identity) => identity.fetch(clock).await,
            Self::AzureCli(cli) => cli.fetch(clock).await,
            Self::DeviceCode(device) => device.fetch(clock).await,
        }
    }
}
