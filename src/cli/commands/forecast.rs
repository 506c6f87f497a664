//! `forecast`: how long so many machines take.

use std::time::Duration;

use serde::Serialize;

use crate::cli::args::ForecastArguments;
use crate::cli::connection;
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::input::{Empty, Lists, Request};
use crate::cli::options::{self, Law};
use crate::cli::source;
use crate::cli::wording::counted;
use crate::domain::{Device, History, Window};
use crate::engine::RunOptions;
use crate::guard::{Class, listed_class};
use crate::journal::{Journal, NewMachine};
use crate::limiter::Load;
use crate::reporter::{lasting, thousands};

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    machines: u64,
    seconds: Seconds,
    last_send_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_send_at: Option<String>,
}

/// A whole number where it is one: only the windows of rehearsals have fractions.
#[derive(Serialize)]
#[serde(untagged)]
enum Seconds {
    Whole(u64),
    Broken(f64),
}

impl From<Duration> for Seconds {
    fn from(duration: Duration) -> Self {
        match duration.subsec_nanos() {
            0 => Self::Whole(duration.as_secs()),
            _ => Self::Broken(duration.as_secs_f64()),
        }
    }
}

/// Runs the limiter forward, as if nothing had been sent before.
pub(crate) fn forecast(context: &Context, given: &ForecastArguments) -> Result<Exit, Failure> {
    let machines = match given.machines.to_str().map(str::parse::<u64>) {
        Some(Ok(number)) => number,
        _ => count(context, given)?,
    };
    if machines > MACHINES_MAX {
        let most = thousands(MACHINES_MAX);
        return Err(Failure::new(Exit::Usage, format!("at most {most} machines are forecast")));
    }
    let law = match environment::api_url() {
        Some(url) if connection::is_loopback(&url) => Law::Loopback,
        _ => Law::Defender,
    };
    let mut run = RunOptions::default();
    run.limits = options::limits(&given.limits, &Window::DEFENDER, law);
    run.pace = given.pace.map_or(run.pace, options::pace);
    run.quota_share = given.quota_share.unwrap_or(run.quota_share);
    let now = context.clock.now();
    let prospect = crate::engine::forecast(&run, machines, &History::default(), now);
    let last = prospect.map(|prospect| prospect.last_send_at);
    let latest = prospect.and_then(|prospect| prospect.latest_send_at);
    let takes = last.map_or(Duration::ZERO, |last| last.since(now.wall));
    if context.screen.is_json() {
        context.screen.document(&Document {
            schema: "mde-offboard.forecast/1",
            machines,
            seconds: Seconds::from(takes),
            last_send_at: last.map(|last| last.to_string()),
            latest_send_at: latest.map(|latest| latest.to_string()),
        });
        return Ok(Exit::Done);
    }
    let limits: Vec<String> = run.windows().iter().map(ToString::to_string).collect();
    let under = format!("under {}", limits.join(" and "));
    let spare = thousands(Load::spare_for(machines));
    let take = if machines == 1 { "takes" } else { "take" };
    let machines = counted(machines, "machine");
    let more = latest.map(|latest| {
        let lasts = lasting(latest.since(now.wall));
        format!("\nIf {spare} of them had to be sent again, it would be {lasts}.")
    });
    let more = more.unwrap_or_default();
    context.screen.result(&match last {
        None => "no machines, nothing to send".to_owned(),
        Some(last) => format!(
            "{machines} {take} {} {under}.\n\
             If begun now, the last one goes out {} {}.{more}",
            lasting(takes),
            context.zone.full(last),
            context.zone.name(last)
        ),
    });
    Ok(Exit::Done)
}

/// More would take a thousand years.
const MACHINES_MAX: u64 = 1_000_000_000;

/// The machines of a list that `run` would send. They are counted where `run` stages them, so that
/// memory does not know how many there are.
fn count(context: &Context, given: &ForecastArguments) -> Result<u64, Failure> {
    let files = std::slice::from_ref(&given.machines);
    source::check(files, context.screen)?;
    let request =
        Request { empty: Empty::Allowed, ..Request::of(files, &given.columns, context.screen) };
    let mut journal = Journal::in_memory()?;
    let lists = Lists::read(&request, |source, row| {
        let skip = listed_class(&row.device).map(Class::reason);
        let (id, line, device) = (row.id, row.place.number(), Device::default());
        let (name, comment) = (None, None);
        journal.stage(&NewMachine { id, name, comment, source, line, device, skip })?;
        Ok(())
    })?;
    lists.refuse_rejects()?;
    let staged = journal.staged(None)?;
    let skipped: u64 = staged.skipped.iter().map(|(_, count)| count).sum();
    Ok(staged.machines - skipped)
}
