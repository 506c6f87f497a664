//! `forecast`: how long this many machines take.

use std::path::Path;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::ForecastArguments;
use crate::cli::connect;
use crate::cli::foresight;
use crate::cli::guard_options::overlay_hours;
use crate::cli::list::input::{Empty, ListRequest, Lists};
use crate::cli::list::source;
use crate::cli::options;
use crate::cli::plurals::counted;
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::plural;
use crate::domain::{Device, History, Realm, Window};
use crate::engine::RunOptions;
use crate::guard::{Class, listed_classes};
use crate::journal::{Journal, NewMachine};
use crate::limiter::Load;
use crate::reporter::{lasting, thousands};

#[derive(JsonSchema, Serialize)]
pub(crate) struct ForecastDocument {
    #[schemars(extend("const" = "mde-offboard.forecast/1"))]
    schema: &'static str,
    machines: u64,
    seconds: Seconds,
    last_send_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_send_at: Option<String>,
    /// Machines that are not sent before `--until`; left out where all are.
    #[serde(skip_serializing_if = "is_zero")]
    unsent: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A whole number where it is one: only the windows of rehearsals have fractions.
#[derive(JsonSchema, Serialize)]
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
    let machines = match Amount::of(&given.machines) {
        Amount::Number(number) => number,
        Amount::TooLarge => u64::MAX,
        Amount::Unclear(shown) => return Err(unclear(&shown)),
        Amount::File => count(context, given)?,
    };
    if machines > MACHINES_MAX {
        let most = thousands(MACHINES_MAX);
        let said = format!("a forecast covers at most {most} machines");
        return Err(Failure::new(Exit::Usage, said).hint(format!("name {most} or fewer")));
    }
    let run = options(context, given)?;
    let now = context.clock.now();
    let foresight = crate::engine::forecast(&run, machines, &History::default(), now);
    let prospect = foresight.as_ref().map(|foresight| foresight.prospect);
    let last = prospect.map(|prospect| prospect.last_send_at);
    let latest = prospect.and_then(|prospect| prospect.latest_send_at);
    let unsent = match &foresight {
        Some(foresight) => foresight.unsent,
        None => machines,
    };
    if unsent > 0 && run.hours.until.is_none() {
        let said = format!("{} would take more than 10 years", counted(machines, "machine"));
        return Err(Failure::new(Exit::Usage, said).hint("name fewer, or longer hours"));
    }
    let takes = last.map_or(Duration::ZERO, |last| last.since(now.wall));
    if takes > LASTS_MAX {
        let said = format!("{} would take more than 1,000 years", counted(machines, "machine"));
        return Err(Failure::new(Exit::Usage, said).hint("name fewer, or a wider --limit"));
    }
    if context.screen.is_json() {
        context.screen.document(&ForecastDocument {
            schema: "mde-offboard.forecast/1",
            machines,
            seconds: Seconds::from(takes),
            last_send_at: last.map(|last| last.to_string()),
            latest_send_at: latest.map(|latest| latest.to_string()),
            unsent,
        });
        return Ok(Exit::Done);
    }
    let days = foresight.and_then(|foresight| foresight::days(context, &foresight, now.wall));
    let days = days.map(|days| format!("\nRequests: {days}.")).unwrap_or_default();
    let limits: Vec<String> = run.windows().iter().map(ToString::to_string).collect();
    let under = format!("under {}", limits.join(" and "));
    let spare = thousands(Load::spare_for(machines));
    let take = plural(machines, "takes", "take");
    let machines = counted(machines, "machine");
    let more = latest.map(|latest| {
        let lasts = lasting(latest.since(now.wall));
        format!("\nIf {spare} have to be sent again: {lasts}.")
    });
    let more = more.unwrap_or_default();
    context.screen.result(&match last {
        None if unsent > 0 => "no request can be sent in the hours that are left".to_owned(),
        None => "no machines, nothing to send".to_owned(),
        Some(last) => format!(
            "{machines} {take} {} {under}.\n\
             If you start now, the last request goes out on {} {}.{days}{more}",
            lasting(takes),
            context.zone.full(last),
            context.zone.name(last)
        ),
    });
    Ok(Exit::Done)
}

/// The options that a run would have without a journal.
fn options(context: &Context, given: &ForecastArguments) -> Result<RunOptions, Failure> {
    let below = context.configuration.below_options();
    let realm = match &below.connection.api_url {
        Some(url) if connect::is_loopback(url) => Realm::Loopback,
        _ => Realm::Public,
    };
    let mut run = RunOptions::default();
    let limits = if given.limits.is_empty() { &below.follow.limits } else { &given.limits };
    run.limits = options::limits(limits, &Window::DEFENDER, realm);
    run.pace = given.pace.or(below.pacing.pace).map_or(run.pace, options::pace);
    let share = given.quota_share.or(below.pacing.quota_share);
    run.quota_share = share.unwrap_or(run.quota_share);
    let hours = context.configuration.hours(&given.hours, context.simulate);
    overlay_hours(&mut run.hours, &hours, context.here_and_now())?;
    Ok(run)
}

/// They take 76 years under Defender's limits: there are fewer machines on earth.
const MACHINES_MAX: u64 = 1_000_000_000;

/// Longest time that is told, 1,000 years: no calendar is right beyond it.
const LASTS_MAX: Duration = Duration::from_hours(1_000 * 366 * 24);

#[derive(Debug, PartialEq, Eq)]
enum Amount {
    /// `10000`, `10_000` or `1e4`.
    Number(u64),
    /// The same, beyond any number that is taken.
    TooLarge,
    /// `10,000`: ten thousand here, ten there, and no file of that name.
    Unclear(String),
    File,
}

impl Amount {
    fn of(argument: &Path) -> Self {
        let Some(text) = argument.to_str() else { return Self::File };
        let bare = text.replace('_', "");
        let (digits, zeros) = match bare.split_once(['e', 'E']) {
            Some((digits, zeros)) => (digits, zeros),
            None => (bare.as_str(), "0"),
        };
        let is_whole = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if text.starts_with(|c: char| c.is_ascii_digit()) && is_whole(digits) && is_whole(zeros) {
            let factor = zeros.parse().ok().and_then(|zeros| 10_u64.checked_pow(zeros));
            let number = digits.parse::<u64>().ok().zip(factor);
            let number = number.and_then(|(digits, factor)| digits.checked_mul(factor));
            return number.map_or(Self::TooLarge, Self::Number);
        }
        let is_grouped = |text: &str| {
            let groups: Vec<&str> =
                text.split([',', '.', '\'', ' ', '\u{a0}', '\u{202f}']).collect();
            groups.len() > 1 && groups.iter().all(|group| is_whole(group))
        };
        if is_grouped(text) && !argument.exists() {
            Self::Unclear(text.to_owned())
        } else {
            Self::File
        }
    }
}

fn unclear(text: &str) -> Failure {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Failure::new(Exit::Usage, format!("`{text}` is neither a file nor a plain number"))
        .hint(format!("write a number without separators, or with `_`: {digits}"))
}

/// The machines of a list that `run` would send. They are counted where `run` stages them, so that
/// memory does not know how many there are.
fn count(context: &Context, given: &ForecastArguments) -> Result<u64, Failure> {
    let files = std::slice::from_ref(&given.machines);
    source::check(files, context.screen)?;
    let request = ListRequest {
        empty: Empty::Allowed,
        ..ListRequest::of(files, &given.columns, context.screen)
    };
    let mut journal = Journal::in_memory()?;
    let lists = Lists::read(&request, |source, row| {
        let skip = listed_classes(&row.device).next().map(Class::reason);
        let (id, line, device, at) = (row.id, row.place.number(), Device::default(), row.at);
        let (name, comment) = (None, None);
        journal.stage(&NewMachine { id, name, comment, source, line, device, skip, at })?;
        Ok(())
    })?;
    lists.refuse_rejects()?;
    let staged = journal.staged(None)?;
    let skipped: u64 = staged.skipped.iter().map(|(_, count)| count).sum();
    Ok(staged.machines - skipped)
}
