//! The picture of a running batch, as text: pure, so that it can be read in a test.
//!
//! Six lines at most. Where there is no room, parts leave a line, and lines leave the picture: the
//! ranks below say in which order.

use std::ops::RangeInclusive;
use std::time::Duration;

use console::{measure_text_width, truncate_str};

use crate::domain::text::in_line;
use crate::domain::{Counts, State};
use crate::event::{Usage, WaitReason};
use crate::reporter::last_request::last_request;
use crate::reporter::words::{share, sources_line, thousands, window_name};
use crate::reporter::{Heading, Zone};

use super::fitting::{Part, fitted};
use super::fold::folded_to;
use super::gauge::gauge;
use super::look::Look;
use super::moment::Moment;
use super::tint::{Tone, tinted};
use super::waits::doing;

/// Parts of a line: the lowest gives way first.
mod rank {
    pub(super) const ZONE: u8 = 1;
    pub(super) const SKIPPED: u8 = 1;
    pub(super) const NO_429: u8 = 2;
    pub(super) const OTHER_WINDOW: u8 = 3;
    pub(super) const NO_RETRIES: u8 = 3;
    pub(super) const TENANT: u8 = 4;
    pub(super) const SOURCES: u8 = 5;
    pub(super) const ACCEPTED: u8 = 5;
    pub(super) const COMMAND: u8 = 5;
    pub(super) const WINDOW: u8 = 6;
    pub(super) const TROUBLE: u8 = 7;
    pub(super) const LAST_REQUEST: u8 = 8;
    pub(super) const SIMULATION: u8 = 8;
    pub(super) const BATCH: u8 = 9;
    pub(super) const ELAPSED: u8 = 9;
    pub(super) const MAIN: u8 = 9;
}

/// Fewest and most cells of the bar: it takes what its line has left.
const BAR_CELLS: RangeInclusive<usize> = 10..=37;

/// What is shown of a tenant's ID where there is no room for all of it.
const TENANT_CHARS: usize = 8;

/// What is shown of a long name of a file.
const SOURCE_CHARS: usize = 24;

/// Most lines of what the run does at the moment.
const DOING_LINES: usize = 3;

/// The lines of the picture. None is wider than the terminal.
pub fn frame(heading: &Heading, moment: &Moment<'_>, look: &Look) -> Vec<String> {
    let width = look.width();
    let stopping = moment.stopping_since.is_some();
    let follows = is_following(moment);
    let mut doing = fitting_doing(heading, moment, look);
    let said = moment.snapshot.said.as_deref().filter(|_| !stopping);
    doing.extend(said.map(|said| last_answer(said, look)));
    // In the order in which they leave the picture: the last of them first.
    let mut others = vec![title(heading, moment, look), bar(&moment.snapshot.counts, look)];
    others.push(counts(moment, look));
    if !stopping && !follows {
        others.push(limits(heading, moment, look));
    }
    let room = look.lines_max();
    doing.truncate(room);
    others.truncate(room - doing.len());
    let has_room = others.len() + doing.len() < room && !stopping;
    let hint = has_room.then(|| hint(heading, follows, width));
    let lines = others.into_iter().chain(doing).chain(hint);
    lines.filter(|line| !line.is_empty()).map(|line| format!(" {line}")).collect()
}

/// Whether all is sent, and only outcomes are waited for.
fn is_following(moment: &Moment<'_>) -> bool {
    let snapshot = moment.snapshot;
    let waits_for = snapshot.waiting.as_ref().map(|wait| &wait.reason);
    snapshot.counts.to_send_or_look_up() == 0 && waits_for == Some(&WaitReason::Actions)
}

/// What the run does: the long form where it fits in one line, else the short one in as many lines
/// as it needs.
fn fitting_doing(heading: &Heading, moment: &Moment<'_>, look: &Look) -> Vec<String> {
    let width = look.width();
    let mut forms = doing(heading, moment);
    let fits = |form: &String| measure_text_width(form) <= width;
    let at = forms.iter().position(fits).unwrap_or(forms.len().saturating_sub(1));
    let form = forms.swap_remove(at);
    let tone = match &moment.snapshot.waiting {
        _ if moment.stopping_since.is_some() => Tone::Warning,
        Some(wait) if is_trouble(&wait.reason) => Tone::Warning,
        _ => Tone::Strong,
    };
    let mut lines = folded_to(&form, (width, DOING_LINES), look.ellipsis());
    if let Some(first) = lines.first_mut()
        && let Some((word, rest)) = first.split_once(':')
    {
        *first = format!("{}:{rest}", tinted(word, tone, look.colouring));
    }
    lines
}

const fn is_trouble(reason: &WaitReason) -> bool {
    matches!(
        reason,
        WaitReason::RetryAfter
            | WaitReason::Backoff
            | WaitReason::Network { .. }
            | WaitReason::SignIn { .. }
            | WaitReason::Settle
    )
}

/// What the server said last, in one line of the screen.
fn last_answer(said: &str, look: &Look) -> String {
    let line = format!("last answer: {}", in_line(said));
    let short = folded_to(&line, (look.width(), 1), look.ellipsis()).swap_remove(0);
    // A word that is most of the line is cut, or nothing would be left.
    if measure_text_width(&short) < look.width() / 2 && short.len() < line.len() {
        return truncate_str(&line, look.width(), look.ellipsis()).into_owned();
    }
    short
}

/// Names on the left, the zone and the time since the start on the right.
fn title(heading: &Heading, moment: &Moment<'_>, look: &Look) -> String {
    let snapshot = moment.snapshot;
    let mut parts = vec![Part::new(rank::BATCH, format!("batch {}", heading.batch))];
    let tenant = in_line(&heading.tenant).into_owned();
    parts.push(shortened(rank::TENANT, tenant, TENANT_CHARS, look));
    parts.push(shortened(rank::SOURCES, sources_line(&heading.sources), SOURCE_CHARS, look));
    if heading.simulated {
        let word = tinted("SIMULATION", Tone::Warning, look.colouring);
        parts.push(Part::new(rank::SIMULATION, word));
    }
    let zone = format!("times in {}", heading.zone.name(snapshot.at));
    parts.push(Part::new(rank::ZONE, zone));
    title_line(parts, snapshot.elapsed, look.width())
}

/// Parts on the left, and on the right the time since the start.
fn title_line(mut parts: Vec<Part>, elapsed: Duration, width: usize) -> String {
    parts.push(Part::new(rank::ELAPSED, elapsed_words(elapsed)));
    let mut fitted = fitted(parts, "  ", width);
    let right = if fitted.len() > 1 { fitted.pop() } else { None };
    let left = fitted.join("  ");
    let Some(right) = right else { return left };
    let used = measure_text_width(&left) + measure_text_width(&right);
    format!("{left}{}{right}", " ".repeat(width.saturating_sub(used)))
}

fn shortened(rank: u8, text: String, chars: usize, look: &Look) -> Part {
    if measure_text_width(&text) <= chars + look.ellipsis().len() {
        return Part::new(rank, text);
    }
    let most = chars + measure_text_width(look.ellipsis());
    let short = truncate_str(&text, most, look.ellipsis()).into_owned();
    Part::in_forms(rank, vec![text, short])
}

/// `25 s`, `1 m 25 s`, `3 h 26 m 09 s`: it moves each second.
pub(in crate::reporter) fn elapsed_words(elapsed: Duration) -> String {
    let all = elapsed.as_secs();
    let (hours, minutes, seconds) = (all / 3_600, all / 60 % 60, all % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} m {seconds:02} s"),
        _ => format!("{hours} h {minutes:02} m {seconds:02} s"),
    }
}

/// How far it is: first of the requests, then of what came of them.
fn bar(counts: &Counts, look: &Look) -> String {
    let of = counts.total() - counts.of(State::Skipped);
    let (part, forms) = if counts.to_send_or_look_up() == 0 && of > 0 {
        let known = of - counts.of(State::Pending) - counts.of(State::Held);
        let words = format!("{} of {} outcomes known", thousands(known), thousands(of));
        (known, vec![format!("all sent; {words}"), words])
    } else {
        let answered = answered(counts);
        (answered, vec![format!("{} of {} answered", thousands(answered), thousands(of))])
    };
    let width = look.width();
    let words = beside_bar(forms, &share(part, of), width);
    let room = width.saturating_sub(measure_text_width(&words) + 2);
    if room < *BAR_CELLS.start() {
        return words;
    }
    let cells = room.min(*BAR_CELLS.end());
    let bar = gauge((part, of), cells, (look.charset, look.colouring));
    format!("{bar}  {words}")
}

/// The first of some forms that leaves room for a bar, or that fits at all, with the share.
fn beside_bar(forms: Vec<String>, share: &str, width: usize) -> String {
    let with_bar = width.saturating_sub(*BAR_CELLS.start() + 2);
    let lines: Vec<String> = forms.into_iter().map(|form| format!("{form}  {share}")).collect();
    let fits = |room: usize| lines.iter().find(|line| measure_text_width(line) <= room);
    match fits(with_bar).or_else(|| fits(width)) {
        Some(line) => line.clone(),
        None => truncate_str(share, width, "").into_owned(),
    }
}

/// Machines whose request Defender accepted, however their actions ended.
fn accepted(counts: &Counts) -> u64 {
    const ACCEPTED: [State; 5] =
        [State::Pending, State::Succeeded, State::Failed, State::TimedOut, State::Cancelled];
    ACCEPTED.into_iter().map(|state| counts.of(state)).sum()
}

fn answered(counts: &Counts) -> u64 {
    accepted(counts) + counts.of(State::Rejected)
}

/// What came of the requests: accepted, and what of these; refused; tried again; in doubt.
fn counts(moment: &Moment<'_>, look: &Look) -> String {
    let counts = &moment.snapshot.counts;
    let shown = |words: &str, machines: u64, tone: Tone| {
        let text = format!("{words} {}", thousands(machines));
        if machines == 0 { text } else { tinted(&text, tone, look.colouring) }
    };
    let of = |state: State| counts.of(state);
    let failed = shown("failed", of(State::Failed), Tone::Bad);
    let pending = format!("pending {}", thousands(of(State::Pending)));
    let succeeded = shown("succeeded", of(State::Succeeded), Tone::Good);
    let others = [(State::TimedOut, "timed out"), (State::Cancelled, "cancelled")];
    let others = others.into_iter().filter(|(state, _)| of(*state) > 0);
    let others = others.map(|(state, words)| shown(words, of(state), Tone::Bad));
    let others = std::iter::once(failed.clone()).chain(others).collect::<Vec<_>>().join(", ");
    let accepted = format!("accepted {}", thousands(accepted(counts)));
    let mut parts = vec![
        Part::in_forms(
            rank::ACCEPTED,
            vec![
                format!("{accepted}: {pending}, {succeeded}, {others}"),
                format!("{accepted}: {pending}, {others}"),
                format!("{accepted}: {pending}, {failed}"),
                accepted,
            ],
        ),
        Part::new(rank::TROUBLE, shown("refused", of(State::Rejected), Tone::Bad)),
    ];
    let retrying = moment.snapshot.retrying;
    let its_rank = if retrying > 0 { rank::TROUBLE } else { rank::NO_RETRIES };
    parts.push(Part::new(its_rank, shown("retrying", retrying, Tone::Warning)));
    for (state, words) in [(State::Uncertain, "in doubt"), (State::Held, "held")] {
        if of(state) > 0 {
            parts.push(Part::new(rank::TROUBLE, shown(words, of(state), Tone::Warning)));
        }
    }
    if of(State::Skipped) > 0 {
        let skipped = format!("skipped {}", thousands(of(State::Skipped)));
        parts.push(Part::new(rank::SKIPPED, skipped));
    }
    fitted(parts, "   ", look.width()).join("   ")
}

/// How full the limits are, how often Defender asked for a pause, and when the sending ends.
fn limits(heading: &Heading, moment: &Moment<'_>, look: &Look) -> String {
    let snapshot = moment.snapshot;
    let used = |usage: &Usage| {
        let limit = u64::from(usage.window.limit());
        let name = window_name(usage.window);
        format!("{name} {}/{}", thousands(u64::from(usage.used)), thousands(limit))
    };
    let longest = snapshot.windows.len().saturating_sub(1);
    let windows = snapshot.windows.iter().enumerate().map(|(at, usage)| {
        let rank = if at == longest { rank::WINDOW } else { rank::OTHER_WINDOW };
        Part::new(rank, used(usage))
    });
    let mut parts: Vec<Part> = windows.collect();
    parts.push(match snapshot.rate_limited {
        0 => Part::new(rank::NO_429, "no 429"),
        some => {
            let words = format!("429 answers: {}", thousands(some));
            Part::new(rank::TROUBLE, tinted(&words, Tone::Warning, look.colouring))
        }
    });
    let zone: &Zone = &heading.zone;
    let last = snapshot.prospect.map(|ahead| last_request(&ahead, zone, snapshot.at));
    parts.extend(last.map(|last| Part::new(rank::LAST_REQUEST, last)));
    fitted(parts, "   ", look.width()).join("   ")
}

/// What a person can do. A command is shown whole or not at all.
fn hint(heading: &Heading, follows: bool, width: usize) -> String {
    let (main, word, command) = if follows {
        ("safe to leave (Ctrl-C)", "asks again later:", &heading.track_command)
    } else {
        ("Ctrl-C stops safely", "in another window:", &heading.next_command)
    };
    let command = Part::in_forms(rank::COMMAND, vec![format!("{word} {command}"), command.clone()]);
    fitted(vec![Part::new(rank::MAIN, main), command], "   ", width).join("   ")
}
