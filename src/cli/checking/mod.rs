//! The checks of `check`, each an item: what was looked at, what was found, what to do.
//!
//! An item does not ask another one. What cannot be looked at because something before it failed is
//! told as not made, so that one thing that is wrong is one line that says so. Deliberately absent:
//! the order, which is the command's, and repairing anything.

mod clock_skew;
mod file_mode;
mod findings;
mod item;
mod journal_place;
mod network;
mod permissions;
mod settings_in_force;
mod sign_in;
mod table;

pub(crate) use findings::{Check, refusal, table};
pub(crate) use item::CheckItem;
pub(crate) use journal_place::{JournalState, journal_items};
pub(crate) use network::{NETWORK, network, unreachable_sign_in};
pub(crate) use permissions::{machine_offboard, machine_read};
pub(crate) use settings_in_force::{configuration_modes, settings_in_force};
pub(crate) use sign_in::{SIGN_IN, sign_in};
pub(crate) use table::{CheckDocument, show};
