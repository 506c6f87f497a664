//! From options and environment to a signed-in client, and a batch that it drives.

pub(crate) mod action_check;
pub(crate) mod connection;
pub(crate) mod destination;
pub(crate) mod drive;
pub(crate) mod simulation;
