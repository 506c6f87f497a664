//! What a plan is made by, and where it goes.

use std::path::PathBuf;

use clap::Args;

use super::{
    FollowArguments, GuardArguments, InputArguments, PacingArguments, SessionArguments, value,
};

/// `plan FILE...`
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// Save the plan in this file, for review and for `run --plan`
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write each machine with its class to this CSV file
    #[arg(long, value_name = "FILE")]
    pub(crate) details: Option<PathBuf>,
    /// Only read the list and forecast, without a tenant
    #[arg(long, conflicts_with_all = ["details", "output", "by_name"])]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) planning: PlanningArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) guards: GuardArguments,
    #[command(flatten)]
    pub(crate) pacing: PacingArguments,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
}

/// What may be sent, for `plan` and `run`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PlanningArguments {
    /// Also send machines that were offboarded before
    #[arg(long)]
    pub(crate) again: bool,
    /// Refuse to send more than this many machines
    #[arg(long, value_name = "N")]
    pub(crate) max_machines: Option<u64>,
    /// Refuse to send more than this share of the tenant's onboarded machines; lists of up to 100
    /// machines always pass [default: 50%]
    #[arg(long, value_name = "P%", value_parser = value::percent)]
    pub(crate) max_share: Option<u8>,
}
