//! `run`: the files become a batch, and the batch is driven.

use crate::cli::args::RunArguments;
use crate::cli::batch::closing;
use crate::cli::batch::stored;
use crate::cli::connect::connection::{CommentCheck, Patience, Signed};
use crate::cli::connect::destination::{Begins, Destination, Link};
use crate::cli::connect::drive::{self, Driver};
use crate::cli::connect::simulation;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::journal_path::Simulate;
use crate::cli::list::preview::Preview;
use crate::cli::list::source;
use crate::cli::list::staging::{self, Stock};
use crate::cli::options;
use crate::cli::signals::Signals;
use crate::cli::terminal::confirm::confirm;
use crate::domain::Comment;
use crate::engine::{RunOptions, Task};
use crate::journal::{Batch, Journal, NewBatch, Succeeded};

/// What a person or a signal's "no" comes to.
const NOTHING_QUEUED: &str = "nothing was queued";

/// Makes the batch, or goes on with it, and drives it until every machine is settled.
pub(crate) fn run(context: &Context, given: &RunArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(given.rehearsal.simulate);
    let commands = context.commands(simulate);
    context.tell_simulation(simulate);
    let comment = given.input.comment.as_deref().map(Comment::parse).transpose();
    let comment = comment.map_err(|error| Failure::of(Exit::Usage, &error))?;
    comment.as_ref().map_or(Ok(()), |comment| CommentCheck::new().check(comment))?;
    source::check(&given.input.files, context.screen)?;
    let mut journal = drive::open(context, simulate, "run")?;
    let Some(stock) = staging::stage(context, &mut journal, given, comment)? else {
        return Ok(Exit::Done);
    };
    let destination = Destination::of(&given.connection, given.rehearsal, None)?;
    let mut run = destination.defaults();
    options::overlay(&mut run, &given.pacing, &given.follow, destination.law());
    options::check_settle(&run, destination.law())?;
    let earlier = rehearsed_before(&journal, simulate, &stock)?;
    let tenant_id = match &earlier {
        Some(batch) => batch.tenant.id.clone(),
        None => simulation::tenant_id(journal.batches()?.len() + 1),
    };
    let runtime = drive::runtime()?;
    let law = destination.law();
    let machines = stock.rehearsed.clone();
    let patience = Patience { screen: context.screen, most: run.offline_timeout };
    let anew = Begins::Anew(patience);
    let signals = Signals::listen(context.screen, Failure::new(Exit::Guard, NOTHING_QUEUED))?;
    let link = destination.sign_in(&runtime, &tenant_id, machines, &run.limits, anew)?;
    let tenant = link.signed.tenant.clone();
    let earlier = match simulate {
        Simulate::Yes => earlier,
        Simulate::No => journal.batch_of_content(&tenant, &stock.staged.content)?,
    };
    let driver = Driver {
        context,
        commands: &commands,
        runtime: &runtime,
        signed: &link.signed,
        signals: &signals,
        progress: given.progress.progress,
        events: given.follow.events.as_deref(),
    };
    match earlier {
        Some(batch) if !given.again || !is_over(&batch) => {
            journal.discard_staged()?;
            go_on(&driver, given, &mut journal, &batch, law)
        }
        _ => begin(&driver, given, &mut journal, &stock, &link, run),
    }
}

/// A rehearsal of the same list that is not at its end yet; one that is runs again.
fn rehearsed_before(
    journal: &Journal,
    simulate: Simulate,
    stock: &Stock,
) -> Result<Option<Batch>, Failure> {
    if simulate == Simulate::No {
        return Ok(None);
    }
    let same = |batch: &Batch| {
        batch.tenant.is_simulated()
            && batch.content == stock.staged.content
            && batch.counts.to_send_or_look_up() > 0
    };
    Ok(journal.batches()?.into_iter().rfind(same))
}

/// Whether nothing is left to send, to follow or to decide.
fn is_over(batch: &Batch) -> bool {
    batch.counts.settled() == batch.total
}

/// The same input again: an unfinished batch goes on, a finished one is told again.
fn go_on(
    driver: &Driver<'_>,
    given: &RunArguments,
    journal: &mut Journal,
    batch: &Batch,
    law: options::Law,
) -> Result<Exit, Failure> {
    let Driver { context, commands, .. } = driver;
    let id = batch.id;
    if !stored::has_work(&batch.counts) {
        let said = format!("this list is batch {id}; nothing of it is left to send\n");
        context.screen.note(&said);
        return Ok(closing::repeat(context, commands, journal, batch)?.tell(context));
    }
    stored::refuse_resting(context, commands, journal, batch)?;
    context.screen.note(&format!("this list is batch {id}; it goes on\n"));
    if !given.input.on.is_empty() {
        let again = commands.of(&format!("retry {id} --only skipped"));
        let said = "--on counts when a batch is made; to send what it skipped then";
        context.screen.note(&format!("{said}: {again}\n"));
    }
    let options = stored::options(context, journal, batch, &given.pacing, &given.follow, law)?;
    let conclusion = driver.drive(journal, batch, Task::Send, "run", options)?;
    Ok(closing::conclude(context, commands, journal, id, &conclusion)?.tell(context))
}

/// A list that is new here: shown, confirmed, made a batch, driven.
fn begin(
    driver: &Driver<'_>,
    given: &RunArguments,
    journal: &mut Journal,
    stock: &Stock,
    link: &Link,
    options: RunOptions,
) -> Result<Exit, Failure> {
    let Driver { context, commands, .. } = driver;
    let tenant = &link.signed.tenant;
    let judged = journal.judge(tenant)?;
    staging::refuse_known(&given.input, &judged)?;
    let again = given.again || tenant.is_simulated();
    let preview = Preview {
        stock,
        tenant,
        app: &link.signed.app,
        options: &options,
        to_send: judged.to_send + if again { judged.already_succeeded } else { 0 },
        in_other_batch: judged.in_other_batch,
        already_succeeded: if options.again { 0 } else { judged.already_succeeded },
    };
    preview.check_count(given.expect_count)?;
    context.screen.note_or_ask(given.yes.into(), &preview.to_prose(context, journal)?);
    if preview.to_send > 0 {
        let words = format!("offboard {}", preview.to_send);
        driver.signals.asking(NOTHING_QUEUED);
        confirm(context.screen, given.yes.into(), &words, NOTHING_QUEUED)?;
    }
    stored::refuse_stopped(context, journal)?;
    let options = RunOptions { again, ..options };
    let new = new_batch(stock, &link.signed, &options);
    let id = driver.signals.across(|| {
        let id = journal.create_batch(&new, context.clock.now().wall)?;
        let made = Failure::new(Exit::Unfinished, format!("batch {id} is queued, none sent yet"));
        Ok((id, made.hint(format!("go on: {}", commands.of(&format!("resume {id}"))))))
    })?;
    let batch = drive::reread(journal, id)?;
    let conclusion = driver.drive(journal, &batch, Task::Send, "run", options)?;
    Ok(closing::conclude(context, commands, journal, id, &conclusion)?.tell(context))
}

fn new_batch(stock: &Stock, signed: &Signed, options: &RunOptions) -> NewBatch {
    NewBatch {
        tenant: signed.tenant.clone(),
        api: signed.api.clone(),
        comment: stock.comment.clone(),
        sources: stock.sources.clone(),
        filters: stock.filters.clone(),
        options: options.to_json(),
        seed: drive::marker_seed(),
        succeeded: if options.again { Succeeded::SendAgain } else { Succeeded::Skip },
    }
}
