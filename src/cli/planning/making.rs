//! The plan of a staged list: what the tenant says is read and compared, and what must not be sent
//! ends the command.

use std::path::Path;

use crate::domain::text::plural;
use crate::engine::{ReadError, RunOptions, TenantSnapshot};
use crate::guard::{Class, Treatment, Treatments};
use crate::plan::{self, Plan, PlanRequest, PlannedClass, PlannedEntry};
use crate::report::{Details, PlanWords};
use crate::reporter::thousands;

use crate::cli::args::PlanningArguments;
use crate::cli::batch::closing;
use crate::cli::connect::OnlineSession;
use crate::cli::list::staging::Stock;
use crate::cli::output::{self, AtomicFile, OutputKind};
use crate::cli::planning::by_name::UnclearNames;
use crate::cli::planning::shown_at::ShownAt;
use crate::cli::planning::words;
use crate::cli::plurals::machines;
use crate::cli::{Context, Exit, Failure};

/// Largest share of the tenant that is sent without being asked for.
const SHARE_MAX: u8 = 50;

/// Lists of up to this many machines may be any share of the tenant.
const FREE_OF_SHARE: u64 = 100;

/// What would be done, and from what that follows.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) snapshot: TenantSnapshot,
    /// Names that are not those of one machine.
    pub(crate) names: UnclearNames,
}

/// Reads the tenant.
pub(crate) fn read_tenant(
    online: &mut OnlineSession<'_>,
    options: &RunOptions,
) -> Result<TenantSnapshot, Failure> {
    let context = online.context;
    let unread = |error| unread(context, error, "nothing was queued or sent");
    online.read_tenant(options).map_err(unread)
}

/// Judges what is staged by what the tenant said; `details` takes each entry of the list with its
/// class, and so does `visit`.
pub(crate) fn make(
    online: &mut OnlineSession<'_>,
    (stock, snapshot): (&Stock, TenantSnapshot),
    treatments: &Treatments,
    details: Option<&Path>,
    mut visit: impl FnMut(&PlannedEntry) -> Result<(), Failure>,
) -> Result<Planned, Failure> {
    let context = online.context;
    let (zone, now) = (&context.zone, context.clock.now().wall);
    let mut table = details.map(|path| DetailsFile::begin(online, path)).transpose()?;
    let (tenant, protect) = (&online.signed_in.tenant, stock.protect.as_ref());
    let request = PlanRequest { tenant, treatments, protect, now: snapshot.at };
    let (seen, mut names) = (ShownAt { zone, now }, UnclearNames::default());
    let plan = plan::make(online.journal, &request, |entry| {
        visit(entry)?;
        if let PlannedEntry::Name(planned) = entry {
            names.add(planned, stock, seen);
        }
        match &mut table {
            Some(table) => table.add(entry, stock, seen),
            None => Ok(()),
        }
    })?;
    if let Some(table) = table {
        table.finish()?;
    }
    Ok(Planned { plan, snapshot, names })
}

impl Planned {
    pub(crate) fn to_send(&self) -> u64 {
        self.plan.count(Treatment::Send)
    }

    /// The share of the tenant's onboarded machines that would be sent, rounded up; none where it
    /// has none.
    pub(crate) fn share(&self) -> Option<u64> {
        let onboarded = self.snapshot.counts.onboarded;
        (onboarded > 0).then(|| (self.to_send() * 100).div_ceil(onboarded))
    }

    /// What ends the command before anything is queued: a refused class, the wrong tenant, too many
    /// machines, too large a share of the tenant.
    pub(crate) fn check(
        &self,
        given: &PlanningArguments,
        treatments: &Treatments,
        stock: &Stock,
    ) -> Result<(), Failure> {
        self.names.check()?;
        let refused = |class: &&PlannedClass| class.treatment == Treatment::Refuse;
        if let Some(class) = self.plan.classes.iter().find(refused) {
            return Err(refuse(class, stock));
        }
        self.check_tenant(treatments)?;
        self.check_size(given)
    }

    fn check_tenant(&self, treatments: &Treatments) -> Result<(), Failure> {
        let unknown = self.plan.of_class(Class::NotFound);
        let asked = treatments.said().iter().any(|(class, _)| *class == Class::NotFound);
        if asked || unknown * 2 <= self.plan.machines() {
            return Ok(());
        }
        let (all, are) = (machines(self.plan.machines()), plural(unknown, "is", "are"));
        let said = format!("{} of {all} {are} not in this tenant", thousands(unknown));
        Err(Failure::new(Exit::Guard, format!("{said}; nothing was queued"))
            .hint("is it the right tenant? If it is, leave them out with --on not_found=skip"))
    }

    fn check_size(&self, given: &PlanningArguments) -> Result<(), Failure> {
        let to_send = self.to_send();
        if let Some(most) = given.max_machines.filter(|most| to_send > *most) {
            let (all, most) = (machines(to_send), thousands(most));
            let said = format!("{all} would be sent; at most {most} are allowed");
            return Err(Failure::new(Exit::Guard, format!("{said}; nothing was queued"))
                .hint("check the list; if this is meant, raise --max-machines"));
        }
        let most = u64::from(given.max_share.unwrap_or(SHARE_MAX));
        let onboarded = self.snapshot.counts.onboarded;
        let is_large = to_send > FREE_OF_SHARE && to_send * 100 > onboarded * most;
        let Some(share) = self.share().filter(|_| is_large) else { return Ok(()) };
        let all = machines(to_send);
        let said = format!(
            "{all} are {share} % of the {} onboarded in this tenant; at most {most} % are allowed",
            thousands(onboarded)
        );
        let raised = share.min(100);
        Err(Failure::new(Exit::Guard, format!("{said}; nothing was queued")).hint(format!(
            "a portal export holds the whole tenant, even if the screen was filtered; if this \
             is meant: --max-share {raised}%"
        )))
    }
}

fn refuse(class: &PlannedClass, stock: &Stock) -> Failure {
    let (count, word) = (class.machines, class.class);
    let all = machines(count);
    let said = match word {
        Class::NameDiffers => {
            let verb = plural(count, "has", "have");
            let sources = stock.sources.join(", ");
            format!("{all} {verb} another name in the tenant than in {sources}")
        }
        _ => format!("{all} {} {word}", plural(count, "is", "are")),
    };
    Failure::new(Exit::Guard, format!("{said}; nothing was queued")).hint(format!(
        "look at them with `plan` and --details FILE; leave them out with --on {word}=skip"
    ))
}

/// Why the tenant could not be read; `nothing` says what was not done.
pub(crate) fn unread(context: &Context, error: ReadError, nothing: &str) -> Failure {
    match error {
        ReadError::Journal(error) => error.into(),
        ReadError::Forbidden(detail) => {
            let said = format!("the app may not read the tenant's machines: {detail}");
            Failure::new(Exit::NoAccess, said).hint(
                "an administrator gives it the application permission Machine.Read.All of \
                 WindowsDefenderATP",
            )
        }
        ReadError::NoAccess(why) => {
            let hint = closing::advice(&why).unwrap_or("check the credentials and the proxy");
            Failure::new(Exit::NoAccess, why).hint(format!("{hint}; {nothing}"))
        }
        ReadError::Paused(until) => {
            let until = context.zone.full_with_name(until);
            let said = format!(
                "Defender asked for a pause until {until}; that is longer than anyone waits here \
                 (--offline-timeout)"
            );
            Failure::new(Exit::Unfinished, said).hint(format!("{nothing}; start again after that"))
        }
        error @ ReadError::Barred(_) => {
            Failure::new(Exit::NoAccess, format!("Defender's lists cannot be read: {error}"))
                .hint(format!("{nothing}; starting again changes nothing before that is fixed"))
        }
        error @ (ReadError::SharedBeside | ReadError::NoShareBeside) => {
            Failure::of(Exit::Journal, &error)
                .hint(format!("{nothing}; wait until that run is over, or plan with --offline"))
        }
        error @ (ReadError::Lasting(_) | ReadError::Endless { .. }) => {
            Failure::new(Exit::Guard, format!("Defender's lists cannot be read: {error}"))
                .hint(format!("{nothing}; check --api-url and the proxy"))
        }
        error @ ReadError::Unreachable(_) => {
            Failure::new(Exit::Unfinished, format!("Defender's lists cannot be read: {error}"))
                .hint(format!("{nothing}; start again once there is a connection"))
        }
    }
}

/// `--details`.
struct DetailsFile<'a> {
    path: &'a Path,
    table: Details<AtomicFile>,
}

impl<'a> DetailsFile<'a> {
    fn begin(online: &OnlineSession<'_>, path: &'a Path) -> Result<Self, Failure> {
        let file = online.context.outputs.replace(OutputKind::Details, path)?;
        let table = Details::begin(file).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path, table })
    }

    fn add(
        &mut self,
        entry: &PlannedEntry,
        stock: &Stock,
        seen: ShownAt<'_>,
    ) -> Result<(), Failure> {
        let known = words::known(entry, seen);
        let (source, line) = match entry {
            PlannedEntry::Machine(planned) => (planned.machine.source, planned.machine.line),
            PlannedEntry::Name(planned) => (planned.name.source, planned.name.line),
        };
        let words = PlanWords {
            class: entry.class().word(),
            treatment: words::treatment(entry.class(), entry.treatment()),
            known: &known,
            source: stock.sources.get(usize::from(source)).map_or("", String::as_str),
            line,
        };
        let added = match entry {
            PlannedEntry::Machine(planned) => self.table.add(&planned.machine, words),
            PlannedEntry::Name(planned) => self.table.add_name(&planned.name.name, words),
        };
        added.map_err(|error| unwritten(self.path, &error))
    }

    fn finish(self) -> Result<(), Failure> {
        let path = self.path;
        let file = self.table.finish().map_err(|error| unwritten(path, &error))?;
        file.finish().map_err(|error| unwritten(path, &error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    let hint = "nothing was queued; check the disk, then start again";
    output::unwritten(path, error).hint(hint)
}
