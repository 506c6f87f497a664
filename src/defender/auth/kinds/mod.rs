//! The kinds of credential: each fetches a token in its own way, once each time that it is asked.
//!
//! Deliberately absent: keeping tokens (`TokenHolder`), and where secrets are (`SecretSource`).

mod azure_cli;
mod certificate_key;
mod client_credentials;
mod credential;
mod device_code;
mod device_poll;
mod managed_identity;
mod ready_token;

pub use device_code::DeviceCodePrompt;
pub use managed_identity::ManagedIdentityPlace;

pub(in crate::defender) use azure_cli::AzureCli;
pub(in crate::defender) use client_credentials::{ClientCredentials, Proof};
pub(in crate::defender) use credential::Credential;
pub(in crate::defender) use device_code::DeviceCode;
pub(in crate::defender) use managed_identity::ManagedIdentity;
pub(in crate::defender) use ready_token::ReadyToken;
