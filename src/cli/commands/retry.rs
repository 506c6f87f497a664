//! `retry`: queues machines again that ended badly, and sends them.

use crate::cli::args::{RetryArguments, SelectionArguments};
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::{closing, selection, stored};
use crate::cli::connect::CommandSession;
use crate::cli::no_work;
use crate::cli::options::{self, remembered};
use crate::cli::plurals::machines;
use crate::cli::terminal::{Consent, Screen, confirm};
use crate::cli::{Context, Exit, Failure};
use crate::domain::{Counts, Fact, MachineId, MachineNumber, Reason, State};
use crate::engine::{self, Task};
use crate::guard::Class;
use crate::journal::{Batch, Changes, Entry, Journal, Machine};
use crate::report::Summarized;

const NOTHING_QUEUED: &str = "nothing was queued";

/// Queues what is chosen and runs the batch.
pub(crate) fn retry(context: &Context, given: &RetryArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let purpose = ChosenFor {
        command: "retry",
        adjective: "not all successful",
        machines: if names_machines(&given.selection) { not_sent } else { Counts::unsuccessful },
    };
    let reader = context.read_journal()?;
    let Some(chosen) = choose::fitting(&reader, given.batch, &purpose, &context.commands)? else {
        return Ok(no_work::tell(context, "nothing to retry: no machine of any batch ended badly"));
    };
    drop(reader);
    let mut session =
        CommandSession::open(context, "retry", &given.session, given.events.as_deref())?;
    let batch = session.batch(chosen.id)?;
    let (numbers, elsewhere) =
        choose_machines(context.screen, &session.journal, &batch, &given.selection)?;
    if elsewhere > 0 {
        let alone = machines(elsewhere);
        context.screen.note(&format!("{alone} left out: in another batch\n"));
    }
    if numbers.is_empty() {
        context.screen.note("nothing to retry: no machine that may be sent again was chosen\n");
        return Ok(closing::repeat(context, &session.journal, &batch)?.tell(context));
    }
    let stopped = session.journal.stop_request(batch.id)?;
    let destination = session.destination(Some(&batch))?;
    let mut run = remembered(&batch)?;
    options::raise_settle(&mut run, destination.realm());
    let again = format!("retry {}{}", batch.id, selection::words(&given.selection));
    let not_begun = Failure::new(Exit::Unfinished, NOTHING_QUEUED)
        .hint(format!("continue: {}", context.commands.of(&again)));
    let mut online = session.sign_in_for_batch(destination, &batch, &run, not_begun)?;
    let (count, consent) = (numbers.len(), Consent::from(given.yes));
    let again = machines(count as u64);
    online.signals.asking(NOTHING_QUEUED);
    let said = format!("retry sends {again} of batch {} again.\n", batch.id);
    context.screen.note_or_ask(consent, &said);
    confirm(context.screen, consent, &format!("retry {count}"), NOTHING_QUEUED)?;
    stored::begin_or_rest(context, online.journal, batch.id, stopped.as_ref())?;
    online.signals.across(|| {
        requeue(context, online.journal, &batch, &numbers)?;
        engine::recount_failures(online.journal, batch.id, context.clock.now().wall)?;
        let said = format!("{again} queued again; nothing is sent yet");
        let queued = Failure::new(Exit::Unfinished, said);
        let resume = context.commands.of(&format!("resume {}", batch.id));
        Ok(((), queued.hint(format!("continue: {resume}"))))
    })?;
    let what = Summarized::Retry(&numbers);
    Ok(online.run_and_sum_up(&batch, Task::Send, run, what)?.tell(context))
}

/// Whether a machine that was left out for this is not sent, however it is asked for.
fn is_never_sent(reason: Reason) -> bool {
    let class = Class::from_word(reason.word());
    class.is_some_and(|class| !class.may_be_sent() && class != Class::InOtherBatch)
}

/// Whether it may be about machines that were left out on purpose, too.
fn names_machines(selection: &SelectionArguments) -> bool {
    selection.machines.is_some() || !selection.only.is_empty()
}

fn not_sent(counts: &Counts) -> u64 {
    counts.unsuccessful() + counts.of(State::Skipped)
}

/// The machines to queue again, and how many of those that were chosen another batch has.
fn choose_machines(
    screen: Screen,
    journal: &Journal,
    batch: &Batch,
    given: &SelectionArguments,
) -> Result<(Vec<MachineNumber>, u64), Failure> {
    let filter = selection::filter(screen, given, (journal, Some(batch.id)))?;
    let named = names_machines(given);
    let mut found: Vec<(MachineNumber, MachineId)> = Vec::new();
    journal.each_machine(batch.id, &filter, |machine| {
        if may_be_retried(&machine, named) {
            found.push((machine.number, machine.id));
        }
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
        State::Skipped if machine.standing.reason.is_some_and(is_never_sent) => false,
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
