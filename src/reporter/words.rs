//! How numbers, durations, windows and waits are written for people.

use std::time::Duration;

use crate::domain::text::{in_line, plural};
use crate::domain::{ClockGap, Counts, GapCause, State, Timestamp, Window};
use crate::event::{Usage, Wait, WaitReason};

use super::Zone;

/// How far the sending is: X of Y machines.
///
/// Y are the machines that are to be sent: all but the skipped ones. X are those of Y that got
/// beyond `queued` and `sending`: an answer came, or it is in doubt whether the request took
/// effect. So X is the sum of the counts that screens show beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Machines beyond `queued` and `sending`, without the skipped ones.
    pub sent: u64,
    /// Machines without the skipped ones.
    pub of: u64,
}

impl Sent {
    /// The same where nobody runs the batch: a request that is `sending` then has no answer, and
    /// may have taken effect.
    pub fn at_rest(counts: &Counts) -> Self {
        let Self { sent, of } = Self::from(counts);
        Self { sent: sent + counts.of(State::Sending), of }
    }
}

/// `5,981 accepted, 19 refused, 7,878 to go`, and how many are in doubt if some are. Each machine
/// that is not skipped is in exactly one of these numbers.
pub fn progress_words(counts: &Counts) -> String {
    progress(counts, counts.of(State::Uncertain) + counts.of(State::Held))
}

/// The same where nobody runs the batch: a request that is `sending` is then in doubt.
pub fn progress_words_at_rest(counts: &Counts) -> String {
    let open = counts.of(State::Uncertain) + counts.of(State::Sending);
    progress(counts, open + counts.of(State::Held))
}

fn progress(counts: &Counts, in_doubt: u64) -> String {
    let Sent { of, .. } = Sent::from(counts);
    let refused = counts.of(State::Rejected);
    let accepted = counts.accepted();
    let to_go = of - accepted - refused - in_doubt;
    let doubt = match in_doubt {
        0 => String::new(),
        some => format!(", {} in doubt", thousands(some)),
    };
    let (accepted, refused) = (thousands(accepted), thousands(refused));
    format!("{accepted} accepted, {refused} refused{doubt}, {} to go", thousands(to_go))
}

/// What is left to do before everything is sent: `1,234 not sent`, `8 without an answer`, or both.
/// A request without an answer may have taken effect, so it is not among those that are not sent.
pub fn left_words(counts: &Counts) -> String {
    let queued = counts.of(State::Queued);
    let unanswered = counts.to_send_or_look_up() - queued;
    let parts = [(queued, "not sent"), (unanswered, "without an answer")];
    let told = parts.into_iter().filter(|(machines, _)| *machines > 0);
    told.map(|(machines, words)| format!("{} {words}", thousands(machines)))
        .collect::<Vec<_>>()
        .join(", ")
}

impl From<&Counts> for Sent {
    fn from(counts: &Counts) -> Self {
        let of = counts.total() - counts.of(State::Skipped);
        Self { sent: of - counts.of(State::Queued) - counts.of(State::Sending), of }
    }
}

/// `1,234`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `43 %`, rounded down: 100 % is all of them. Of none it is 100 %.
pub fn share(part: u64, whole: u64) -> String {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    format!("{} %", if whole == 0 { 100 } else { percent })
}

/// `850 ms`, `34 s`, `34 m`, `3 h 26 m`, `2 d 18 h`: the two largest units that say something.
pub fn lasting(duration: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = duration.as_secs();
    match seconds {
        0 if !duration.is_zero() => format!("{} ms", duration.as_millis()),
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} m", seconds / MINUTE),
        // Below two days hours are easier to add to a clock than days.
        HOUR.. if seconds < 2 * DAY => {
            format!("{} h {} m", seconds / HOUR, seconds % HOUR / MINUTE)
        }
        _ => format!("{} d {} h", seconds / DAY, seconds % DAY / HOUR),
    }
}

/// `minute`, `hour`, or the limit itself where it is of another length.
pub fn window_name(window: Window) -> String {
    match window.duration().as_secs_f64() {
        60.0 => "minute".to_owned(),
        3600.0 => "hour".to_owned(),
        _ => window.to_string(),
    }
}

/// `minute 0/100   hour 1,500/1,500`.
pub fn usage_line(windows: &[Usage]) -> String {
    let one = |usage: &Usage| {
        let (name, used) = (window_name(usage.window), thousands(u64::from(usage.used)));
        let limit = thousands(u64::from(usage.window.limit()));
        format!("{name} {used}/{limit}")
    };
    windows.iter().map(one).collect::<Vec<_>>().join("   ")
}

/// `pending 1,098   succeeded 4,871   failed 12   rejected 19`, and the other states beyond
/// `queued` and `sending` where they have machines: they add up to [`Sent::sent`], followed by the
/// skipped ones.
pub fn counts_line(counts: &Counts) -> String {
    let shown = [
        (State::Pending, Shown::Always),
        (State::Succeeded, Shown::Always),
        (State::Failed, Shown::Always),
        (State::TimedOut, Shown::WhereAny),
        (State::Cancelled, Shown::WhereAny),
        (State::Rejected, Shown::Always),
        (State::Uncertain, Shown::WhereAny),
        (State::Held, Shown::WhereAny),
        (State::Skipped, Shown::WhereAny),
    ];
    let one = |(state, shown): (State, Shown)| {
        let machines = counts.of(state);
        let wanted = shown == Shown::Always || machines > 0;
        wanted.then(|| format!("{} {}", state.words(), thousands(machines)))
    };
    shown.into_iter().filter_map(one).collect::<Vec<_>>().join("   ")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Always,
    WhereAny,
}

/// A text in quotes, as one field of a line: nothing in it ends the field or the line.
pub fn quoted(text: &str) -> String {
    format!("{:?}", in_line(text))
}

/// `fleet.csv`, `fleet.csv and 2 more`.
pub fn sources_line(sources: &[String]) -> String {
    match sources {
        [] => String::new(),
        [one] => in_line(one).into_owned(),
        [first, rest @ ..] => format!("{} and {} more", in_line(first), rest.len()),
    }
}

/// What follows `waiting:`, always with an instant.
pub fn wait_words(wait: &Wait, now: Timestamp, zone: &Zone) -> String {
    let when = zone.when(wait.until, now);
    let until = zone.near(wait.until, now);
    let (minute, end) = (|at| zone.near_minute(at, now), |at| zone.when_minute(at, now));
    let many = |one: &str, more: &str| {
        format!("{} {}", thousands(wait.machines), plural(wait.machines, one, more))
    };
    match &wait.reason {
        WaitReason::Window(window) => {
            let left = wait.until.since(now);
            // Less than a second is not to be read.
            let left = if left.as_secs() == 0 { String::new() } else { in_words(left) };
            format!("{}; next request {when}{left}", used_up(*window))
        }
        WaitReason::RetryAfter => format!(
            "Defender asked for a pause until {until} (429); another tool may be using this app's \
             quota"
        ),
        WaitReason::ReadsPaused { gives_up_at } => reads_paused(&until, gives_up_at.map(end)),
        WaitReason::Backoff if wait.machines == 0 => {
            format!("Defender's list of actions could not be read; next try {when}")
        }
        WaitReason::Backoff => {
            format!("{} {when}", many("machine is retried", "machines are retried, the first"))
        }
        WaitReason::Network { since, gives_up_at } if wait.machines > 0 => format!(
            "no usable answer to the last {} since {}; next try {when}, giving up {}",
            many("request", "requests"),
            minute(*since),
            zone.when_minute(*gives_up_at, now)
        ),
        WaitReason::Network { since, gives_up_at } => format!(
            "no connection since {}; next try {when}, giving up {}",
            minute(*since),
            zone.when_minute(*gives_up_at, now)
        ),
        WaitReason::SignIn { since, gives_up_at } => format!(
            "sign-in refused since {}; next try {when}, giving up {}",
            minute(*since),
            zone.when_minute(*gives_up_at, now)
        ),
        WaitReason::Settle if wait.machines == 0 => format!(
            "Defender has actions that are not in the journal; checked again {when} before \
             sending"
        ),
        WaitReason::Settle => format!(
            "{} looked up {when} before anything is sent again",
            many("request got no answer; it is", "requests got no answer; they are")
        ),
        WaitReason::Busy => format!(
            "{} busy with another action (isolation, a scan ...); checked again {when}",
            many("machine is", "machines are")
        ),
        WaitReason::Between { hours } => {
            shut_words(hours.as_deref(), &minute(wait.until), (zone, wait.until))
        }
        WaitReason::Canary { succeeded, of } => {
            canary_words((*succeeded, *of), wait.machines, &minute(wait.until))
        }
        WaitReason::Actions => {
            format!(
                "{ALL_SENT}{} pending, followed until {}",
                many("action is", "actions are"),
                minute(wait.until)
            )
        }
    }
}

fn in_words(left: Duration) -> String {
    format!(" (in {})", lasting(left))
}

/// `the hourly limit is used up`.
pub(super) fn used_up(window: Window) -> String {
    match window_name(window).as_str() {
        "minute" => "the limit per minute is used up".to_owned(),
        "hour" => "the hourly limit is used up".to_owned(),
        limit => format!("the limit {limit} is used up"),
    }
}

/// Why a run waits, as [`wait_words`] has it; where machines are left unsent while actions are
/// followed, it says so.
pub fn waiting_words(wait: &Wait, counts: &Counts, now: Timestamp, zone: &Zone) -> String {
    let words = wait_words(wait, now, zone);
    let left = left_words(counts);
    match words.strip_prefix(ALL_SENT) {
        Some(rest) if wait.reason == WaitReason::Actions && !left.is_empty() => {
            format!("no more requests, {left}; {rest}")
        }
        _ => words,
    }
}

/// `the computer slept from 02:10 to 07:52; the run goes on`.
pub(super) fn gap_words(gap: &ClockGap, zone: &Zone) -> String {
    const SECONDS_MATTER: Duration = Duration::from_mins(2);
    let now = gap.until;
    let shown = |at| match now.since(gap.from) {
        lasted if lasted < SECONDS_MATTER => zone.near(at, now),
        _ => zone.near_minute(at, now),
    };
    let (from, until) = (shown(gap.from), shown(gap.until));
    match gap.cause {
        GapCause::Sleep => format!("the computer slept from {from} to {until}; the run goes on"),
        GapCause::ClockSet => {
            format!("the computer's clock was set from {from} to {until}; the run goes on")
        }
        GapCause::Unknown => format!(
            "from {from} to {until} the computer slept, the program was stopped, or the clock was \
             set; the run goes on"
        ),
    }
}

/// How the words begin while actions are followed.
const ALL_SENT: &str = "all sent; ";

/// `Defender asked for a pause of lists until 01:27:10 (429), giving up at 13:20`.
fn reads_paused(until: &str, end: Option<String>) -> String {
    let end = end.map(|when| format!(", giving up {when}")).unwrap_or_default();
    format!("Defender asked for a pause of lists until {until} (429){end}")
}

/// `14 of 20 canary machines succeeded; waiting for 6 until 23:00`.
fn canary_words((succeeded, of): (u64, u64), open: u64, until: &str) -> String {
    let ended_badly = match of.saturating_sub(succeeded).saturating_sub(open) {
        0 => String::new(),
        some => format!(", {} did not", thousands(some)),
    };
    let (succeeded, of, open) = (thousands(succeeded), thousands(of), thousands(open));
    let so_far = format!("{succeeded} of {of} canary machines succeeded{ended_badly}");
    format!("{so_far}; waiting for {open} until {until}")
}

/// `outside 22:00-06:00; next request Tue 22:00`.
fn shut_words(hours: Option<&str>, next: &str, (zone, at): (&Zone, Timestamp)) -> String {
    let words = match hours.map(|hours| zone.without(hours)) {
        // Beside hours of another zone it is to be said whose the instant is.
        Some(hours) if hours.contains(' ') => {
            format!("outside {hours}; next request {next} {}", zone.name(at))
        }
        Some(hours) => format!("outside {hours}; next request {next}"),
        None => format!("nothing is sent before {next}"),
    };
    format!("{words}. You may close the program and resume later")
}
