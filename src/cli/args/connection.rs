//! Where Defender is, and who asks.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::value;
use crate::defender::{Cloud, Region};

/// Options of every command that talks to Defender.
#[derive(Clone, Args)]
pub(crate) struct ConnectionArguments {
    /// Microsoft cloud of the tenant [default: public]
    #[arg(long, value_name = "CLOUD", value_parser = value::cloud())]
    pub(crate) cloud: Option<Cloud>,
    /// Use the API host of this region; only in the public cloud
    #[arg(long, value_name = "REGION", value_parser = value::region())]
    pub(crate) region: Option<Region>,
    /// Base address of the API, instead of the address of the cloud [env: `MDE_OFFBOARD_API_URL`]
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// Base address of the sign-in, instead of the address of the cloud
    /// [env: `AZURE_AUTHORITY_HOST`]
    #[arg(long, value_name = "URL")]
    pub(crate) authority_url: Option<String>,
    /// How to sign in. `auto` takes the first that is set of `MDE_OFFBOARD_TOKEN`,
    /// `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_CERTIFICATE_PATH` and `AZURE_FEDERATED_TOKEN_FILE`; the
    /// other ways are used only if you name them [default: auto]
    #[arg(long, value_name = "KIND")]
    pub(crate) auth: Option<Auth>,
    /// Tenant ID [env: `AZURE_TENANT_ID`]
    #[arg(long, value_name = "ID")]
    pub(crate) tenant_id: Option<String>,
    /// Client ID of the app registration [env: `AZURE_CLIENT_ID`]
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// How long to wait for the answer to a request [default: 30s, in a rehearsal 2s]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) timeout: Option<Duration>,
    /// File with more CA certificates to trust (PEM or DER), such as that of a proxy that inspects
    /// TLS
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Proxy to use instead of the system's
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}

/// Without the proxy, whose address may hold a password.
impl fmt::Debug for ConnectionArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionArguments")
            .field("cloud", &self.cloud)
            .field("region", &self.region)
            .field("api_url", &self.api_url)
            .field("authority_url", &self.authority_url)
            .field("auth", &self.auth)
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .field("timeout", &self.timeout)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// Ways to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    // The first that the environment is set up for
    Auto,
    // `AZURE_CLIENT_SECRET`
    ClientSecret,
    // `AZURE_CLIENT_CERTIFICATE_PATH`
    ClientCertificate,
    // The identity of the Azure computer or app that it runs on
    ManagedIdentity,
    // `AZURE_FEDERATED_TOKEN_FILE`
    WorkloadIdentity,
    // What `az login` signed in
    AzureCli,
    // A person, in a browser
    DeviceCode,
    // `MDE_OFFBOARD_TOKEN`
    Token,
}
