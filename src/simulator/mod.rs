//! Floor 2: a stand-in for Defender for Endpoint, on loopback.
//!
//! Two layers. [`Tenant`] is a tenant in memory: pure and seeded, with the time as an argument of
//! every call; it signs in, counts both windows, offboards, lists and cancels, and keeps a log of
//! every call that arrived. [`serve`] is its HTTP shell. The program reaches it only over HTTP
//! (`--simulate`, `simulator`); tests may also call the tenant directly.
//!
//! Its wire types are its own, so that a misreading of Microsoft's pages cannot hide on both sides.
//!
//! Deliberately absent: anything of the real client, timers for actions (where one stands is worked
//! out from its creation when it is read), and faults on the wire, whose place is the shell.

mod action;
mod actions;
mod answer;
mod draw;
mod export;
mod filter;
mod lifecycle;
mod listing;
mod log;
mod machine;
mod machines;
mod oauth;
mod offboard;
mod options;
mod quota;
mod shell;
mod tenant;

pub use answer::Response;
pub use export::sample_export;
pub use listing::ListQuery;
pub use log::{Arrival, Fullest, Summary};
pub use machine::{Behaviour, SimulatedMachine};
pub use oauth::{IssuedToken, TokenError, TokenForm};
pub use options::{Counting, RetryAfter, TenantOptions, Unlisted};
pub use shell::{ShellOptions, serve};
pub use tenant::Tenant;
