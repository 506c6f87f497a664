//! What stops or delays a run before a mistake spreads. What is not given stays as the batch
//! remembers it.

use std::time::Duration;

use clap::Args;

use super::{OrNone, value};
use crate::guard::FailureLimit;

/// Most machines of a canary: they are held in memory.
const CANARY_MAX: i64 = 10_000;

/// Guards of a running batch.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct GuardArguments {
    /// Send N machines first, and the others only once all of those have succeeded, 0 to 10000
    /// [default: 0]
    #[arg(long, value_name = "N",
          value_parser = clap::value_parser!(u32).range(0..=CANARY_MAX))]
    pub(crate) canary: Option<u32>,
    /// How long the machines of --canary may take; then the run stops [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) canary_wait: Option<Duration>,
    /// Stop sending once more than N machines, or N% of them, were rejected or failed; a share
    /// counts from the 20th answer on; `none` takes it back
    #[arg(long, value_name = "N|N%", value_parser = value::failure_limit)]
    pub(crate) max_failures: Option<OrNone<FailureLimit>>,
    #[command(flatten)]
    pub(crate) hours: HoursArguments,
}

/// When requests may be sent. Local time where no zone is named.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct HoursArguments {
    /// Send only in these hours of each day, such as 22:00-06:00 or "22:00-06:00 Europe/Berlin";
    /// `none` takes it back
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = value::day_hours)]
    pub(crate) between: Option<String>,
    /// Send nothing before this time: 22:00, "2026-11-23 22:00" or 2026-11-23T22:00:00+01:00
    #[arg(long, value_name = "TIME", value_parser = value::instant)]
    pub(crate) not_before: Option<String>,
    /// Send nothing from this time on: the run then ends, and `resume` continues
    #[arg(long, value_name = "TIME", value_parser = value::instant)]
    pub(crate) until: Option<String>,
}
