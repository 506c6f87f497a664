//! A plan in a file: written by `plan --output`, and compared by `run --plan`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::text::{in_line, plural};
use crate::domain::{Comment, Span};
use crate::engine::{RunOptions, TenantSnapshot};
use crate::guard::{SYSTEMS_AS_OF, Treatment, Treatments};
use crate::plan::{
    PlanComparison, PlanDifference, PlanFileError, PlanHash, PlanHeader, PlanWriter, PlannedEntry,
    PlannedMachine, PlannedName, SavedMachine, SavedPlan,
};
use crate::reporter::thousands;

use crate::cli::args::{InputArguments, PlanningArguments, ReviewArguments};
use crate::cli::connect::SignedIn;
use crate::cli::list::staging::Stock;
use crate::cli::output::{AtomicFile, OutputKind};
use crate::cli::paths::{shown, shown_output};
use crate::cli::plurals::machines;
use crate::cli::{Context, Exit, Failure};

/// How old a plan may be.
const AGE_MAX: Duration = Duration::from_hours(72);

/// Most machines on the screen.
const MACHINES_MAX: usize = 20;

/// What a plan is made of, beside the machines.
#[derive(Clone, Copy)]
pub(crate) struct PlanParts<'a> {
    pub(crate) signed_in: &'a SignedIn,
    pub(crate) stock: &'a Stock,
    pub(crate) snapshot: &'a TenantSnapshot,
    pub(crate) treatments: &'a Treatments,
    pub(crate) input: &'a InputArguments,
    pub(crate) planning: &'a PlanningArguments,
    pub(crate) options: &'a RunOptions,
}

impl PlanParts<'_> {
    pub(crate) fn header(&self, context: &Context) -> PlanHeader {
        let Self { signed_in, stock, snapshot, input, planning, .. } = self;
        let said = |number: Option<String>| number.unwrap_or_else(|| "default".to_owned());
        let limits: Vec<String> = self.options.windows().iter().map(ToString::to_string).collect();
        let filters: Vec<&str> =
            stock.filters.iter().map(|filter| filter.condition.as_str()).collect();
        let options = [
            ("--again", if planning.again { "yes" } else { "no" }.to_owned()),
            ("--limit", limits.join(", ")),
            ("--max-machines", said(planning.max_machines.map(|most| most.to_string()))),
            ("--max-share", said(planning.max_share.map(|most| format!("{most}%")))),
            ("--where", filters.join(", ")),
        ];
        // `22:00` is another instant tomorrow, so two times of day say nothing about a later run.
        let of_a_day = |(name, _): &(&str, String)| !["not-before", "until"].contains(name);
        let guards = self.options.guard_words().into_iter().filter(of_a_day);
        let guards = guards.map(|(name, value)| (format!("--{name}"), value));
        let options = options.map(|(name, value)| (name.to_owned(), value)).into_iter();
        PlanHeader {
            made_at: context.clock.now().wall,
            snapshot_at: snapshot.at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            tenant: signed_in.tenant.clone(),
            app: signed_in.app.clone(),
            sources: stock.sources.clone(),
            content: stock.staged.content,
            machines: stock.staged.machines,
            by_name: input.by_name,
            comment: stock.comment.as_ref().map(Comment::as_str).map(str::to_owned),
            treatments: PlanHeader::each_class(self.treatments),
            options: options.chain(guards).collect(),
            protect: stock.protect.as_ref().map(crate::guard::ProtectList::hash),
            systems: SYSTEMS_AS_OF.to_owned(),
        }
    }
}

/// An entry of the list as a saved plan has it.
pub(crate) fn saved(entry: &PlannedEntry) -> SavedMachine {
    match entry {
        PlannedEntry::Machine(planned) => saved_machine(planned),
        PlannedEntry::Name(PlannedName { name, treatment }) => SavedMachine {
            id: None,
            name: Some(name.name.as_str().into()),
            class: name.class,
            treatment: *treatment,
            source: name.source,
            line: name.line,
        },
    }
}

fn saved_machine(planned: &PlannedMachine) -> SavedMachine {
    let known = &planned.machine.known;
    let in_tenant = known.record.as_ref().and_then(|record| record.name.as_deref());
    SavedMachine {
        id: Some(planned.machine.id),
        name: in_tenant.or(known.name.as_deref()).map(Into::into),
        class: planned.class,
        treatment: planned.treatment,
        source: planned.machine.source,
        line: planned.machine.line,
    }
}

/// `plan --output`, on its way.
pub(crate) struct PlanFile {
    path: PathBuf,
    writer: PlanWriter<AtomicFile>,
}

impl PlanFile {
    pub(crate) fn begin(
        context: &Context,
        path: &Path,
        header: &PlanHeader,
    ) -> Result<Self, Failure> {
        let file = context.outputs.replace(OutputKind::Plan, path)?;
        let writer = PlanWriter::begin(file, header).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), writer })
    }

    pub(crate) fn add(&mut self, planned: &PlannedEntry) -> Result<(), Failure> {
        self.writer.add(&saved(planned)).map_err(|error| unwritten(&self.path, &error))
    }

    pub(crate) fn finish(self) -> Result<PlanHash, Failure> {
        let Self { path, writer } = self;
        let written = writer.finish().and_then(|(file, hash)| file.finish().map(|()| hash));
        written.map_err(|error| unwritten(&path, &error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Error, format!("the plan cannot be written to {}", shown_output(path)))
        .caused_by(error)
        .hint("nothing was queued; check the disk, then start again")
}

/// `run --plan`: the plan that was reviewed, where it may be used at all.
pub(crate) fn read(
    context: &Context,
    given: &ReviewArguments,
) -> Result<Option<SavedPlan>, Failure> {
    let Some(path) = &given.plan else { return Ok(None) };
    let name = shown(path);
    let refused = |error: &PlanFileError| {
        let exit = match error {
            PlanFileError::Resaved { .. }
            | PlanFileError::Damaged { .. }
            | PlanFileError::Changed { .. }
            | PlanFileError::Hash => Exit::Guard,
            PlanFileError::Unreadable(_)
            | PlanFileError::NotAPlan
            | PlanFileError::Empty
            | PlanFileError::OtherVersion { .. } => Exit::Input,
        };
        let mut failure = Failure::of(exit, error).hint(error.hint());
        failure.message = format!("{name}: {}; nothing was queued", failure.message);
        failure
    };
    let is_file = std::fs::metadata(path).map(|metadata| metadata.is_file());
    if matches!(is_file, Ok(false)) {
        return Err(refused(&PlanFileError::NotAPlan));
    }
    let file = File::open(path).map_err(|error| refused(&PlanFileError::Unreadable(error)))?;
    let plan = SavedPlan::read(BufReader::new(file)).map_err(|error| refused(&error))?;
    check(context, given, &name, &plan)?;
    context.screen.note(&format!("{name}  plan {}", plan.hash));
    Ok(Some(plan))
}

/// What the plan alone tells: whose it is, how old, whether anything in it is refused.
fn check(
    context: &Context,
    given: &ReviewArguments,
    name: &str,
    plan: &SavedPlan,
) -> Result<(), Failure> {
    let refuse = |said: String, hint: &str| {
        Err(Failure::new(Exit::Guard, format!("{name}: {said}; nothing was queued")).hint(hint))
    };
    if let Some(expected) = given.expect_plan.filter(|expected| *expected != plan.hash) {
        let said = format!("this plan has the hash {}, and {expected} is expected", plan.hash);
        return refuse(said, "use the plan that was approved, or have this one approved");
    }
    let most = given.plan_max_age.unwrap_or(AGE_MAX);
    let age = plan.age(context.clock.now().wall);
    if age > most {
        let hours = age.as_secs() / 3_600;
        let said = format!("the plan is {hours} h old; at most {} is allowed", Span(most));
        return refuse(said, "make it again with `plan --output`, or allow more: --plan-max-age");
    }
    let bad = plan.count(Treatment::Refuse);
    if bad > 0 {
        let said = format!("the plan has {} of a refused class", machines(bad));
        return refuse(said, "leave them out with --on CLASS=skip, and make the plan again");
    }
    Ok(())
}

/// Refuses a run that is not the one that was reviewed.
pub(crate) fn compare(
    comparison: PlanComparison<'_>,
    now: &PlanHeader,
    path: Option<&PathBuf>,
) -> Result<(), Failure> {
    let name = path.map(|path| shown(path)).unwrap_or_default();
    let again = format!("look at the differences, then make the plan again: plan --output {name}");
    let failure = |said: String| {
        Failure::new(Exit::Guard, format!("{name}: {said}; nothing was queued")).hint(&again)
    };
    match comparison.finish(now) {
        None => Ok(()),
        Some(PlanDifference::MadeForAnother(parts)) => {
            let said = "the plan was made for another tenant, another list or other options";
            let mut failure = failure(said.to_owned());
            failure.causes = parts.iter().map(|part| in_line(&part.to_string()).into()).collect();
            Err(failure)
        }
        Some(PlanDifference::Moved { machines: moved, in_all }) => {
            let are = plural(in_all, "is", "are");
            let said = format!(
                "the tenant moved on since the plan was made: {} {are} not as planned",
                machines(in_all)
            );
            let mut failure = failure(said);
            let lines = moved.iter().take(MACHINES_MAX);
            failure.causes = lines.map(|machine| in_line(&machine.to_string()).into()).collect();
            let more = in_all.saturating_sub(MACHINES_MAX as u64);
            if more > 0 {
                failure.causes.push(format!("and {} more", thousands(more)));
            }
            Err(failure)
        }
    }
}
