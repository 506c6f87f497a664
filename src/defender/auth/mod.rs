//! Sign-in: a bearer token for the API, and what it says of itself.
//!
//! [`TokenHolder`] gives the client a token before each request, renewed ahead of its end, and is
//! told when one was refused. How a token is fetched is the [`Credential`]'s. Deliberately absent:
//! retries (a token that cannot be had is an answer like "connection refused"), and reading secrets
//! from anywhere (`cli` hands them in, or functions that read them).

mod aadsts;
mod claims;
mod kinds;
mod token;
mod token_answer;
mod token_endpoint;
mod token_holder;

pub use aadsts::{Explanation, explanation};
pub use claims::{Identity, Objection};
pub use kinds::{DeviceCodePrompt, ManagedIdentityPlace};
pub use token::SignInError;

pub(super) use kinds::{
    AzureCli, ClientCredentials, Credential, DeviceCode, ManagedIdentity, Proof, ReadyToken,
};
pub(super) use token_answer::is_sendable;
pub(super) use token_endpoint::{TokenEndpoint, is_tenant};
pub(super) use token_holder::TokenHolder;
