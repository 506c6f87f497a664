//! Floor 5: from arguments to resolved options to wiring to an exit code.
//!
//! The only reader of the environment, the only one who opens input files, and the only one who
//! asks a person. `main` calls [`run`], and nothing else is needed from outside.
//!
//! Raw arguments (`args`) are lowered once; each command has a file in `commands`. They share
//! `configuration` (settings, and where each comes from), `list` (from files to a staged list),
//! `planning` (from there to a plan), `batch` (batches that are in the journal), `connect` (from
//! options to a client and a run), `several` and `overview` (journals of many tenants), `watching`
//! (`status --watch`), `terminal` (what is said and asked), `log` (`-v`) and `output` (files that
//! are written).
//!
//! Deliberately absent: decisions about machines, which are the engine's, and words about a
//! running batch, which are the reporter's.

mod args;
mod batch;
mod carried;
mod checking;
mod child_group;
mod commands;
mod configuration;
mod connect;
mod context;
mod environment;
mod exit;
mod failure;
mod foresight;
mod guard_options;
mod journal_path;
mod list;
mod log;
mod mistyped;
mod no_work;
mod notify;
mod options;
mod output;
mod overview;
mod paths;
mod planning;
mod plurals;
#[cfg(windows)]
mod private_file;
mod program;
mod prose;
mod schemas;
mod several;
mod signals;
mod small_file;
mod terminal;
mod user_folders;
mod watching;
mod windows_name;

pub use exit::Exit;
pub use program::run;
pub use schemas::schemas;

use context::Context;
use failure::Failure;
