//! `audit` and `journal`: what proves what happened, and what moves it elsewhere.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::SimulateArguments;

/// `audit verify` and `audit export`
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no fact and no row was changed; works during a run, too
    Verify(AuditVerifyArguments),
    /// Write every fact as one line of JSON
    Export(ExportArguments),
}

#[derive(Debug, Args)]
pub(crate) struct AuditVerifyArguments {
    /// Check also that this head, noted earlier, is still in the chain: its 64 hexadecimal
    /// digits or the first 12 at least, or a file that --write-head wrote
    #[arg(long, value_name = "HASH|FILE")]
    pub(crate) head: Option<PathBuf>,
    /// If all is well, write the head to this file, to be kept somewhere else
    #[arg(long, value_name = "FILE")]
    pub(crate) write_head: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// File to write the facts to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// `journal copy FILE`
#[derive(Debug, Args)]
pub(crate) struct JournalArguments {
    #[command(subcommand)]
    pub(crate) command: JournalCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Copy the journal to a file; works during a run, too
    Copy(CopyArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CopyArguments {
    /// File to write the copy to
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Continue with the copy from now on: this journal never sends again
    #[arg(long)]
    pub(crate) hand_over: bool,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

impl AuditCommand {
    pub(super) const fn simulate(&self) -> bool {
        match self {
            Self::Verify(given) => given.simulate.simulate,
            Self::Export(given) => given.simulate.simulate,
        }
    }
}
