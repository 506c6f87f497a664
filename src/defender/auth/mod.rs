//! Sign-in: a bearer token for the API, and what it says of itself.
//!
//! [`TokenSource`] gives the client a token before each request, renewed ahead of its end, and is
//! told when one was refused. Deliberately absent: retries (a token that cannot be had is an answer
//! like "connection refused"), and reading secrets from anywhere (`cli` hands them in).

mod claims;
mod client_secret;
mod entra;
mod source;
mod token;
mod transport;

pub use claims::{Identity, Objection, missing_roles};
pub use token::SignInError;

pub(super) use client_secret::ClientSecret;
pub(super) use entra::is_sendable;
pub(super) use source::TokenSource;
