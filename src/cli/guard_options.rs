//! Guards that are given over those that a batch remembers.

use std::cell::Cell;
use std::error::Error;

use crate::domain::text::in_line;
use crate::domain::{BatchFact, DayHours, OpeningHours, Timestamp};
use crate::engine::RunOptions;
use crate::reporter::Zone;

use super::args::{GuardArguments, HoursArguments, NONE, OrNone};
use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use super::terminal::Screen;

/// Where and when a person types times of day.
#[derive(Clone, Copy)]
pub(crate) struct HereAndNow<'a> {
    pub(crate) zone: &'a Zone,
    pub(crate) now: Timestamp,
    pub(crate) screen: Screen,
    /// Whether it was told that the zone is not known.
    pub(crate) told: &'a Cell<bool>,
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
    Ok(changes(before, options.guard_words()))
}

/// A fact for each option that is another one now.
pub(super) fn changes<const N: usize>(
    before: [(&str, String); N],
    now: [(&str, String); N],
) -> Vec<BatchFact> {
    let changed = before.into_iter().zip(now).filter(|(old, new)| old != new);
    changed
        .map(|(_, (name, value))| BatchFact::OptionChanged { name: name.to_owned(), value })
        .collect()
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
            text => Some(DayHours::parse(text, zone()?).map_err(|error| says_how(&error))?),
        };
    }
    let instant = |text: &str, option: &str| match text {
        NONE => Ok(None),
        text => OpeningHours::instant(text, zone_of(here, text, option)?, here.now)
            .map(Some)
            .map_err(|error| says_how(&error)),
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
    if !names_one && !here.zone.is_known() && !here.told.replace(true) {
        here.screen.note(&unknown_zone(text, option));
    }
    match here.zone.iana_name() {
        Some(name) => Ok(name),
        None if names_one => Ok("UTC"),
        None => Err(Failure::new(Exit::Usage, "this computer does not say its time zone by name")
            .hint(format!("name it: {option} \"{text} Europe/Berlin\""))),
    }
}

/// The message of these says how it is written.
fn says_how(error: &dyn Error) -> Failure {
    Failure::of(Exit::Usage, error).needs_no_hint()
}

/// That a time is taken in UTC, since nobody says where this is.
fn unknown_zone(text: &str, option: &str) -> String {
    let variable = environment::time_zone();
    let why = variable.map(|zone| format!(" (TZ is `{}`)", in_line(&zone))).unwrap_or_default();
    format!(
        "warning: the time zone of this computer is not known{why}: {option} {} is taken as UTC\n  \
         name the zone: {option} \"{0} Europe/Berlin\"\n",
        in_line(text)
    )
}

fn refuse_past(hours: &OpeningHours, here: HereAndNow<'_>) -> Result<(), Failure> {
    let Some(until) = hours.until.filter(|until| *until <= here.now) else { return Ok(()) };
    let said = format!("--until {} is in the past", here.zone.full_with_name(until));
    Err(Failure::new(Exit::Usage, said).hint("give a later time, or `--until none`"))
}
