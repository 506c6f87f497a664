//! What must never be offboarded: the list that `--protect` names.
//!
//! `read` makes a [`ProtectList`] of a TOML text, and of what a batch remembers of it; `pattern`
//! says whether a name fits. Deliberately absent: opening the file, and what is known of a machine.

mod error;
mod list;
mod pattern;
mod read;

pub use error::ProtectError;
pub use list::{ProtectList, ProtectedBy, ProtectedKind};
