//! How far a batch is, as data and as JSON.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{BatchId, Call, Counts, End, LimitGroup, Now, Timestamp};
use crate::event::{Prospect, Usage, Wait};
use crate::journal::{Batch, ChainHead, CodeCount, Journal, RunnerView};
use crate::limiter::Budget;
use crate::reporter::{CountsShape, Sent, UsageShape, WaitShape, ascii_json};

use super::next_command::{NextCommand, next};
use super::shapes::{AuditShape, BatchShape};
use super::{Commands, ReportError};

/// How long an answer is taken to take where the journal has none to go by.
const ROUND_TRIP: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub batch: Batch,
    /// When this was read, by the wall clock.
    pub at: Timestamp,
    /// Who has or last had the journal, for any batch.
    pub runner: Option<RunnerView>,
    /// Whether somebody runs this batch.
    pub running: bool,
    /// Why the last run ended early, where it did and nobody runs the batch, or where a guard has
    /// tripped.
    pub why_ended: Option<String>,
    /// Why nothing is sent right now, as the runner last said.
    pub waiting: Option<Wait>,
    /// What the server said last, or why there was no answer, where that is why it waits.
    pub said: Option<String>,
    /// How full each limit of the POSTs is, by the calls in the journal.
    pub windows: Vec<Usage>,
    /// When the sending ends, if it continues now and all goes well.
    pub forecast: Option<Forecast>,
    /// Machines by error code and state.
    pub codes: Vec<CodeCount>,
    /// The head of the audit chain of the whole journal.
    pub audit: ChainHead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// When the last POST goes out, and when it may.
    pub prospect: Prospect,
    pub remaining: Duration,
}

/// Reads how far a batch is. `budget` is the batch's own: windows and forecast come from the same
/// gate that the run sends through, with the history that the journal has.
///
/// # Errors
/// Where the journal cannot be read or has no such batch.
pub fn status(
    journal: &Journal,
    batch: BatchId,
    budget: &Budget,
    now: Now,
) -> Result<Status, ReportError> {
    /// A runner may begin or end during a look.
    const LOOKS: u32 = 3;
    let look = || journal.at_one_instant(|journal| read(journal, batch, budget, now));
    let mut status = look()?;
    for _ in 1..LOOKS {
        let alive = |runner: Option<RunnerView>| runner.is_some_and(|view| view.alive);
        if alive(status.runner.clone()) == alive(journal.runner()?) {
            break;
        }
        status = look()?;
    }
    Ok(status)
}

/// Everything of one instant. Who has the lock is asked first: a run that ends then has said how by
/// the time that its batch is read, and is not taken for one that died.
fn read(
    journal: &Journal,
    batch: BatchId,
    budget: &Budget,
    now: Now,
) -> Result<Status, ReportError> {
    let runner = journal.runner()?;
    let batch = journal.batch(batch)?.ok_or(ReportError::NoBatch(batch))?;
    let history = journal.history_in(&batch.tenant, budget.calls_kept())?;
    let mut gate = budget.gate(&history, now);
    let usage = gate.usage(now.steady);
    let unsent = (batch.counts.to_send_or_look_up(), round_trip(&history.calls));
    let forecast = budget.look_ahead(&gate, unsent, now).map(|ahead| Forecast {
        prospect: Prospect {
            last_send_at: now.wall_at(ahead.last),
            latest_send_at: ahead.latest.map(|at| now.wall_at(at)),
        },
        remaining: ahead.last.since(now.steady),
    });
    let running = runner.as_ref().is_some_and(|view| runs(view, &batch));
    let heartbeat = runner.as_ref().and_then(|view| view.heartbeat.as_ref());
    let waiting = heartbeat.filter(|_| running).and_then(|heartbeat| heartbeat.waiting.clone());
    let said = heartbeat.filter(|_| waiting.is_some()).and_then(|beat| beat.said.clone());
    Ok(Status {
        // A guard's reason also while the run that it stopped waits for its last answers.
        why_ended: match batch.end {
            end if running && end != Some(End::Tripped) => None,
            _ => why_ended(journal, &batch)?,
        },
        codes: journal.codes(batch.id)?,
        audit: journal.chain_head()?,
        at: now.wall,
        running,
        waiting,
        said,
        windows: usage.into_iter().map(|(window, used)| Usage { window, used }).collect(),
        forecast,
        runner,
        batch,
    })
}

/// Why the last run of a batch ended early, where the word for its end does not say all.
///
/// # Errors
/// Where the journal cannot be read.
pub fn why_ended(journal: &Journal, batch: &Batch) -> Result<Option<String>, ReportError> {
    match batch.end {
        Some(End::Unreachable | End::NoAccess | End::Tripped | End::Pending | End::PastUntil) => {
            Ok(journal.why_ended(batch.id)?)
        }
        None | Some(End::Settled | End::Interrupted | End::Stopped) => Ok(None),
    }
}

/// The middle one of what the answered calls took: one slow answer does not move it.
fn round_trip(calls: &[Call]) -> Duration {
    let took = |call: &Call| {
        let receipt = call.receipt.filter(|_| call.group == LimitGroup::Posts)?;
        Some(receipt.wall.since(call.sent_at))
    };
    let mut all: Vec<Duration> = calls.iter().filter_map(took).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(ROUND_TRIP)
}

/// Whether the runner that has the journal is at this batch. Until its first sign of life, the
/// batch that has not ended is taken to be its batch.
fn runs(view: &RunnerView, batch: &Batch) -> bool {
    let at_it = match &view.heartbeat {
        Some(heartbeat) => heartbeat.batch == batch.id,
        None => batch.end.is_none(),
    };
    view.alive && at_it
}

impl Status {
    /// How far the sending is.
    pub fn sent(&self) -> Sent {
        let counts = &self.batch.counts;
        if self.running { Sent::from(counts) } else { Sent::at_rest(counts) }
    }

    /// `mde-offboard.status/1`, on one line.
    pub fn to_json(&self, commands: &Commands) -> String {
        let counts = &self.batch.counts;
        ascii_json(&StatusShape {
            schema: "mde-offboard.status/1",
            batch: Some(BatchShape::from(&self.batch)),
            total: self.batch.total,
            counts: CountsShape(*counts),
            settled: counts.settled() == counts.total(),
            running: self.running,
            last_sign_of_life: self.sign_of_life().map(|at| at.to_string()),
            waiting: self.waiting.as_ref().map(WaitShape::from),
            last_answer: self.said.as_deref(),
            why_ended: self.why_ended.as_deref(),
            windows: self.windows.iter().map(UsageShape::from).collect(),
            forecast: self.forecast.map(StatusForecast::from),
            audit: Some(AuditShape::from(self.audit)),
            next: if self.running { None } else { next(&self.batch, commands) },
        })
    }
}

/// `mde-offboard.status/1` where there is no batch that it could be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWithoutBatch {
    /// Whether somebody is about to run one.
    pub running: bool,
}

impl StatusWithoutBatch {
    /// On one line.
    pub fn to_json(self) -> String {
        ascii_json(&StatusShape {
            schema: "mde-offboard.status/1",
            batch: None,
            total: 0,
            counts: CountsShape(Counts::default()),
            settled: !self.running,
            running: self.running,
            last_sign_of_life: None,
            waiting: None,
            last_answer: None,
            why_ended: None,
            windows: Vec::new(),
            forecast: None,
            audit: None,
            next: None,
        })
    }
}

/// How far a batch is.
#[derive(JsonSchema, Serialize)]
pub(super) struct StatusShape<'a> {
    #[schemars(extend("const" = "mde-offboard.status/1"))]
    schema: &'static str,
    /// Null where there is nothing to do, and so no batch that it is about.
    batch: Option<BatchShape<'a>>,
    total: u64,
    counts: CountsShape,
    settled: bool,
    running: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_of_life: Option<String>,
    waiting: Option<WaitShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_answer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_ended: Option<&'a str>,
    windows: Vec<UsageShape>,
    forecast: Option<StatusForecast>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<AuditShape>,
    next: Option<NextCommand>,
}

#[derive(JsonSchema, Serialize)]
pub(super) struct StatusForecast {
    last_send_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_send_at: Option<String>,
    remaining_seconds: u128,
}

impl From<Forecast> for StatusForecast {
    fn from(Forecast { prospect, remaining }: Forecast) -> Self {
        Self {
            last_send_at: prospect.last_send_at.to_string(),
            latest_send_at: prospect.latest_send_at.map(|at| at.to_string()),
            remaining_seconds: remaining.as_micros().div_ceil(1_000_000),
        }
    }
}
