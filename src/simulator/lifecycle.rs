//! How an action runs, decided once at its creation.
//!
//! Called where an action is made and wherever one is shown. Deliberately absent: timers.

use std::time::Duration;

use crate::domain::Timestamp;

use super::draw::Draw;
use super::fleet::Behaviour;
use super::options::TenantOptions;

/// What the device reports when its action fails: `E_FAIL`.
const DEVICE_ERROR: i64 = -2_147_467_259;

/// Seconds, in life, until a machine takes its action up.
const PENDING_SECONDS: std::ops::RangeInclusive<u64> = 30..=420;
/// Seconds, in life, that the machine needs for it.
const RUNNING_SECONDS: std::ops::RangeInclusive<u64> = 60..=300;
/// Seconds until a machine that does not connect is given up. In life it is not documented and
/// most likely days; here it fits into a rehearsal.
const TIME_OUT_SECONDS: std::ops::RangeInclusive<u64> = 600..=900;

/// Where an action stands, in Defender's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActionPhase {
    Pending,
    InProgress,
    Succeeded,
    Failed,
    TimeOut,
    Cancelled,
}

impl ActionPhase {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimeOut => "TimeOut",
            Self::Cancelled => "Cancelled",
        }
    }

    pub(super) const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::InProgress)
    }

    /// What `errorHResult` says.
    pub(super) const fn device_error(self) -> i64 {
        if matches!(self, Self::Failed) { DEVICE_ERROR } else { 0 }
    }
}

/// The instants at which an action changes, and what it ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    ended: Option<(Timestamp, ActionPhase)>,
}

impl Course {
    pub(super) fn new(
        created_at: Timestamp,
        behaviour: Behaviour,
        options: &TenantOptions,
        draw: &mut Draw,
    ) -> Self {
        let mut later = |from: Timestamp, seconds| {
            from.plus(quickened(Duration::from_secs(draw.within(seconds)), options.speed))
        };
        let (started_at, ended) = match behaviour {
            Behaviour::StaysPending => (None, None),
            Behaviour::TimesOut => {
                (None, Some((later(created_at, TIME_OUT_SECONDS), ActionPhase::TimeOut)))
            }
            other => {
                let end = if other == Behaviour::Fails {
                    ActionPhase::Failed
                } else {
                    ActionPhase::Succeeded
                };
                let started_at = later(created_at, PENDING_SECONDS);
                (Some(started_at), Some((later(started_at, RUNNING_SECONDS), end)))
            }
        };
        Self { created_at, started_at, ended }
    }

    /// The status, and since when.
    pub(super) fn at(&self, now: Timestamp) -> (ActionPhase, Timestamp) {
        match (self.started_at, self.ended) {
            (_, Some((at, end))) if at <= now => (end, at),
            (Some(at), _) if at <= now => (ActionPhase::InProgress, at),
            _ => (ActionPhase::Pending, self.created_at),
        }
    }

    /// Takes the action back: nothing else happens to it.
    pub(super) fn cancel(&mut self, now: Timestamp) {
        self.ended = Some((now, ActionPhase::Cancelled));
    }
}

/// What a normal machine's action comes to, by the tenant's shares.
pub(super) fn fate(options: &TenantOptions, draw: &mut Draw) -> Behaviour {
    let share = draw.share();
    let stays = options.stay_pending_share;
    let fails = stays + options.fail_share;
    if share < stays {
        Behaviour::StaysPending
    } else if share < fails {
        Behaviour::Fails
    } else if share < fails + options.time_out_share {
        Behaviour::TimesOut
    } else {
        Behaviour::Normal
    }
}

/// A speed that is no number above zero makes it never happen.
pub(super) fn quickened(duration: Duration, speed: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() / speed).unwrap_or(Duration::MAX)
}
