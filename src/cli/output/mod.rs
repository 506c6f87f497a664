//! The files that a command writes, and what they must never be.
//!
//! Every output goes through [`Outputs`], from the first check, before anything is queued or sent,
//! to the last byte. It is never the journal or a file beside it, nor something that the command
//! reads, nor another output of it; and what this program did not write is replaced only with
//! `--force`.
//!
//! Deliberately absent: what is in the files.

mod atomic_file;
mod kind;
mod outputs;
mod protected;
mod rewritten_file;
mod shared_stream;
mod target_file;
mod write_advice;

pub(super) use atomic_file::{AtomicFile, make_folder};
pub(super) use kind::{OutputKind, Printed, WantedOutput};
pub(super) use outputs::{Outputs, is_stream};
pub(super) use protected::Protected;
pub(super) use shared_stream::is_standard_output;
pub(super) use write_advice::{unwritten, write_advice};
