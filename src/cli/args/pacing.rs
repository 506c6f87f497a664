//! How fast, how often, how long. What is not given stays as the batch remembers it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::value;
use crate::domain::Window;

/// Options of the commands that send.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pace")]
pub(crate) struct PacingArguments {
    /// As early as the windows allow, or evenly spaced [default: burst]
    #[arg(long, value_name = "PACE")]
    pub(crate) pace: Option<PaceWord>,
    /// How much of each window is used; the rest is left to other tools of the same app
    /// registration [default: 100%]
    #[arg(long, value_name = "P%", value_parser = value::percent)]
    pub(crate) quota_share: Option<u8>,
    /// Requests in flight [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: Option<u16>,
    /// Attempts a machine [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) max_attempts: Option<u32>,
    /// How long after a send "not found" begins to count [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) settle: Option<Duration>,
    /// What follows once an unanswered request was looked up twice and not found
    /// [default: resend]
    #[arg(long, value_name = "WHAT")]
    pub(crate) on_uncertain: Option<OnUncertainWord>,
}

/// Options of the commands that follow actions.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pace")]
pub(crate) struct FollowArguments {
    /// Rate limits, like 100/1m; repeatable. Against Defender 100/1m and 1500/1h always hold
    /// beside what is given, against a loopback address it replaces both
    #[arg(long = "limit", value_name = "COUNT/WINDOW", value_parser = value::window)]
    pub(crate) limits: Vec<Window>,
    /// Reads and cancels spend the budget of the POSTs, in case Defender counts them together
    /// [default: each kind has its own]
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) shared_reads: Option<bool>,
    /// How often Defender is asked for the state of actions [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) poll_interval: Option<Duration>,
    /// How long actions are followed after the last submission; 0 does not [default: 30m]
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    pub(crate) track_timeout: Option<Duration>,
    /// How long to wait for the network [default: 12h, 2m before the first answer]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) offline_timeout: Option<Duration>,
    /// Append every event to this file, as lines of JSON
    #[arg(long, value_name = "FILE", help_heading = "Progress")]
    pub(crate) events: Option<PathBuf>,
}

/// `--pace`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PaceWord {
    // As early as the windows allow
    Burst,
    // Evenly spaced
    Steady,
}

/// `--on-uncertain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnUncertainWord {
    // Send it again, once
    Resend,
    // Hold it for a person
    Hold,
}
