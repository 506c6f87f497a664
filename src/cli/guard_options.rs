//! Guards that are given over those that a batch remembers.

use crate::domain::{BatchFact, DayHours, OpeningHours, Timestamp};
use crate::engine::RunOptions;
use crate::reporter::Zone;

use super::args::{GuardArguments, HoursArguments, NONE, OrNone};
use super::exit::Exit;
use super::failure::Failure;

/// Where and when a person types times of day.
#[derive(Clone, Copy)]
pub(crate) struct HereAndNow<'a> {
    pub(crate) zone: &'a Zone,
    pub(crate) now: Timestamp,
}

/// What is given replaces what the batch remembers; each replacement is a fact of the batch.
pub(crate) fn overlay_guards(
    options: &mut RunOptions,
    given: &GuardArguments,
    here: HereAndNow<'_>,
) -> Result<Vec<BatchFact>, Failure> {
    let before = options.guard_words();
    if let Some(canary) = given.canary {
        options.canary = canary;
    }
    if let Some(wait) = given.canary_wait {
        options.canary_wait = wait;
    }
    match &given.max_failures {
        Some(OrNone::Some(limit)) => options.failures_max = Some(*limit),
        Some(OrNone::None) => options.failures_max = None,
        None => {}
    }
    overlay_hours(&mut options.hours, &given.hours, here)?;
    let changed = before.into_iter().zip(options.guard_words()).filter(|(old, new)| old != new);
    Ok(changed
        .map(|(_, (name, value))| BatchFact::OptionChanged { name: name.to_owned(), value })
        .collect())
}

pub(crate) fn overlay_hours(
    hours: &mut OpeningHours,
    given: &HoursArguments,
    here: HereAndNow<'_>,
) -> Result<(), Failure> {
    if let Some(text) = &given.between {
        let zone = || zone_of(here, text, "--between");
        hours.between = match text.as_str() {
            NONE => None,
            text => Some(DayHours::parse(text, zone()?).map_err(|e| Failure::of(Exit::Usage, &e))?),
        };
    }
    let instant = |text: &str, option: &str| match text {
        NONE => Ok(None),
        text => OpeningHours::instant(text, zone_of(here, text, option)?, here.now)
            .map(Some)
            .map_err(|error| Failure::of(Exit::Usage, &error)),
    };
    if let Some(text) = &given.not_before {
        hours.not_before = instant(text, "--not-before")?;
    }
    if let Some(text) = &given.until {
        hours.until = instant(text, "--until")?;
        refuse_past(hours, here)?;
    }
    Ok(())
}

/// The local zone, by its name: a batch remembers it, since it may go on elsewhere.
fn zone_of<'a>(here: HereAndNow<'a>, text: &str, option: &str) -> Result<&'a str, Failure> {
    // Where the text names one, or an offset, this one is not asked for.
    let names_one = text.contains(|c: char| c.is_ascii_alphabetic());
    match here.zone.iana_name() {
        Some(name) => Ok(name),
        None if names_one => Ok("UTC"),
        None => Err(Failure::new(Exit::Usage, "this computer does not say its time zone by name")
            .hint(format!("name it: {option} \"{text} Europe/Berlin\""))),
    }
}

fn refuse_past(hours: &OpeningHours, here: HereAndNow<'_>) -> Result<(), Failure> {
    let Some(until) = hours.until.filter(|until| *until <= here.now) else { return Ok(()) };
    let said = format!("--until {} is in the past", here.zone.full_with_name(until));
    Err(Failure::new(Exit::Usage, said).hint("give a later time, or `--until none`"))
}
