//! The screen before the last question: what would be done, to whom, until when.

use crate::domain::text::{in_line, plural};
use crate::domain::{OpeningHours, Span, Tenant, Window};
use crate::engine::{self, RunOptions};
use crate::guard::{Class, Treatment};
use crate::journal::Journal;
use crate::limiter::{Load, Pace};
use crate::plan::PlannedClass;
use crate::reporter::{lasting, thousands, window_name};

use crate::cli::foresight;
use crate::cli::list::staging::Stock;
use crate::cli::paths::shown;
use crate::cli::planning::making::Planned;
use crate::cli::plurals::machines;
use crate::cli::{Context, Exit, Failure};

pub(crate) struct Preview<'a> {
    pub(crate) stock: &'a Stock,
    pub(crate) tenant: &'a Tenant,
    pub(crate) app: &'a str,
    pub(crate) options: &'a RunOptions,
    pub(crate) planned: &'a Planned,
    pub(crate) to_send: u64,
}

impl Preview<'_> {
    /// `--expect-count`: exactly this many, or nothing.
    pub(crate) fn check_count(&self, expected: Option<u64>) -> Result<(), Failure> {
        match expected {
            Some(expected) if expected != self.to_send => {
                let (found, expected) = (machines(self.to_send), thousands(expected));
                let said = format!("{found} would be sent, {expected} expected");
                Err(Failure::new(Exit::Guard, format!("{said}; nothing was queued"))
                    .hint("check the list, or give this number to --expect-count"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn to_prose(&self, context: &Context, journal: &Journal) -> Result<String, Failure> {
        let mut lines = vec![String::new()];
        let mut line = |name: &str, words: String| lines.push(format!("{name:<11}{words}"));
        let Self { stock, tenant, .. } = self;
        if tenant.is_simulated() {
            line("SIMULATION", "a test tenant on this computer; nothing real is touched".into());
        }
        line("Tenant", format!("{}, as app {}", tenant.id, self.app));
        line("List", self.list());
        if !stock.filters.is_empty() {
            let conditions: Vec<&str> =
                stock.filters.iter().map(|filter| filter.condition.as_str()).collect();
            line("Where", in_line(&conditions.join(", ")).into_owned());
            let idle = stock.filters.iter().filter(|filter| filter.left_out == Some(0));
            for filter in idle {
                line("", format!("{} leaves out no row of this list", in_line(&filter.condition)));
            }
        }
        if let Some(comment) = &stock.comment {
            let comment = in_line(comment.as_str());
            line("Comment", format!("\"{comment} [marker]\", where a row has none of its own"));
        } else {
            line("Comment", "each row's own, followed by a marker".to_owned());
        }
        if let Some(share) = self.planned.share() {
            line("Share", format!("{share} % of the tenant's onboarded machines"));
        }
        line("When", self.when(context));
        line("Forecast", self.forecast(context, journal)?);
        if let Some(guards) = guard_words(self.options) {
            line("Guards", guards);
        }
        let path = journal.path().map(shown);
        line("Journal", path.unwrap_or_else(|| "in memory".to_owned()));
        if self.to_send > 0 && !tenant.is_simulated() {
            lines.push(String::new());
            lines.push(
                "Defender cannot undo this: each machine would have to be onboarded again."
                    .to_owned(),
            );
            lines.extend(self.warnings());
        }
        Ok(lines.join("\n") + "\n")
    }

    fn list(&self) -> String {
        let stock = self.stock;
        let hash = stock.staged.content.to_string();
        let mut words = vec![format!(
            "{}  sha256 {}…{}, {}: {} to send",
            stock.sources.join(", "),
            &hash[..4],
            &hash[hash.len() - 2..],
            machines(stock.staged.machines),
            thousands(self.to_send)
        )];
        let mut also = |number: u64, what: &str| {
            if number > 0 {
                words.push(format!("{} {what}", thousands(number)));
            }
        };
        also(self.planned.plan.count(Treatment::Adopt), "adopted");
        let names = self.planned.plan.names_left_out();
        also(self.planned.plan.count(Treatment::Skip) - names, "skipped");
        also(names, plural(names, "name left out", "names left out"));
        also(stock.staged.settled.outdated, "left out (--where excludes the newest row)");
        also(stock.staged.settled.disputed, "left out (their rows disagree)");
        let bad = plural(stock.left_out, "bad row left out", "bad rows left out");
        also(stock.left_out, bad);
        words.join(", ")
    }

    /// What a person should think of before the answer.
    fn warnings(&self) -> Vec<String> {
        let plan = &self.planned.plan;
        let sent = |class: Class| {
            let is = |planned: &&PlannedClass| {
                planned.class == class && planned.treatment == Treatment::Send
            };
            plan.classes.iter().find(is).map_or(0, |planned| planned.machines)
        };
        let recent = sent(Class::SeenRecently) + sent(Class::OnboardedAgain);
        let mut said = Vec::new();
        if recent > 0 {
            said.push(format!("{} of them reported lately.", thousands(recent)));
        }
        if plan.remarks.managed_machines() > 0 {
            said.push(
                "Onboarding policies (Intune, GPO, ConfigMgr) that still target them can bring \
                 them back."
                    .to_owned(),
            );
        }
        said
    }

    fn when(&self, context: &Context) -> String {
        let limits: Vec<String> = self.options.windows().into_iter().map(limit_words).collect();
        let pace = match self.options.pace {
            Pace::Burst => "",
            Pace::Steady => ", evenly spaced",
        };
        let start = hours_words(&self.options.hours, context);
        format!("{start}; at most {}{pace}", limits.join(" and "))
    }

    fn forecast(&self, context: &Context, journal: &Journal) -> Result<String, Failure> {
        let now = context.clock.now();
        let history = journal.history(self.options.budget().calls_kept())?;
        let Some(foresight) = engine::forecast(self.options, self.to_send, &history, now) else {
            return Ok(if self.to_send == 0 {
                "nothing to send".to_owned()
            } else {
                "no request can be sent in the hours that are left".to_owned()
            });
        };
        let days = foresight::days(context, &foresight, now.wall);
        let days = days.map(|days| format!("{days}: ")).unwrap_or_default();
        let prospect = foresight.prospect;
        let last = prospect.last_send_at;
        let (when, zone) = (context.zone.when(last, now.wall), context.zone.name(last));
        let lasts = lasting(last.since(now.wall));
        let more = match prospect.latest_send_at {
            Some(latest) => {
                let spare = thousands(Load::spare_for(self.to_send));
                let later = context.zone.when(latest, now.wall);
                format!("; {later} if {spare} have to be sent again")
            }
            None => String::new(),
        };
        Ok(format!("{days}last request {when} {zone}, in {lasts}{more}"))
    }
}

/// `between 22:00 and 06:00 Europe/Berlin`; the zone where it is not the local one.
fn hours_words(hours: &OpeningHours, context: &Context) -> String {
    let now = context.clock.now().wall;
    let at = |at| context.zone.full_with_name(at);
    let between = hours.between.as_ref().map(|hours| {
        let (from, to) = hours.bounds();
        let is_local = context.zone.iana_name() == Some(hours.zone_name());
        let zone = if is_local { String::new() } else { format!(" {}", hours.zone_name()) };
        format!("between {from} and {to}{zone}")
    });
    let not_before = hours.not_before.filter(|at| *at > now);
    let parts = [
        between,
        not_before.map(|from| format!("not before {}", at(from))),
        hours.until.map(|until| format!("until {}", at(until))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "starts at once".to_owned() } else { parts.join(", ") }
}

/// `canary 20 (at most 1h), max failures 5%`; none where there is no guard.
fn guard_words(options: &RunOptions) -> Option<String> {
    let canary = (options.canary > 0)
        .then(|| format!("canary {} (at most {})", options.canary, Span(options.canary_wait)));
    let failures = options.failures_max.map(|limit| format!("max failures {limit}"));
    let parts: Vec<String> = [canary, failures].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `100 a minute`; a limit of another length as it is written on the command line.
fn limit_words(window: Window) -> String {
    let limit = thousands(u64::from(window.limit()));
    match window_name(window).as_str() {
        "minute" => format!("{limit} a minute"),
        "hour" => format!("{limit} an hour"),
        other => other.to_owned(),
    }
}
