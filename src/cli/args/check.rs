//! Arguments of `check`.

use clap::Args;

use super::{ConnectionArguments, RehearsalArguments};

/// `check`
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArguments,
}
