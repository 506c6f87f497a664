//! How fast, how often, how long. What is not given stays as the batch remembers it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::value;
use crate::domain::Window;

/// Options of the commands that send.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PacingArguments {
    /// Send as early as the limits allow (burst), or evenly spaced (steady) [default: burst]
    #[arg(long, value_name = "PACE")]
    pub(crate) pace: Option<PaceWord>,
    /// Share of each rate limit to use; the rest is left to other tools that use the same app
    /// registration [default: 100%]
    #[arg(long, value_name = "P%", value_parser = value::percent)]
    pub(crate) quota_share: Option<u8>,
    /// Requests that may wait for an answer at the same time, 1 to 256 [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: Option<u16>,
    /// Attempts per machine before giving up, 1 to 1000 [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) max_attempts: Option<u32>,
    /// How long to wait before "not found" counts, since Defender may list an action late
    /// [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) settle: Option<Duration>,
    /// What to do if an unanswered request was looked up twice and not found: send it again, once,
    /// or hold it for you to decide [default: resend]
    #[arg(long, value_name = "WHAT")]
    pub(crate) on_uncertain: Option<OnUncertainWord>,
}

/// Options of the commands that follow actions.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FollowArguments {
    /// Rate limit, such as 20/1m; can be repeated. Applies in addition to Defender's 100/1m and
    /// 1500/1h; against a loopback address it replaces them
    #[arg(long = "limit", value_name = "COUNT/WINDOW", value_parser = value::window)]
    pub(crate) limits: Vec<Window>,
    /// Count reads and cancels in the same rate limits as offboarding requests
    /// [default: false, each kind has its own]
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) shared_reads: Option<bool>,
    /// How often to ask Defender for the state of actions [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) poll_interval: Option<Duration>,
    /// How long to follow actions after the last request; 0 does not follow them [default: 30m]
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    pub(crate) track_timeout: Option<Duration>,
    /// How long to keep trying if Defender cannot be reached [default: 12h, 2m before the first
    /// answer]
    #[arg(long, value_name = "DURATION", value_parser = value::duration_above_zero)]
    pub(crate) offline_timeout: Option<Duration>,
    /// Append every event to this file, one JSON object per line
    #[arg(long, value_name = "FILE")]
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
