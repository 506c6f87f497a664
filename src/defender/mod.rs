//! Floor 2: Defender for Endpoint over HTTP, the real [`Remote`](crate::remote::Remote).
//!
//! Owns the addresses of the clouds, the sign-in, the shape of Defender's JSON and what each answer
//! proves. `cli` builds a [`Defender`] from resolved [`Settings`]; the engine sees only the port.
//!
//! Three rules hold everywhere below. One call is one request: nothing follows a redirect, nothing
//! is tried again by a library. The bearer token goes to the pinned host and nowhere else. Only
//! Defender's own voice is evidence: what it does not say itself stays in doubt. And no word of an
//! answer leaves this module before our own secrets are taken out of it ([`Secrets`]).
//!
//! Deliberately absent: retries, limits, the journal, reading environment or configuration.

mod address;
mod auth;
mod client;
mod credentials;
mod endpoints;
mod folded;
mod fours;
mod http_outcome;
mod log_words;
mod network;
mod page;
mod rows;
mod secret_source;
mod secrets;
mod settings;
mod wire;

pub mod classify;

pub use address::{AddressError, ApiUrl, AuthorityUrl};
pub use auth::{
    DeviceCodePrompt, Explanation, Identity, ManagedIdentityPlace, Objection, SignInError,
    explanation,
};
pub use client::Defender;
pub use endpoints::{
    Cloud, DEFENDER_APP_ID, Endpoints, EndpointsError, Region, audience_of, endpoints,
};
pub use http_outcome::{BrokenBody, HttpAnswer, HttpOutcome, TransportFailure};
pub use network::{CaFileError, is_proxy_address};
pub use secret_source::{ReadingTime, SecretReading, SecretSource};
pub use secrets::Secrets;
pub use settings::{CredentialKind, DefenderError, Settings};
