//! Floor 4: from arguments to resolved options to wiring to an exit code.
//!
//! The only reader of the environment, the only one who opens input files, and the only one who
//! asks a person. `main` calls [`run`], and nothing else is needed from outside.
//!
//! Raw arguments (`args`) are lowered once; each command has a file in `commands`.
//!
//! Deliberately absent: decisions about machines, which are the engine's, and words about a
//! running batch, which are the reporter's.

mod action_check;
mod args;
mod choose;
mod closing;
mod commands;
mod confirm;
mod connection;
mod consent;
mod context;
mod destination;
mod drive;
mod environment;
mod exclusions;
mod exit;
mod failure;
mod faults;
mod held;
mod input;
mod intention;
mod journal_path;
mod kept_input;
mod nothing;
mod options;
mod output;
mod paths;
mod program;
mod repeats;
mod screen;
mod selection;
mod sight;
mod signals;
mod simulation;
mod source;
mod staging;
mod streams;
mod take_up;
mod whole_tenant;
mod withdrawal;
mod wording;

pub use exit::Exit;
pub use program::run;
