//! What a batch remembers of how it is to be run.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{DayHours, LimitGroup, OpeningHours, Timestamp, Window, words};
use crate::guard::{Class, FailureLimit, ProtectList, Treatment, Treatments};
use crate::limiter::{Budget, GateOptions, Guards, Pace};

words! {
    /// What is done with a machine whose POST stayed without an answer and without an action.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum OnUncertain {
        /// After the settle time and two negative look-ups it is sent again, once.
        Resend = "resend",
        Hold = "hold",
    }
}

/// How a batch is run; kept with the batch as JSON, so that `resume` needs no option again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// The windows of the POSTs, and of the reads and cancels, each group counted on its own.
    pub limits: Vec<Window>,
    /// How much of each window is ours, in per cent, 1 to 100; the rest is left to other tools of
    /// the same app registration.
    pub quota_share: u8,
    /// Reads and cancels spend the budget of the POSTs.
    pub shared_reads: bool,
    /// Extra time for which a slot stays taken.
    pub guards: Guards,
    pub pace: Pace,
    /// Most requests in flight.
    pub concurrency: usize,
    /// Most POSTs for one machine.
    pub attempts_max: u32,
    /// How long after a send "not found" begins to count; look-ups and tries after a 404 are a
    /// fifth of it apart.
    pub settle: Duration,
    pub on_uncertain: OnUncertain,
    /// How often open actions are read.
    pub poll_interval: Duration,
    /// How long after the last POST actions are followed; zero: not at all.
    pub track_timeout: Duration,
    /// Machines whose offboarding succeeded before the batch was made are sent too (`--again`).
    pub again: bool,
    /// How long to wait for the network; none: 12 hours, and 2 minutes before the first answer.
    pub offline_timeout: Option<Duration>,
    /// How many machines go first; all others wait until those have succeeded. 0: none.
    pub canary: u32,
    /// How long after the last of them was sent they may take.
    pub canary_wait: Duration,
    /// How many machines may be rejected or fail before nothing more is sent.
    pub failures_max: Option<FailureLimit>,
    /// When POSTs may be sent.
    pub hours: OpeningHours,
    /// What is done with machines of some classes, where a person said so (`--on`).
    pub on: Vec<(Class, Treatment)>,
    /// What must never be offboarded.
    pub protect: Option<Arc<ProtectList>>,
}

/// An hour: most machines that are on have been told by then.
const CANARY_WAIT: Duration = Duration::from_hours(1);

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            limits: Window::DEFENDER.to_vec(),
            quota_share: 100,
            shared_reads: false,
            guards: Guards::Default,
            pace: Pace::Burst,
            concurrency: 8,
            attempts_max: 8,
            settle: Duration::from_mins(5),
            on_uncertain: OnUncertain::Resend,
            poll_interval: Duration::from_secs(30),
            track_timeout: Duration::from_mins(30),
            again: false,
            offline_timeout: None,
            canary: 0,
            canary_wait: CANARY_WAIT,
            failures_max: None,
            hours: OpeningHours::default(),
            on: Vec::new(),
            protect: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the options that the batch remembers cannot be read: {0}")]
pub struct OptionsError(String);

/// The options as they are stored. Times in milliseconds; fields are only ever added.
#[derive(Serialize, Deserialize)]
struct Stored {
    limits: Vec<String>,
    #[serde(default = "whole")]
    quota_share: u8,
    #[serde(default)]
    shared_reads: bool,
    pace: String,
    concurrency: usize,
    max_attempts: u32,
    settle_ms: u64,
    on_uncertain: String,
    poll_interval_ms: u64,
    track_timeout_ms: u64,
    #[serde(default)]
    again: bool,
    offline_timeout_ms: Option<u64>,
    #[serde(default)]
    canary: u32,
    #[serde(default = "canary_wait_ms")]
    canary_wait_ms: u64,
    #[serde(default)]
    max_failures: Option<String>,
    /// With its zone.
    #[serde(default)]
    between: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    not_before: Option<String>,
    #[serde(default)]
    until: Option<String>,
    /// As `CLASS=send`.
    #[serde(default)]
    on: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protect: Option<serde_json::Value>,
}

fn canary_wait_ms() -> u64 {
    millis(CANARY_WAIT)
}

impl Stored {
    fn hours(&self) -> Result<OpeningHours, OptionsError> {
        let at = |text: &Option<String>| {
            let at = text.as_deref().map(Timestamp::parse).transpose();
            at.map_err(|error| OptionsError(error.to_string()))
        };
        // The zone is stored with them, so none has to be assumed.
        let hours = |text: &str| DayHours::parse(text, "UTC");
        let between = self.between.as_deref().map(hours).transpose();
        Ok(OpeningHours {
            between: between.map_err(|error| OptionsError(error.to_string()))?,
            not_before: at(&self.not_before)?,
            until: at(&self.until)?,
        })
    }
}

/// What batches of before the option had.
const fn whole() -> u8 {
    100
}

pub(super) const fn pace_word(pace: Pace) -> &'static str {
    match pace {
        Pace::Burst => "burst",
        Pace::Steady => "steady",
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl RunOptions {
    /// How long two look-ups, and two tries after a 404, are apart: a fifth of the settle time.
    pub fn look_gap(&self) -> Duration {
        self.settle / 5
    }

    /// The windows that the limiter keeps: our share of each limit.
    pub fn windows(&self) -> Vec<Window> {
        self.limits.iter().map(|limit| limit.share(self.quota_share)).collect()
    }

    /// What the limiter is made of. Reads and cancels go as early as they may.
    pub fn gate(&self, pace: Pace) -> GateOptions {
        GateOptions { limits: self.windows(), guards: self.guards, pace }
    }

    /// What is done with the machines of each class.
    pub fn treatments(&self) -> Treatments {
        Treatments::new(&self.on).sending_again(self.again)
    }

    /// The gate of reads: a quarter of each window is left to a plan beside it.
    pub fn reads_gate(&self) -> GateOptions {
        let rest = |window: Window| window.of_limit(window.limit() - window.limit() / 4);
        let limits = self.windows().into_iter().filter_map(rest).collect();
        GateOptions { limits, ..self.gate(Pace::Burst) }
    }

    /// The gate of the reads of a plan beside a run; none where a quarter of a window is no read.
    pub fn reads_beside(&self) -> Option<GateOptions> {
        let windows = self.windows().into_iter();
        let limits: Option<Vec<Window>> =
            windows.map(|window| window.of_limit(window.limit() / 4)).collect();
        Some(GateOptions { limits: limits?, ..self.gate(Pace::Burst) })
    }

    pub fn budget(&self) -> Budget {
        Budget {
            options: self.gate(self.pace),
            groups: if self.shared_reads { &LimitGroup::ALL } else { &[LimitGroup::Posts] },
            beside_every: self.shared_reads.then(|| self.poll_gap(1)),
            hours: self.hours.clone(),
        }
    }

    /// Shortest time between polls of this many pages that takes half of the read windows at most.
    pub fn poll_gap(&self, pages: u32) -> Duration {
        self.poll_interval.max(self.reads_gap(pages))
    }

    /// The time in which this many reads take half of the read windows.
    pub fn reads_gap(&self, reads: u32) -> Duration {
        let each = self.windows().iter().map(|limit| limit.duration() / limit.limit()).max();
        (each.unwrap_or_default() * 2).saturating_mul(reads.max(1))
    }

    pub fn to_json(&self) -> String {
        let stored = Stored {
            limits: self.limits.iter().map(ToString::to_string).collect(),
            quota_share: self.quota_share,
            shared_reads: self.shared_reads,
            pace: pace_word(self.pace).to_owned(),
            concurrency: self.concurrency,
            max_attempts: self.attempts_max,
            settle_ms: millis(self.settle),
            on_uncertain: self.on_uncertain.word().to_owned(),
            poll_interval_ms: millis(self.poll_interval),
            track_timeout_ms: millis(self.track_timeout),
            again: self.again,
            offline_timeout_ms: self.offline_timeout.map(millis),
            canary: self.canary,
            canary_wait_ms: millis(self.canary_wait),
            max_failures: self.failures_max.map(|limit| limit.to_string()),
            between: self.hours.between.as_ref().map(ToString::to_string),
            not_before: self.hours.not_before.map(|at| at.to_string()),
            until: self.hours.until.map(|at| at.to_string()),
            on: self.on.iter().map(|(class, how)| format!("{class}={}", how.word())).collect(),
            protect: self.protect.as_ref().map(|list| list.to_json()),
        };
        serde_json::to_string(&stored).expect("a struct of texts and numbers is always JSON")
    }

    /// From what the journal kept.
    ///
    /// # Errors
    /// [`OptionsError`] where it is no JSON, or names a limit, pace or rule that is not known.
    pub fn from_json(text: &str) -> Result<Self, OptionsError> {
        let stored: Stored =
            serde_json::from_str(text).map_err(|error| OptionsError(error.to_string()))?;
        let limits: Result<Vec<Window>, _> =
            stored.limits.iter().map(|limit| Window::parse(limit)).collect();
        let hours = stored.hours()?;
        let on = stored.on.iter().map(|on| Treatments::parse(on)).collect::<Result<_, _>>();
        let protect = stored.protect.as_ref().map(|list| {
            let list = ProtectList::from_json(list);
            list.ok_or_else(|| OptionsError("its protect list".to_owned()))
        });
        let failures_max = stored.max_failures.as_deref().map(FailureLimit::parse).transpose();
        Ok(Self {
            limits: limits.map_err(|error| OptionsError(error.to_string()))?,
            quota_share: stored.quota_share.clamp(1, 100),
            shared_reads: stored.shared_reads,
            guards: Guards::Default,
            pace: match stored.pace.as_str() {
                "burst" => Pace::Burst,
                "steady" => Pace::Steady,
                other => return Err(OptionsError(format!("pace `{other}`"))),
            },
            concurrency: stored.concurrency.max(1),
            attempts_max: stored.max_attempts.max(1),
            settle: Duration::from_millis(stored.settle_ms),
            on_uncertain: OnUncertain::from_word(&stored.on_uncertain)
                .ok_or_else(|| OptionsError(format!("on-uncertain `{}`", stored.on_uncertain)))?,
            poll_interval: Duration::from_millis(stored.poll_interval_ms),
            track_timeout: Duration::from_millis(stored.track_timeout_ms),
            again: stored.again,
            offline_timeout: stored.offline_timeout_ms.map(Duration::from_millis),
            canary: stored.canary,
            canary_wait: Duration::from_millis(stored.canary_wait_ms),
            failures_max: failures_max.map_err(|error| OptionsError(error.to_string()))?,
            hours,
            on: on.map_err(|error| OptionsError(error.to_string()))?,
            protect: protect.transpose()?.map(Arc::new),
        })
    }
}
