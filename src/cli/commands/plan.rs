//! `plan`: what `run` would do, before it does it. Sends no offboarding request.

use std::fmt::Write as _;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::PlanArguments;
use crate::cli::connect::{self, CommandSession};
use crate::cli::list::staging::{self, Stock};
use crate::cli::paths::shown_output;
use crate::cli::planning::first_steps::{self, ReadyList};
use crate::cli::planning::making;
use crate::cli::planning::review::{PlanFile, PlanParts};
use crate::cli::planning::screen;
use crate::cli::plurals::machines;
use crate::cli::{Context, Exit, Failure, options};
use crate::domain::Realm;
use crate::engine::{self, RunOptions};
use crate::guard::{Class, Treatments};
use crate::journal::Journal;

const NOTHING_PLANNED: &str = "nothing was planned, queued or sent";

/// Reads the list, compares it with the tenant, and ends as `run` would before its first request.
pub(crate) fn plan(context: &Context, given: &PlanArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    context.tell_hidden_file();
    let comment = first_steps::comment(context, &given.input)?;
    if given.offline {
        let wanted = (&given.input, &given.session);
        let mut journal = Journal::in_memory()?;
        let stock = staging::stage(context, &mut journal, wanted, comment)?;
        return stock.map_or(Ok(Exit::Done), |stock| tell_offline(context, given, &stock));
    }
    let mut session = CommandSession::beside(context, "plan", &given.session)?;
    let Some(ready) = first_steps::read(&mut session, given.into(), comment)? else {
        return Ok(Exit::Done);
    };
    let ReadyList { list, destination, options } = ready;
    let planning = context.configuration.planning(&given.planning);
    let tenant_id = connect::rehearsal_tenant(session.journal.batches()?.len() + 1);
    let rehearsal = (tenant_id.as_str(), list.rehearsed().to_vec());
    let otherwise = Failure::new(Exit::Guard, NOTHING_PLANNED).needs_no_hint();
    let mut online = session.sign_in_for_list(destination, rehearsal, &options, otherwise)?;
    let treatments = Treatments::new(&given.input.on).sending_again(given.planning.again);
    let Some((stock, snapshot)) = list.signed_in(&mut online, &given.input, &options)? else {
        return Ok(Exit::Done);
    };
    let snapshot = match snapshot {
        Some(snapshot) => snapshot,
        None => making::read_tenant(&mut online, &options)?,
    };
    let parts = PlanParts {
        signed_in: &online.signed_in,
        stock: &stock,
        snapshot: &snapshot,
        treatments: &treatments,
        input: &given.input,
        planning: &planning,
        options: &options,
    };
    let header = parts.header(context);
    let begin = |path: &PathBuf| PlanFile::begin(context, path, &header);
    let mut file = given.output.as_ref().map(begin).transpose()?;
    let (made, details) = ((&stock, snapshot), given.details.as_deref());
    let planned = making::make(&mut online, made, &treatments, details, |machine| {
        file.as_mut().map_or(Ok(()), |file| file.add(machine))
    })?;
    if let (Some(file), Some(path)) = (file, &given.output) {
        let hash = file.finish()?;
        context.screen.note(&format!("plan saved in {}, hash {hash}\n", shown_output(path)));
    }
    let summary = Summary {
        prose: screen::prose(context, &planned),
        classes: &|class| planned.plan.of_class(class),
        to_send: planned.to_send(),
    };
    tell(context, online.journal, summary, &options)?;
    // The document is told already, and there is one.
    let refusal = planned.check(&planning, &treatments, &stock).err();
    Ok(refusal.map_or(Exit::Done, |failure| {
        context.screen.warn(&failure);
        failure.exit
    }))
}

/// `plan --json`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct PlanDocument {
    #[schemars(extend("const" = "mde-offboard.plan-summary/1"))]
    schema: &'static str,
    /// Machines by class; a class without machines is 0.
    #[schemars(with = "std::collections::BTreeMap<String, u64>")]
    classes: serde_json::Map<String, serde_json::Value>,
    would_send: u64,
    forecast: Option<ForecastShape>,
}

#[derive(JsonSchema, Serialize)]
struct ForecastShape {
    seconds: u64,
    last_send_at: String,
}

/// A plan as the screen and scripts get it.
struct Summary<'a> {
    prose: String,
    classes: &'a dyn Fn(Class) -> u64,
    to_send: u64,
}

fn tell(
    context: &Context,
    journal: &Journal,
    summary: Summary<'_>,
    options: &RunOptions,
) -> Result<(), Failure> {
    let Summary { prose: mut text, classes, to_send } = summary;
    let now = context.clock.now();
    let history = journal.history(options.budget().calls_kept())?;
    let foresight = engine::forecast(options, to_send, &history, now);
    let prospect = foresight.map(|foresight| foresight.prospect);
    if context.screen.is_json() {
        let count = |class: Class| (class.word().to_owned(), classes(class).into());
        context.screen.document(&PlanDocument {
            schema: "mde-offboard.plan-summary/1",
            classes: Class::ALL.into_iter().map(count).collect(),
            would_send: to_send,
            forecast: prospect.map(|prospect| ForecastShape {
                seconds: prospect.last_send_at.since(now.wall).as_secs(),
                last_send_at: prospect.last_send_at.to_string(),
            }),
        });
        return Ok(());
    }
    if let Some(prospect) = prospect {
        let last = prospect.last_send_at;
        let (when, zone) = (context.zone.when(last, now.wall), context.zone.name(last));
        writeln!(text, "if it began now, the last request would go out {when} {zone}")
            .expect("a text takes every write");
    }
    context.screen.result(&text);
    Ok(())
}

/// What the list alone says: without a tenant, and so without its limits or its history.
fn tell_offline(context: &Context, given: &PlanArguments, stock: &Stock) -> Result<Exit, Failure> {
    let (defaults, given) = (RunOptions::default(), (&given.pacing, &given.follow, &given.guards));
    let options = options::of_new_batch(context, defaults, given, Realm::Public)?;
    let skipped = &stock.staged.skipped;
    let to_send = stock.staged.machines - skipped.iter().map(|(_, count)| count).sum::<u64>();
    let of = |class: Class| skipped.iter().find(|(reason, _)| *reason == class.reason());
    let classes = |class: Class| match class {
        Class::Ready => to_send,
        class => of(class).map_or(0, |(_, count)| *count),
    };
    let all = machines(to_send);
    let prose = format!("would send {all}, as far as the list alone says; no tenant was asked\n");
    let summary = Summary { prose, classes: &classes, to_send };
    tell(context, &Journal::in_memory()?, summary, &options)?;
    Ok(Exit::Done)
}
