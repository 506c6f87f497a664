//! From options and configuration to a signed-in client, and a batch that it runs.
//!
//! A command opens a [`CommandSession`], which holds the journal, asks it for the destination, and
//! signs in there. That gives an [`OnlineSession`], which runs batches. Where the destination is
//! the embedded simulator, signing in starts it, and it lives as long as the [`SignedIn`] client.

pub(crate) mod action_check;
mod azure_cli;
mod command_session;
mod credentials;
mod destination;
mod embedded_simulator;
mod observers;
mod online_session;
mod printed_secret;
mod quota;
mod secret_command;
mod secret_file;
mod settings;
mod sign_in_source;
mod sign_in_words;
mod signed_in;
mod token_bearer;
mod unsigned_client;

pub(crate) use command_session::{CommandSession, open_as_runner, try_open_as_runner};
pub(crate) use destination::{Destination, PreparedClient};
pub(crate) use embedded_simulator::{fault_plan, list_lag, others_beside, rehearsal_tenant};
pub(crate) use online_session::{OnlineSession, random, runtime, tell_delay};
pub(crate) use settings::{is_loopback, places};
pub(crate) use sign_in_source::SignInSource;
pub(crate) use sign_in_words::not_signed_in;
pub(crate) use signed_in::SignedIn;
pub(crate) use token_bearer::{MACHINE_OFFBOARD, MACHINE_READ};
pub(crate) use unsigned_client::{TokenVerdict, UnsignedClient};
