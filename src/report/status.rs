//! Where a batch stands, as data and as JSON.

use std::time::Duration;

use serde::Serialize;

use crate::domain::{BatchId, Call, LimitGroup, Now, Timestamp};
use crate::event::{Usage, Wait};
use crate::journal::{Batch, CodeCount, Journal, RunnerView};
use crate::limiter::{Gate, GateOptions};
use crate::reporter::{CountsShape, UsageShape, WaitShape, ascii_json};

use super::next::{Next, next};
use super::shapes::BatchShape;
use super::{Commands, ReportError};

/// How long an answer is taken to take where the journal has none to go by.
const ROUND_TRIP: Duration = Duration::from_millis(500);

/// Where a batch stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The batch, with its counts.
    pub batch: Batch,
    /// When this was read, by the wall clock.
    pub at: Timestamp,
    /// Who has or last had the journal, whatever batch it was for.
    pub runner: Option<RunnerView>,
    /// Whether somebody runs this batch.
    pub running: bool,
    /// Why nothing is sent right now, as the runner last said.
    pub waiting: Option<Wait>,
    /// How full each limit of the POSTs is, by the calls in the journal.
    pub windows: Vec<Usage>,
    /// When the sending ends, if it goes on now and all goes well.
    pub forecast: Option<Forecast>,
    /// Machines by error code and state.
    pub codes: Vec<CodeCount>,
}

/// When the sending ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// When the last POST goes out.
    pub last_send_at: Timestamp,
    /// How long that is from now.
    pub remaining: Duration,
}

/// Reads where a batch stands. `options` are the batch's own limits and pace: windows and forecast
/// come from the same gate by which the run sends, with the history that the journal has.
///
/// # Errors
/// Where the journal cannot be read or has no such batch.
pub fn status(
    journal: &Journal,
    batch: BatchId,
    options: &GateOptions,
    now: Now,
) -> Result<Status, ReportError> {
    let batch = journal.batch(batch)?.ok_or(ReportError::NoBatch(batch))?;
    let mut gate = Gate::new(options);
    let calls = posts(journal, now.wall.minus(gate.horizon()))?;
    restore(&mut gate, journal, &calls, now)?;
    let usage = gate.usage(now.steady);
    let last_send = gate.forecast(now.steady, batch.counts.unsent(), round_trip(&calls));
    let forecast = last_send
        .map(|at| Forecast { last_send_at: now.wall_at(at), remaining: at.since(now.steady) });
    let runner = journal.runner()?;
    let running = runner.as_ref().is_some_and(|view| runs(view, &batch));
    let heartbeat = runner.as_ref().and_then(|view| view.heartbeat.as_ref());
    let waiting = heartbeat.filter(|_| running).and_then(|heartbeat| heartbeat.waiting);
    Ok(Status {
        codes: journal.codes(batch.id)?,
        at: now.wall,
        running,
        waiting,
        windows: usage.into_iter().map(|(window, used)| Usage { window, used }).collect(),
        forecast,
        runner,
        batch,
    })
}

fn posts(journal: &Journal, since: Timestamp) -> Result<Vec<Call>, ReportError> {
    let mut calls = journal.calls_since(since)?;
    calls.retain(|call| call.group == LimitGroup::Posts);
    Ok(calls)
}

fn restore(
    gate: &mut Gate,
    journal: &Journal,
    calls: &[Call],
    now: Now,
) -> Result<(), ReportError> {
    for call in calls {
        let receipt = match call.receipt_at {
            Some(at) => now.steady_at(at),
            None => now.steady.plus(gate.margin()),
        };
        gate.restore(receipt);
    }
    for freeze in journal.freezes()? {
        if freeze.group == LimitGroup::Posts && freeze.until > now.wall {
            gate.restore_freeze(now.steady_when(freeze.until), freeze.streak);
        }
    }
    Ok(())
}

/// The middle one of what the answered calls took: one slow answer does not move it.
fn round_trip(calls: &[Call]) -> Duration {
    let took = |call: &Call| call.receipt_at.map(|receipt| receipt.since(call.sent_at));
    let mut all: Vec<Duration> = calls.iter().filter_map(took).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(ROUND_TRIP)
}

/// Whether whoever has the journal is at this batch. Until its first sign of life, the batch that
/// has not ended is taken to be its batch.
fn runs(view: &RunnerView, batch: &Batch) -> bool {
    let at_it = match &view.heartbeat {
        Some(heartbeat) => heartbeat.batch == batch.id,
        None => batch.end.is_none(),
    };
    view.alive && at_it
}

impl Status {
    /// `mde-offboard.status/1`, on one line.
    pub fn to_json(&self, commands: &Commands) -> String {
        let counts = &self.batch.counts;
        ascii_json(&StatusShape {
            schema: "mde-offboard.status/1",
            batch: BatchShape::from(&self.batch),
            total: self.batch.total,
            counts: CountsShape(*counts),
            settled: counts.settled() == counts.total(),
            running: self.running,
            waiting: self.waiting.as_ref().map(WaitShape::from),
            windows: self.windows.iter().map(UsageShape::from).collect(),
            forecast: self.forecast.map(|forecast| ForecastShape {
                last_send_at: forecast.last_send_at.to_string(),
                remaining_seconds: forecast.remaining.as_micros().div_ceil(1_000_000),
            }),
            next: if self.running { None } else { next(&self.batch, commands) },
        })
    }
}

#[derive(Serialize)]
struct StatusShape<'a> {
    schema: &'static str,
    batch: BatchShape<'a>,
    total: u64,
    counts: CountsShape,
    settled: bool,
    running: bool,
    waiting: Option<WaitShape>,
    windows: Vec<UsageShape>,
    forecast: Option<ForecastShape>,
    next: Option<Next>,
}

#[derive(Serialize)]
struct ForecastShape {
    last_send_at: String,
    remaining_seconds: u128,
}
