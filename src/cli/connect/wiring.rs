//! Where the requests of a command go, and who watches them, as the command line says it.

use std::path::Path;

use crate::cli::args::{ConnectionArguments, Progress, RehearsalArguments};

/// What a command was told about where its requests go and who watches.
#[derive(Clone, Copy)]
pub(crate) struct Wiring<'a> {
    pub(crate) connection: &'a ConnectionArguments,
    pub(crate) rehearsal: RehearsalArguments,
    pub(crate) progress: Progress,
    /// The file of `--events`.
    pub(crate) events: Option<&'a Path>,
}
