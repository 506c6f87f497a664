//! `run`: the files become a batch, and the batch runs.

use std::sync::Arc;

use crate::cli::args::RunArguments;
use crate::cli::batch::choose::unsettled;
use crate::cli::batch::stored::GivenOptions;
use crate::cli::batch::{closing, stored};
use crate::cli::connect::{self, CommandSession, OnlineSession, SignedIn};
use crate::cli::journal_path::Simulate;
use crate::cli::list::staging::Stock;
use crate::cli::planning::first_steps::{self, ReadyList};
use crate::cli::planning::making;
use crate::cli::planning::preview::Preview;
use crate::cli::planning::review::{self, PlanParts};
use crate::cli::planning::screen;
use crate::cli::terminal::confirm;
use crate::cli::{Context, Exit, Failure};
use crate::domain::MarkerSeed;
use crate::engine::{RunOptions, Task, TenantSnapshot};
use crate::guard::Treatments;
use crate::journal::{Batch, Journal, NewBatch};
use crate::plan::{PlanComparison, SavedPlan};

/// What a person or a signal's "no" comes to.
const NOTHING_QUEUED: &str = "nothing was queued";

/// Makes the batch, or continues it, and runs it until every machine is settled.
pub(crate) fn run(context: &Context, given: &RunArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    context.tell_hidden_file();
    let comment = first_steps::comment(context, &given.input)?;
    let reviewed = review::read(context, &given.review)?;
    let mut session =
        CommandSession::open(context, "run", &given.session, given.follow.events.as_deref())?;
    let Some(ready) = first_steps::read(&mut session, given.into(), comment)? else {
        return Ok(Exit::Done);
    };
    let ReadyList { list, destination, options } = ready;
    let rehearsed = rehearsed_before(context, &session.journal, list.stock())?;
    let tenant_id = match &rehearsed {
        Some(batch) => batch.tenant.id.clone(),
        None => connect::rehearsal_tenant(session.journal.batches()?.len() + 1),
    };
    let rehearsal = (tenant_id.as_str(), list.rehearsed().to_vec());
    let nothing_queued = Failure::new(Exit::Guard, NOTHING_QUEUED).needs_no_hint();
    let mut online = session.sign_in_for_list(destination, rehearsal, &options, nothing_queued)?;
    let Some((stock, snapshot)) = list.signed_in(&mut online, &given.input, &options)? else {
        return Ok(Exit::Done);
    };
    let tenant = &online.signed_in.tenant;
    let earlier = match context.simulate {
        Simulate::Yes => rehearsed,
        Simulate::No => online.journal.batch_of_content(tenant, &stock.staged.content)?,
    };
    match earlier {
        // What an earlier batch left out, nobody left out now: the plan tells of those names.
        _ if stock.names_refused > 0 => {
            begin(&mut online, (given, reviewed.as_ref()), (&stock, snapshot), options)
        }
        Some(batch) if !given.planning.again || unsettled(&batch.counts) > 0 => {
            go_on(&mut online, (given, &stock), &batch)
        }
        _ => begin(&mut online, (given, reviewed.as_ref()), (&stock, snapshot), options),
    }
}

/// A rehearsal of the same list that is not at its end yet; one that is runs again.
fn rehearsed_before(
    context: &Context,
    journal: &Journal,
    stock: Option<&Stock>,
) -> Result<Option<Batch>, Failure> {
    let Some(stock) = stock.filter(|_| context.simulate == Simulate::Yes) else {
        return Ok(None);
    };
    let same = |batch: &Batch| {
        batch.tenant.is_simulated()
            && batch.content == stock.staged.content
            && batch.counts.to_send_or_look_up() > 0
    };
    Ok(journal.batches()?.into_iter().rfind(same))
}

/// The same input again: an unfinished batch continues, a finished one is shown again.
fn go_on(
    online: &mut OnlineSession<'_>,
    (given, stock): (&RunArguments, &Stock),
    batch: &Batch,
) -> Result<Exit, Failure> {
    let (context, id) = (online.context, batch.id);
    online.journal.discard_staged()?;
    if !stored::has_work(&batch.counts) {
        let said = format!("this list is batch {id}; nothing is left to send\n");
        context.screen.note(&said);
        return Ok(closing::repeat(context, online.journal, batch)?.tell(context));
    }
    stored::refuse_resting(context, online.journal, batch)?;
    context.screen.note(&format!("this list is batch {id}; it continues\n"));
    if !given.input.on.is_empty() {
        let again = context.commands.of(&format!("retry {id} --only skipped"));
        let said = "--on applies only when a batch is made; to send what it skipped then";
        context.screen.note(&format!("{said}: {again}\n"));
    }
    // A list that the configuration names counts while a batch is made.
    let protect = stock.protect.as_ref().filter(|_| given.input.protect.is_some());
    let given = GivenOptions::from(given).protecting(protect);
    let options = stored::options(context, online.journal, batch, &given)?;
    Ok(online.run_and_close(batch, Task::Send, options)?.tell(context))
}

/// A list that is new here: shown, confirmed, made a batch, run.
fn begin(
    online: &mut OnlineSession<'_>,
    (given, reviewed): (&RunArguments, Option<&SavedPlan>),
    (stock, snapshot): (&Stock, Option<TenantSnapshot>),
    options: RunOptions,
) -> Result<Exit, Failure> {
    let context = online.context;
    let planning = context.configuration.planning(&given.planning);
    let again = planning.again;
    let treatments = Treatments::new(&given.input.on).sending_again(again);
    let snapshot = match snapshot {
        Some(snapshot) => snapshot,
        None => making::read_tenant(online, &options)?,
    };
    let parts = PlanParts {
        signed_in: &online.signed_in,
        stock,
        snapshot: &snapshot,
        treatments: &treatments,
        input: &given.input,
        planning: &planning,
        options: &options,
    };
    let header = parts.header(context);
    let mut comparison = reviewed.map(PlanComparison::with);
    let planned = making::make(online, (stock, snapshot), &treatments, None, |machine| {
        if let Some(comparison) = &mut comparison {
            comparison.add(&review::saved(machine));
        }
        Ok(())
    })?;
    context.screen.note(&screen::prose(context, &planned));
    if let Some(comparison) = comparison {
        review::compare(comparison, &header, given.review.plan.as_ref())?;
    }
    planned.check(&planning, &treatments, stock)?;
    let signed_in = &online.signed_in;
    let tenant = &signed_in.tenant;
    let preview = Preview {
        stock,
        tenant,
        app: &signed_in.app,
        options: &options,
        planned: &planned,
        to_send: planned.to_send(),
    };
    preview.check_count(given.expect_count)?;
    let consent = given.yes.into();
    context.screen.note_or_ask(consent, &preview.to_prose(context, online.journal)?);
    if preview.to_send > 0 {
        let words = format!("offboard {}", preview.to_send);
        online.signals.asking(NOTHING_QUEUED);
        confirm(context.screen, consent, &words, NOTHING_QUEUED)?;
    }
    stored::refuse_stopped(context, online.journal)?;
    let protect = stock.protect.clone().map(Arc::new);
    let options = RunOptions { again, on: given.input.on.clone(), protect, ..options };
    let new = new_batch((stock, reviewed), signed_in, &options);
    let id = online.signals.across(|| {
        let id = online.journal.create_batch(&new, context.clock.now().wall)?;
        let said = format!("batch {id} is queued; nothing is sent yet");
        let made = Failure::new(Exit::Unfinished, said);
        let resume = context.commands.of(&format!("resume {id}"));
        Ok((id, made.hint(format!("continue: {resume}"))))
    })?;
    let batch = stored::reread(online.journal, id)?;
    Ok(online.run_and_close(&batch, Task::Send, options)?.tell(context))
}

fn new_batch(
    (stock, reviewed): (&Stock, Option<&SavedPlan>),
    signed_in: &SignedIn,
    options: &RunOptions,
) -> NewBatch {
    NewBatch {
        tenant: signed_in.tenant.clone(),
        api: signed_in.api.clone(),
        comment: stock.comment.clone(),
        sources: stock.sources.clone(),
        filters: stock.filters.clone(),
        options: options.to_json(),
        seed: MarkerSeed::from_random(connect::random()),
        canary: options.canary,
        plan_hash: reviewed.map(|plan| plan.hash.0),
    }
}
