//! What the tenant's machines are.
//!
//! A machine is made from its ID alone ([`SimulatedMachine::from_id`]), so that a list, an export
//! and every tenant agree about it. The IDs of a sample also carry a role ([`SampleRole`]).
//!
//! Deliberately absent: when they report and how they are listed (`inventory`), and actions.

mod late_change;
mod machine;
mod made_id;
mod mixture;
mod role;
mod traits;

pub use late_change::LateChange;
pub use machine::{Behaviour, SimulatedMachine};
pub use role::SampleRole;

pub(super) use made_id::made_id;
pub(super) use traits::{IpAddress, MacAddress, Traits};
