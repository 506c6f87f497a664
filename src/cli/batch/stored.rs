//! Taking up a batch that is already in the journal: its options, its rest, its machines.

use std::sync::Arc;

use crate::domain::text::plural;
use crate::domain::{Advice, BatchFact, BatchId, Counts, End, State};
use crate::engine::RunOptions;
use crate::guard::ProtectList;
use crate::journal::{Batch, Changes, Filter, Journal, StopRequest};
use crate::simulator::SimulatedMachine;

use crate::cli::args::{
    FollowArguments, GuardArguments, PacingArguments, RehearsalArguments, ResumeArguments,
    RunArguments,
};
use crate::cli::failure::Unadvised;
use crate::cli::guard_options::overlay_guards;
use crate::cli::options::{self, remembered};
use crate::cli::{Context, Exit, Failure};

/// A batch that has just been read or made, as the journal has it now.
pub(crate) fn reread(journal: &Journal, id: BatchId) -> Result<Batch, Failure> {
    journal.batch(id)?.ok_or_else(|| {
        let hint = Advice::from("another program changed the journal; what it has now: ");
        Failure::new(Exit::Journal, format!("batch {id} is gone"))
            .hint(hint.then_command("batches"))
    })
}

/// Whether there is something to send, to find out or to follow.
pub(crate) fn has_work(counts: &Counts) -> bool {
    counts.to_send_or_look_up() + counts.of(State::Pending) > 0
}

/// Why a batch waits for `resume`, if it does: somebody stopped it, or a guard did.
pub(crate) fn resting(
    context: &Context,
    journal: &Journal,
    batch: &Batch,
) -> Result<Option<Unadvised>, Failure> {
    let id = batch.id;
    let stopped = |said| Failure::new(Exit::of_batch(Some(End::Stopped), &batch.counts), said);
    if let Some(request) = journal.stop_request(id)? {
        return Ok(Some(stopped(stopped_by(context, &format!("batch {id}"), &request))));
    }
    let at = batch.ended_at.map(|at| format!(" on {}", context.zone.full(at))).unwrap_or_default();
    Ok(match batch.end {
        Some(End::Stopped) => Some(stopped(format!("batch {id} was stopped{at}"))),
        Some(End::Tripped) => {
            let why = journal.why_ended(id)?.map(|why| format!(": {why}")).unwrap_or_default();
            Some(Failure::new(Exit::Guard, format!("a guard stopped batch {id}{at}{why}")))
        }
        _ => None,
    })
}

/// A batch that was stopped is not continued by a command that a scheduler starts.
pub(crate) fn refuse_resting(
    context: &Context,
    journal: &Journal,
    batch: &Batch,
) -> Result<(), Failure> {
    match resting(context, journal, batch)? {
        None => Ok(()),
        Some(failure) => {
            let resume = context.commands.of(&format!("resume {}", batch.id));
            Err(failure.hint(format!("to continue: {resume}")))
        }
    }
}

/// What is given on the command line over what a batch remembers.
pub(crate) struct GivenOptions<'a> {
    pacing: &'a PacingArguments,
    follow: &'a FollowArguments,
    guards: &'a GuardArguments,
    protect: Option<&'a ProtectList>,
}

impl<'a> GivenOptions<'a> {
    /// The same, with the list that `--protect` names.
    pub(crate) fn protecting(self, protect: Option<&'a ProtectList>) -> Self {
        Self { protect, ..self }
    }
}

impl<'a> From<&'a RunArguments> for GivenOptions<'a> {
    fn from(given: &'a RunArguments) -> Self {
        Self { pacing: &given.pacing, follow: &given.follow, guards: &given.guards, protect: None }
    }
}

impl<'a> From<&'a ResumeArguments> for GivenOptions<'a> {
    fn from(given: &'a ResumeArguments) -> Self {
        Self { pacing: &given.pacing, follow: &given.follow, guards: &given.guards, protect: None }
    }
}

/// The batch's options with what is given over them, which the batch remembers from now on.
pub(crate) fn options(
    context: &Context,
    journal: &mut Journal,
    batch: &Batch,
    given: &GivenOptions<'_>,
) -> Result<RunOptions, Failure> {
    let (mut run, realm) = (remembered(batch)?, batch.tenant.realm);
    let canary = run.canary;
    let mut replaced = options::overlay(&mut run, given.pacing, given.follow, realm);
    replaced.extend(overlay_guards(&mut run, given.guards, context.here_and_now())?);
    replaced.extend(overlay_protect(&mut run, given.protect));
    options::check_settle(&run, realm)?;
    if replaced.is_empty() {
        return Ok(run);
    }
    let at = context.clock.now().wall;
    let batch_facts = replaced.into_iter().map(|fact| (batch.id, at, fact)).collect();
    journal.commit(&Changes { batch_facts, ..Changes::default() })?;
    // First, so that no process finds an option whose canary was not chosen.
    if run.canary != canary {
        journal.choose_canary(batch.id, run.canary, at)?;
    }
    journal.set_options(batch.id, &run.to_json(), at)?;
    Ok(run)
}

/// Another protect list replaces the one that the batch remembers.
fn overlay_protect(options: &mut RunOptions, given: Option<&ProtectList>) -> Option<BatchFact> {
    let given = given?;
    if options.protect.as_ref().is_some_and(|known| known.hash() == given.hash()) {
        return None;
    }
    let entries = given.entries();
    let noun = plural(entries as u64, "entry", "entries");
    let value = format!("{}, {entries} {noun}", given.file());
    options.protect = Some(Arc::new(given.clone()));
    Some(BatchFact::OptionChanged { name: "protect".to_owned(), value })
}

/// Ends a command that was asked to stop while it asked a question or signed in: by a request
/// for its batch that was not there `before`, or by one for this process. Otherwise the old request
/// is done with, since the answer to the question was given in spite of it.
pub(crate) fn begin_or_rest(
    context: &Context,
    journal: &mut Journal,
    id: BatchId,
    before: Option<&StopRequest>,
) -> Result<(), Failure> {
    let newer = journal.stop_request(id)?.filter(|request| Some(request) != before);
    let of_this_process = journal.stop_of_runner()?;
    let Some(request) = newer.or(of_this_process) else {
        return before.map_or(Ok(()), |before| Ok(journal.clear_stop(id, before)?));
    };
    // So that it stays stopped until someone runs `resume`.
    journal.request_stop(id, &request.by, request.at)?;
    let said = stopped_by(context, &format!("batch {id}"), &request);
    Err(Failure::new(Exit::Unfinished, format!("{said}; nothing was sent"))
        .hint(format!("to continue: {}", context.commands.of(&format!("resume {id}")))))
}

/// The same for a command that has no batch yet.
pub(crate) fn refuse_stopped(context: &Context, journal: &Journal) -> Result<(), Failure> {
    match journal.stop_of_runner()? {
        None => Ok(()),
        Some(request) => {
            let said = stopped_by(context, "this run", &request);
            Err(Failure::new(Exit::Unfinished, format!("{said}; nothing was queued"))
                .hint("run the same command again to start it"))
        }
    }
}

fn stopped_by(context: &Context, what: &str, request: &StopRequest) -> String {
    let at = context.zone.full(request.at);
    format!("{what} was stopped by {} on {at}", request.by)
}

/// Turns a request to stop that nobody was there to hear into how the batch ended, so that a run
/// that sends nothing may go ahead and the batch still rests afterwards.
pub(crate) fn settle_stop(
    context: &Context,
    journal: &mut Journal,
    batch: &Batch,
) -> Result<(), Failure> {
    if let Some(request) = journal.stop_request(batch.id)? {
        let ended = BatchFact::Ended { end: End::Stopped, why: None };
        let batch_facts = vec![(batch.id, context.clock.now().wall, ended)];
        journal.commit(&Changes { batch_facts, ..Changes::default() })?;
        journal.clear_stop(batch.id, &request)?;
    }
    Ok(())
}

/// In a rehearsal: the batch's machines as the simulator has them.
pub(crate) fn rehearsed(
    journal: &Journal,
    batch: &Batch,
    rehearsal: RehearsalArguments,
) -> Result<Vec<SimulatedMachine>, Failure> {
    let mut machines = Vec::new();
    if rehearsal.simulate {
        journal.each_machine(batch.id, &Filter::default(), |machine| {
            machines.extend(rehearsal.machine(machine.id, machine.name.as_deref()));
        })?;
    }
    Ok(machines)
}
