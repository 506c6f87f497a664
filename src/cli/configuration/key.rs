//! The keys: which there are, what their values look like, and where else they can be set.

use crate::cli::args::Auth;
use crate::cli::environment;
use crate::domain::words;

words! {
    /// A setting. In the file it has the name of its option, with underscores.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub(crate) enum Key {
        TenantId = "tenant_id",
        ClientId = "client_id",
        Cloud = "cloud",
        Region = "region",
        ApiUrl = "api_url",
        AuthorityUrl = "authority_url",
        Auth = "auth",
        /// Only in the environment: a secret stands in no file of this program.
        ClientSecret = "client_secret",
        /// In place of the secret itself: a file that holds it.
        SecretFile = "secret_file",
        /// A command that prints it.
        SecretCommand = "secret_command",
        Certificate = "certificate",
        /// Only in the environment.
        Token = "token",
        /// Only in the environment, where a workload identity's platform puts it.
        FederatedTokenFile = "federated_token_file",
        Proxy = "proxy",
        CaFile = "ca_file",
        Timeout = "timeout",
        Journal = "journal",
        Protect = "protect",
        MaxMachines = "max_machines",
        MaxShare = "max_share",
        Canary = "canary",
        CanaryWait = "canary_wait",
        MaxFailures = "max_failures",
        Between = "between",
        Limit = "limit",
        QuotaShare = "quota_share",
        SharedReads = "shared_reads",
        Pace = "pace",
        Concurrency = "concurrency",
        OnUncertain = "on_uncertain",
        OfflineTimeout = "offline_timeout",
        TrackTimeout = "track_timeout",
    }
}

/// What a value looks like in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueShape {
    Text,
    /// A text that is a path, from the folder of the file.
    Path,
    /// A number, or a text such as `50%`.
    Amount,
    Flag,
    /// One text, or a list of them.
    Texts,
    /// A program with its arguments.
    Command,
    /// It cannot be in the file.
    Absent,
}

/// What a file that merely lies in the current folder must not decide: anyone who can put a file
/// there could send the credentials elsewhere, or run a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Where requests go, or whom to trust on the way.
    Host,
    Secret,
    Command,
    /// As whom to sign in.
    Identity,
}

impl Key {
    pub(super) const fn shape(self) -> ValueShape {
        match self {
            Self::ClientSecret | Self::Token | Self::FederatedTokenFile => ValueShape::Absent,
            Self::SecretFile | Self::Certificate | Self::CaFile | Self::Journal | Self::Protect => {
                ValueShape::Path
            }
            Self::SecretCommand => ValueShape::Command,
            Self::MaxMachines
            | Self::MaxShare
            | Self::Canary
            | Self::MaxFailures
            | Self::QuotaShare
            | Self::Concurrency => ValueShape::Amount,
            Self::SharedReads => ValueShape::Flag,
            Self::Limit => ValueShape::Texts,
            _ => ValueShape::Text,
        }
    }

    /// Whether its value is a path. One that the environment names need not be UTF-8.
    pub(super) const fn is_path(self) -> bool {
        matches!(self.shape(), ValueShape::Path) || matches!(self, Self::FederatedTokenFile)
    }

    /// Why a file that was only found in the current folder must not set it; none: it may.
    pub(super) const fn trust(self) -> Option<Trust> {
        match self {
            Self::ApiUrl | Self::AuthorityUrl | Self::Proxy | Self::CaFile => Some(Trust::Host),
            Self::SecretFile | Self::Certificate => Some(Trust::Secret),
            Self::SecretCommand => Some(Trust::Command),
            Self::Auth => Some(Trust::Identity),
            _ => None,
        }
    }

    /// Whether it can only keep machines from being sent, or put that off.
    pub(super) const fn is_guard(self) -> bool {
        matches!(
            self,
            Self::Protect
                | Self::MaxMachines
                | Self::MaxShare
                | Self::Canary
                | Self::CanaryWait
                | Self::MaxFailures
                | Self::Between
                | Self::OnUncertain
        )
    }

    /// The variable that sets it.
    pub(super) const fn variable(self) -> Option<&'static str> {
        match self {
            Self::TenantId => Some(environment::TENANT_ID),
            Self::ClientId => Some(environment::CLIENT_ID),
            Self::ApiUrl => Some(environment::API_URL),
            Self::AuthorityUrl => Some(environment::AUTHORITY_URL),
            Self::ClientSecret => Some(environment::CLIENT_SECRET),
            Self::Certificate => Some(environment::CERTIFICATE),
            Self::Token => Some(environment::TOKEN),
            Self::FederatedTokenFile => Some(environment::FEDERATED_TOKEN),
            Self::Journal => Some(environment::JOURNAL),
            _ => None,
        }
    }

    /// The option that sets it; none: it is no option, so that it is not in the list of processes.
    pub(crate) fn option(self) -> Option<String> {
        let is_option = !matches!(
            self,
            Self::ClientSecret
                | Self::SecretFile
                | Self::SecretCommand
                | Self::Certificate
                | Self::Token
                | Self::FederatedTokenFile
        );
        is_option.then(|| self.word().replace('_', "-"))
    }

    /// The name of the option's argument in clap's answer.
    pub(super) const fn argument(self) -> &'static str {
        match self {
            Self::Limit => "limits",
            other => other.word(),
        }
    }

    /// The setting that it decides: the three places of the client secret are one.
    pub(crate) const fn setting(self) -> Self {
        match self {
            Self::SecretFile | Self::SecretCommand => Self::ClientSecret,
            other => other,
        }
    }

    /// What a value of it signs in with.
    pub(super) const fn proof(self) -> Option<Auth> {
        match self {
            Self::Token => Some(Auth::Token),
            Self::ClientSecret | Self::SecretFile | Self::SecretCommand => Some(Auth::ClientSecret),
            Self::Certificate => Some(Auth::ClientCertificate),
            Self::FederatedTokenFile => Some(Auth::WorkloadIdentity),
            _ => None,
        }
    }
}
