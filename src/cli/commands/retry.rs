//! `retry`: queues machines again that ended badly, and sends them.

use std::ops::ControlFlow;

use crate::cli::args::{RetryArguments, SelectionArguments};
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::closing;
use crate::cli::batch::selection;
use crate::cli::batch::stored;
use crate::cli::connect::destination::Destination;
use crate::cli::connect::drive::{self, Driver};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::journal_path::Simulate;
use crate::cli::no_work;
use crate::cli::options::{self, remembered};
use crate::cli::plurals::machines;
use crate::cli::signals::Signals;
use crate::cli::terminal::confirm::confirm;
use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::screen::Screen;
use crate::domain::{Counts, Fact, MachineId, MachineNumber, Reason, State};
use crate::engine::Task;
use crate::journal::{Batch, Changes, Entry, Journal, Machine};

const NOTHING_QUEUED: &str = "nothing was queued";

/// Queues what is chosen and drives the batch.
pub(crate) fn retry(context: &Context, given: &RetryArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(given.rehearsal.simulate);
    let commands = context.commands(simulate);
    context.tell_simulation(simulate);
    let purpose = ChosenFor {
        command: "retry",
        adjective: "not all successful",
        machines: Counts::unsuccessful,
    };
    let chosen =
        choose::fitting(&context.read_journal(simulate)?, given.batch, &purpose, &commands)?;
    let Some(chosen) = chosen else {
        no_work::tell(context, "nothing to retry: no machine of any batch ended badly");
        return Ok(Exit::Done);
    };
    let mut journal = drive::open(context, simulate, "retry")?;
    let batch = drive::reread(&journal, chosen.id)?;
    let (numbers, elsewhere) = choose_machines(context.screen, &journal, &batch, &given.selection)?;
    if elsewhere > 0 {
        let alone = machines(elsewhere);
        context.screen.note(&format!("{alone} left alone: another batch has them\n"));
    }
    if numbers.is_empty() {
        context.screen.note("nothing to retry: no machine that may be sent again was chosen\n");
        return Ok(closing::repeat(context, &commands, &journal, &batch)?.tell(context));
    }
    let stopped = journal.stop_request(batch.id)?;
    let destination = Destination::of(&given.connection, given.rehearsal, Some(&batch))?;
    let rehearsed = stored::rehearsed(&journal, &batch, given.rehearsal)?;
    let mut run = remembered(&batch)?;
    options::raise_settle(&mut run, destination.law());
    let runtime = drive::runtime()?;
    let again = format!("retry {}{}", batch.id, selection::words(&given.selection));
    let not_begun = Failure::new(Exit::Unfinished, NOTHING_QUEUED)
        .hint(format!("go on: {}", commands.of(&again)));
    let signals = Signals::listen(context.screen, not_begun)?;
    let link = destination.sign_in_again(&runtime, &batch, rehearsed, &run.limits)?;
    let count = numbers.len();
    let again = machines(count as u64);
    let said = format!("retry sends {again} of batch {} again.\n", batch.id);
    let consent = Consent::from(given.yes);
    signals.asking(NOTHING_QUEUED);
    context.screen.note_or_ask(consent, &said);
    confirm(context.screen, consent, &format!("retry {count}"), NOTHING_QUEUED)?;
    stored::begin_or_rest(context, &commands, &mut journal, batch.id, stopped.as_ref())?;
    signals.across(|| {
        requeue(context, &mut journal, &batch, &numbers)?;
        let queued = Failure::new(Exit::Unfinished, format!("{again} queued again, none sent yet"));
        let resume = commands.of(&format!("resume {}", batch.id));
        Ok(((), queued.hint(format!("go on: {resume}"))))
    })?;
    let driver = Driver {
        context,
        commands: &commands,
        runtime: &runtime,
        signed: &link.signed,
        signals: &signals,
        progress: given.progress.progress,
        events: given.events.as_deref(),
    };
    let conclusion = driver.drive(&mut journal, &batch, Task::Send, "retry", run)?;
    Ok(closing::conclude(context, &commands, &journal, batch.id, &conclusion)?.tell(context))
}

/// The machines to queue again, and how many of those that were chosen another batch has.
fn choose_machines(
    screen: Screen,
    journal: &Journal,
    batch: &Batch,
    given: &SelectionArguments,
) -> Result<(Vec<MachineNumber>, u64), Failure> {
    let filter = selection::filter(screen, given)?;
    let named = given.machines.is_some() || !given.only.is_empty();
    let mut found: Vec<(MachineNumber, MachineId)> = Vec::new();
    journal.each_machine(batch.id, &filter, |machine| {
        if may_be_retried(&machine, named) {
            found.push((machine.number, machine.id));
        }
        ControlFlow::Continue(())
    })?;
    let mut numbers = Vec::with_capacity(found.len());
    let mut elsewhere = 0;
    for (number, id) in found {
        if is_elsewhere(journal, batch, id)? {
            elsewhere += 1;
        } else {
            numbers.push(number);
        }
    }
    Ok((numbers, elsewhere))
}

/// What failed, timed out or ran out of attempts; the others only where they are named.
fn may_be_retried(machine: &Machine, named: bool) -> bool {
    match machine.standing.state {
        State::Failed | State::TimedOut => true,
        State::Rejected => named || machine.standing.reason == Some(Reason::Attempts),
        State::Skipped if machine.standing.reason == Some(Reason::Unsupported) => false,
        State::Cancelled | State::Skipped => named,
        _ => false,
    }
}

/// Whether another batch of the tenant holds the machine, or has offboarded it.
fn is_elsewhere(journal: &Journal, batch: &Batch, id: MachineId) -> Result<bool, Failure> {
    for other in journal.machines_of(id)? {
        let state = other.standing.state;
        let holds = !state.is_settled() || state == State::Succeeded;
        if other.batch == batch.id || !holds {
            continue;
        }
        let same_tenant = journal.batch(other.batch)?.is_some_and(|b| b.tenant == batch.tenant);
        if same_tenant {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All at once: a crash leaves all of them queued, or none.
fn requeue(
    context: &Context,
    journal: &mut Journal,
    batch: &Batch,
    numbers: &[MachineNumber],
) -> Result<(), Failure> {
    let at = context.clock.now().wall;
    let entry = |number: &MachineNumber| Entry {
        batch: batch.id,
        number: *number,
        at,
        fact: Fact::Requeued,
    };
    let facts = numbers.iter().map(entry).collect();
    Ok(journal.commit(&Changes { facts, ..Changes::default() })?)
}
