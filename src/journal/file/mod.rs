//! The journal's files as files: where they are, whether they are what was opened, who holds them.
//!
//! Called by the rest of `journal`. Deliberately absent: SQL, and what is written in the files.

pub mod access;
mod handles;
mod identity;
mod location;
mod lock;
mod locker;
mod log;
pub(super) mod names;
pub(super) mod network;
mod opened_files;
pub(super) mod private;

pub(super) use handles::Handles;
pub(super) use location::Location;
pub(super) use lock::Lock;
pub(super) use locker::locker;
pub(super) use log::Salt;
pub(super) use opened_files::OpenedFiles;
