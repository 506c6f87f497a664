//! Floor 2: a simulator for Defender for Endpoint, on loopback.
//!
//! Three parts. [`SimulatedTenant`] is a tenant in memory: pure and seeded, with the time as an
//! argument of every call; it signs in, counts both windows, offboards, lists and cancels, and
//! keeps a log of every call that arrived. [`FaultPlan`] says what goes wrong with which request,
//! pure and seeded too. [`serve`] is their HTTP shell. The program reaches it only over HTTP
//! (`--simulate`, `simulator`); tests may also call the tenant directly.
//!
//! Its wire types are its own, so that a misreading of Microsoft's pages cannot hide on both sides.
//!
//! Deliberately absent: anything of the real client, and timers for actions (where one stands is
//! worked out from its creation when it is read).

mod acceptor;
mod action;
mod actions;
mod answer;
mod arrival;
mod assertion;
mod bodies;
mod device_codes;
mod draw;
mod fault;
mod filter;
mod fleet;
mod grants;
mod identity;
mod inventory;
mod lifecycle;
mod listing;
mod log;
mod oauth;
mod offboard;
mod options;
mod quota;
mod shell;
mod tenant;
mod token_error;

pub use answer::Response;
pub use arrival::{Passage, ReceivedCall};
pub use assertion::certificate_of;
pub use fault::{
    Fault, FaultPlan, Faults, Hint, PageFault, PlannedCall, Played, Route, Rule, Scene, When, Which,
};
pub use fleet::{Behaviour, LateChange, SampleRole, SimulatedMachine};
pub use grants::IssuedToken;
pub use identity::{IdentityQuery, IdentityShape};
pub use inventory::{SampleNames, is_sample, sample_export};
pub use listing::ListQuery;
pub use log::{Fullest, LogSummary, MadeAction};
pub use oauth::TokenForm;
pub use options::{
    AfterOffboarding, AlreadyActive, CLIENT_SECRET, Counting, DevicePerson, RetryAfter, Shifting,
    TOKEN_END, TenantOptions, Unlisted,
};
pub use shell::{ShellOptions, serve};
pub use tenant::SimulatedTenant;
pub use token_error::TokenError;
