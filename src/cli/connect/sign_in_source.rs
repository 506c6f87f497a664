//! With what a client signs in, in words: for `check`, which shows where a secret is from, and for
//! what is said of one that is wrong.

use crate::defender::{CredentialKind, ManagedIdentityPlace};

use crate::cli::args::Auth;
use crate::cli::configuration::Configuration;

/// With what, and whether Entra's own sign-in is asked for it.
pub(crate) struct SignInSource {
    pub(crate) words: String,
    pub(crate) asks_authority: bool,
    /// Where the secret is read, with its name; none where it is in no place of its own.
    pub(super) place: Option<String>,
}

impl SignInSource {
    /// Without a configuration it is the simulator's.
    pub(super) fn of(credential: &CredentialKind, configuration: Option<&Configuration>) -> Self {
        let (kind, auth) = match credential {
            CredentialKind::Token(_) => ("token", Some(Auth::Token)),
            CredentialKind::ClientSecret(_) => ("client secret", Some(Auth::ClientSecret)),
            CredentialKind::ClientCertificate(_) => ("certificate", Some(Auth::ClientCertificate)),
            CredentialKind::FederatedToken(_) => {
                ("workload identity", Some(Auth::WorkloadIdentity))
            }
            CredentialKind::ManagedIdentity(ManagedIdentityPlace::AppService { .. }) => {
                ("managed identity of App Service (tokens are kept for a day)", None)
            }
            CredentialKind::ManagedIdentity(ManagedIdentityPlace::Metadata { .. }) => {
                ("managed identity of this computer (tokens are kept for a day)", None)
            }
            CredentialKind::AzureCli(_) => ("Azure CLI", None),
            CredentialKind::DeviceCode(_) => ("device code", None),
        };
        let proof = configuration.zip(auth).and_then(|(configuration, auth)| {
            configuration.proofs().into_iter().find(|proof| proof.auth == auth)
        });
        let words = match &proof {
            Some(proof) => format!("{kind} from {}", proof.name()),
            None => kind.to_owned(),
        };
        let asks_authority = credential.is_sent_to_authority();
        Self { words, asks_authority, place: proof.map(|proof| proof.place()) }
    }
}
