//! A plan that was reviewed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::value;
use crate::plan::PlanHash;

/// What binds a run to a plan.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ReviewArguments {
    /// Refuse to start unless the list, the options and the tenant are as in this plan, which
    /// `plan --output` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Refuse to start unless the plan has this hash, for example the one in the change ticket
    #[arg(long, value_name = "HASH", requires = "plan", value_parser = value::plan_hash)]
    pub(crate) expect_plan: Option<PlanHash>,
    /// How old the plan may be [default: 3d]
    #[arg(long, value_name = "DURATION", requires = "plan",
          value_parser = value::duration_above_zero)]
    pub(crate) plan_max_age: Option<Duration>,
}
